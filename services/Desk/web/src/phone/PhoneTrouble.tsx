import { Alert, Button } from "@mantine/core";
import { IconDeviceDesktopOff, IconMicrophoneOff, IconVolumeOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import styles from "./Phone.module.css";
import { usePhone } from "./PhoneProvider";
import type { NoMicrophone } from "./phoneState";

/** What keeps calls from coming or being heard, each with the way to mend it. */
export function PhoneTrouble() {
  const { t } = useTranslation();
  const { phone, view, isHere, check } = usePhone();
  if (!isHere || check) return null;
  const { line, microphone, isBlocked, trouble } = view;
  return (
    <>
      {microphone.is === "gone" && <MicrophoneSteps why={microphone.why} />}
      {line.is === "elsewhere" && (
        <Alert color="red" icon={<IconDeviceDesktopOff />} role="alert" title={t("phone.elsewhere")}>
          <p>{t("phone.elsewhereHelp")}</p>
          <Button size="xs" onClick={() => phone.takeOver()} data-testid="take-over">
            {t("phone.takeOver")}
          </Button>
        </Alert>
      )}
      {isBlocked && (
        <Alert color="red" icon={<IconVolumeOff />} role="alert" title={t("phone.blocked")}>
          <Button size="xs" onClick={() => phone.play()}>
            {t("phone.hear")}
          </Button>
        </Alert>
      )}
      {trouble && (
        <Alert
          color="yellow"
          icon={<IconMicrophoneOff />}
          role="alert"
          title={t(`phone.trouble.${trouble}`)}
          styles={{ title: { color: "var(--desk-warn)" } }}
          data-testid="voice-trouble"
          data-trouble={trouble}
        >
          {t(`phone.troubleHelp.${trouble}`)}
        </Alert>
      )}
    </>
  );
}

/** Why there is no microphone, and what to do about it. */
export function MicrophoneSteps({ why }: { why: NoMicrophone }) {
  const { t } = useTranslation();
  const { phone } = usePhone();
  const steps = t(`phone.steps.${why}`).split("\n");
  return (
    <Alert
      color="red"
      icon={<IconMicrophoneOff />}
      role="alert"
      title={t(`phone.no.${why}`)}
      data-testid="no-microphone"
      data-why={why}
    >
      <ol className={styles.steps}>
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <Button size="xs" onClick={() => void phone.openMicrophone()}>
        {t("app.retry")}
      </Button>
    </Alert>
  );
}
