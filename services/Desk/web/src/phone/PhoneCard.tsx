import { Button, Group } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconDeviceDesktop,
  IconPhone,
  IconSettings,
} from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CallQuality } from "./CallButtons";
import { LevelBar } from "./LevelBar";
import styles from "./Phone.module.css";
import { usePhone } from "./PhoneProvider";
import { PhoneSettings } from "./PhoneSettings";
import { SoundCheck } from "./SoundCheck";

/** Where the agent's calls come to, and how that is doing. */
export function PhoneCard({ startShift }: { startShift: () => void }) {
  const { t } = useTranslation();
  const { view, isHere, check } = usePhone();
  const [isOpen, setOpen] = useState(false);
  return (
    <section className={`${styles.card} card`} aria-label={t("phone.title")} data-testid="phone">
      <h2>{t("phone.title")}</h2>
      {view.choices.where === null ? <Where /> : isHere ? <Here /> : <SipPhone />}
      {view.choices.where !== null && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconSettings size={16} />}
          onClick={() => setOpen(true)}
          data-testid="phone-settings"
        >
          {t("phone.settings")}
        </Button>
      )}
      {isOpen && <PhoneSettings onClose={() => setOpen(false)} />}
      {check && <SoundCheck startShift={startShift} />}
    </section>
  );
}

/** Asked once; until it is answered a SIP phone works as ever. */
function Where() {
  const { t } = useTranslation();
  const { phone } = usePhone();
  return (
    <>
      <p className={styles.quiet}>{t("phone.whereLead")}</p>
      <Group gap="xs">
        <Button
          size="xs"
          leftSection={<IconDeviceDesktop size={16} />}
          onClick={() => phone.choose({ where: "browser" })}
          data-testid="phone-here"
        >
          {t("phone.here")}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPhone size={16} />}
          onClick={() => phone.choose({ where: "phone" })}
        >
          {t("phone.there")}
        </Button>
      </Group>
    </>
  );
}

function SipPhone() {
  const { t } = useTranslation();
  const { agent } = usePhone();
  return <p>{t(agent?.standingLeg ? "phone.sipPhoneStands" : "phone.sipPhone")}</p>;
}

function Here() {
  const { t } = useTranslation();
  const { view } = usePhone();
  const { line, microphone } = view;
  const isGood = line.is === "ready" && microphone.is === "open";
  const isBad = line.is === "lost" || line.is === "elsewhere" || microphone.is === "gone";
  const Icon = isGood ? IconCircleCheck : isBad ? IconAlertTriangle : IconCircleDashed;
  const word = microphone.is === "gone" ? t("phone.line.noMicrophone") : t(`phone.line.${line.is}`);
  return (
    <>
      <div
        className={styles.line}
        role="status"
        data-testid="phone-line"
        data-line={line.is}
        data-microphone={microphone.is}
        data-good={isGood || undefined}
        data-bad={isBad || undefined}
      >
        <Icon size={20} aria-hidden="true" />
        {word}
      </div>
      {view.leg !== "off" && line.is === "ready" && (
        <span className={styles.device} role="status" data-testid="standing-leg" data-leg={view.leg}>
          {t(`phone.leg.${view.leg}`)}
        </span>
      )}
      {microphone.is === "open" && (
        <>
          <span className={styles.device} title={microphone.label}>
            {microphone.label}
          </span>
          <LevelBar />
          <CallQuality />
        </>
      )}
    </>
  );
}
