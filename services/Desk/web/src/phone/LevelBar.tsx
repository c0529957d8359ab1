import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import styles from "./Phone.module.css";
import { usePhone } from "./PhoneProvider";
import type { Store } from "./store";
import { barOf } from "./voice";

/** The microphone's level; moves with the voice. */
export function LevelBar() {
  const { t } = useTranslation();
  const { phone } = usePhone();
  return <Bar of={phone.level} label={t("phone.level")} testId="level" />;
}

/** The level of what comes back from the gateway's echo. */
export function EchoBar({ level }: { level: Store<number> }) {
  const { t } = useTranslation();
  return <Bar of={level} label={t("phone.echoLevel")} testId="echo-level" />;
}

function Bar({ of, label, testId }: { of: Store<number>; label: string; testId: string }) {
  const level = Math.round(barOf(useSyncExternalStore(of.subscribe, of.read)) * 100);
  return (
    <div
      className={styles.level}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={level}
      data-testid={testId}
    >
      <div style={{ transform: `scaleX(${level / 100})` }} />
    </div>
  );
}
