import { Button } from "@mantine/core";
import {
  IconArrowsJoin,
  IconMicrophoneOff,
  IconPhoneOutgoing,
  IconPlayerRecord,
  IconUsersGroup,
} from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/shapes";
import { KeyHint } from "../keys/KeyHint";
import { useAction } from "../keys/KeysProvider";
import styles from "./Conversation.module.css";
import type { Target } from "./second";
import { TransferDialog } from "./TransferDialog";

export type SecondOrder =
  | "consult"
  | "transfer"
  | "conference"
  | "retrieve-consult"
  | "complete"
  | "pause-recording"
  | "resume-recording";

type Give = (order: SecondOrder, to?: Target) => void;
type Properties = { pop: Pop; give: Give; pending: string | null };

/** Opens the choice of a second party. */
export function TransferButton({ pop, give, pending }: Properties) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const can = !pop.second && pop.state === "talking";
  useAction("transfer", can ? () => setOpen(true) : null);
  if (!can) return null;
  return (
    <>
      <Button
        size="md"
        variant="default"
        leftSection={<IconPhoneOutgoing size={20} />}
        rightSection={<KeyHint action="transfer" />}
        loading={pending === "consult" || pending === "transfer"}
        onClick={() => setOpen(true)}
        data-testid="transfer"
      >
        {t("second.open")}
      </Button>
      {isOpen && <TransferDialog pop={pop} close={() => setOpen(false)} ask={give} />}
    </>
  );
}

export function PauseButton({ pop, give, pending }: Properties) {
  const { t } = useTranslation();
  const order = pop.isRecordingPaused ? "resume-recording" : "pause-recording";
  useAction("pause", () => give(order));
  return (
    <Button
      size="md"
      variant={pop.isRecordingPaused ? "filled" : "default"}
      leftSection={pop.isRecordingPaused ? <IconPlayerRecord size={20} /> : <IconMicrophoneOff size={20} />}
      rightSection={<KeyHint action="pause" />}
      loading={pending === "pause-recording" || pending === "resume-recording"}
      onClick={() => give(order)}
      data-testid="pause-recording"
    >
      {pop.isRecordingPaused ? t("second.resume") : t("second.pause")}
    </Button>
  );
}

/** Who else is asked or there, and what can be done about it: in a line of its own, so that the caller's controls stay where they are. */
export function SecondPartyBar({ pop, give, pending }: Properties) {
  const { t } = useTranslation();
  const second = pop.second;
  const isApart = second?.state === "consulting";
  const isThere = isApart || second?.state === "conference";
  useAction("back", second ? () => give("retrieve-consult") : null);
  useAction("conference", isApart ? () => give("conference") : null);
  useAction("complete", isThere ? () => give("complete") : null);
  if (!second) return <Asked pop={pop} />;
  const backWord =
    second.state === "ringing"
      ? t("second.cancel")
      : isApart
        ? t("second.back")
        : t("second.drop", { name: second.name });
  return (
    <div
      className={styles.second}
      role="group"
      aria-label={second.name}
      data-testid="second"
      data-second={second.state}
    >
      <strong role="status">{t(`second.${second.state}`, { name: second.name })}</strong>
      <Button
        variant="default"
        rightSection={<KeyHint action="back" />}
        loading={pending === "retrieve-consult"}
        onClick={() => give("retrieve-consult")}
        data-testid="back"
      >
        {backWord}
      </Button>
      {isApart && (
        <Button
          variant="default"
          leftSection={<IconUsersGroup size={18} />}
          rightSection={<KeyHint action="conference" />}
          loading={pending === "conference"}
          onClick={() => give("conference")}
          data-testid="conference"
        >
          {t("second.join")}
        </Button>
      )}
      {isThere && (
        <Button
          leftSection={<IconArrowsJoin size={18} />}
          rightSection={<KeyHint action="complete" />}
          loading={pending === "complete"}
          onClick={() => give("complete")}
          data-testid="complete"
        >
          {t("second.complete")}
        </Button>
      )}
    </div>
  );
}

function Asked({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  if (!pop.askedBy || (pop.state !== "offered" && pop.state !== "consulting")) return null;
  return (
    <p className={styles.second} role="status" data-testid="asked-by">
      {t(pop.state === "consulting" ? "second.talkingApart" : "second.askedBy", { name: pop.askedBy })}
    </p>
  );
}
