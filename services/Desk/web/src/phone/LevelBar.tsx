import { useTranslation } from "react-i18next";
import styles from "./Phone.module.css";
import { useLevel } from "./PhoneProvider";
import { barOf } from "./voice";

/** The microphone's level; moves with the voice. */
export function LevelBar() {
  const { t } = useTranslation();
  const level = Math.round(barOf(useLevel()) * 100);
  return (
    <div
      className={styles.level}
      role="meter"
      aria-label={t("phone.level")}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={level}
      data-testid="level"
    >
      <div style={{ transform: `scaleX(${level / 100})` }} />
    </div>
  );
}
