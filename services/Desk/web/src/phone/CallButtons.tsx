import { Button, Popover } from "@mantine/core";
import { IconDialpad, IconMicrophone, IconMicrophoneOff, IconPhone, IconPhoneX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { KeyHint } from "../keys/KeyHint";
import { useAction } from "../keys/KeysProvider";
import styles from "./Phone.module.css";
import { usePhone } from "./PhoneProvider";
import { isRoutable } from "./phoneState";
import { QualityMark } from "./QualityMark";

const PAD = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/** Answer and reject a contact that this browser is offered. The offer may be seen before the ring arrives: an answer given then goes out with it. */
export function AnswerButtons({ contact }: { contact: string }) {
  const { t } = useTranslation();
  const { phone, view } = usePhone();
  const isRinging = view.call.is === "ringing";
  const [early, setEarly] = useState<string | null>(null);
  const mayCome = view.call.is === "none" && isRoutable(view);
  const isEarly = mayCome && early === contact;
  const answer = () => (isRinging ? phone.answer() : setEarly(contact));
  useEffect(() => {
    if (isRinging && early === contact) phone.answer();
  }, [phone, isRinging, early, contact]);
  useAction("answer", isRinging || mayCome ? answer : null);
  const mayReject = isRinging || view.call.is === "answering";
  useAction("reject", mayReject ? () => phone.reject() : null);
  return (
    <div className={styles.answer} role="group" aria-label={t("agent.controls")}>
      <Button
        size="md"
        color="#00694d"
        leftSection={<IconPhone size={20} />}
        rightSection={<KeyHint action="answer" />}
        disabled={view.call.is === "none" && !mayCome}
        loading={isEarly || view.call.is === "answering"}
        onClick={answer}
        data-testid="answer"
      >
        {t("phone.answer")}
      </Button>
      <Button
        size="md"
        variant="default"
        leftSection={<IconPhoneX size={20} />}
        rightSection={<KeyHint action="reject" />}
        disabled={!mayReject}
        onClick={() => phone.reject()}
        data-testid="reject"
      >
        {t("phone.reject")}
      </Button>
    </div>
  );
}

/** Mute, beside the desk's own controls. */
export function MuteButton() {
  const { t } = useTranslation();
  const { phone, view } = usePhone();
  const { call } = view;
  const isMuted = call.is === "up" && call.isMuted;
  const toggle = () => phone.mute(!isMuted);
  useAction("mute", call.is === "up" ? toggle : null);
  if (call.is !== "up") return null;
  return (
    <Button
      size="md"
      variant={isMuted ? "filled" : "default"}
      aria-pressed={isMuted}
      leftSection={isMuted ? <IconMicrophoneOff size={20} /> : <IconMicrophone size={20} />}
      rightSection={<KeyHint action="mute" />}
      onClick={toggle}
      data-testid="mute"
    >
      {isMuted ? t("phone.muted") : t("phone.mute")}
    </Button>
  );
}

/** Digits to the caller's side, by mouse or keyboard while it is open. */
export function Keypad() {
  const { t } = useTranslation();
  const { phone, view } = usePhone();
  const [isOpen, setOpen] = useState(false);
  const [pressed, setPressed] = useState("");
  const isUp = view.call.is === "up";
  useAction("keypad", isUp ? () => setOpen(true) : null);
  if (!isUp) return null;
  const press = (digit: string) => {
    phone.press(digit);
    setPressed((before) => (before + digit).slice(-16));
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} trapFocus returnFocus position="bottom-start" withRoles>
      <Popover.Target>
        <Button
          size="md"
          variant="default"
          leftSection={<IconDialpad size={20} />}
          rightSection={<KeyHint action="keypad" />}
          onClick={() => setOpen(!isOpen)}
          data-testid="keypad"
        >
          {t("phone.keypad")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown
        aria-label={t("phone.keypad")}
        onKeyDown={(event) => {
          if (PAD.includes(event.key)) press(event.key);
        }}
      >
        <div className={styles.keypad}>
          <output className={`${styles.pressed} figures`} aria-label={t("phone.pressed")}>
            {pressed}
          </output>
          {PAD.map((digit) => (
            <Button key={digit} variant="default" px={0} onClick={() => press(digit)}>
              {digit}
            </Button>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

/** How the sound's way is doing. */
export function CallQuality() {
  const { t } = useTranslation();
  const { view } = usePhone();
  const { call, quality } = view;
  if (call.is !== "up") return null;
  if (call.path !== "connected") {
    return (
      <strong role="status" data-testid="path" data-path={call.path}>
        {t(`phone.path.${call.path}`)}
      </strong>
    );
  }
  return quality && <QualityMark quality={quality} />;
}
