import { Button } from "@mantine/core";
import {
  IconArrowsExchange,
  IconArrowsJoin,
  IconPhoneOutgoing,
  IconPlayerPause,
  IconPlayerRecord,
  IconPlayerRecordFilled,
  IconUsersGroup,
} from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Pop } from "../api/shapes";
import { KeyHint } from "../keys/KeyHint";
import { useAction } from "../keys/KeysProvider";
import styles from "./Conversation.module.css";
import { lossOf, type Option } from "./second";
import { TransferDialog } from "./TransferDialog";

export type SecondOrder =
  | "consult"
  | "transfer"
  | "conference"
  | "retrieve-consult"
  | "switch-consult"
  | "complete"
  | "pause-recording"
  | "resume-recording";

type Give = (order: SecondOrder, to?: Option) => void;
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
      leftSection={pop.isRecordingPaused ? <IconPlayerRecordFilled size={20} /> : <IconPlayerRecord size={20} />}
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
  const isWaiting = second?.state === "waiting";
  const isApart = second?.state === "consulting" || isWaiting;
  const isThere = isApart || second?.state === "conference";
  useAction("back", second ? () => give("retrieve-consult") : null);
  useAction("other", isApart ? () => give("switch-consult") : null);
  useAction("conference", isApart ? () => give("conference") : null);
  useAction("complete", isThere ? () => give("complete") : null);
  if (!second) {
    return (
      <>
        <Asked pop={pop} />
        <Lost pop={pop} />
      </>
    );
  }
  const backWord =
    second.state === "ringing"
      ? t("second.cancel")
      : isApart && !isWaiting
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
          leftSection={<IconArrowsExchange size={18} />}
          rightSection={<KeyHint action="other" />}
          loading={pending === "switch-consult"}
          onClick={() => give("switch-consult")}
          data-testid="other"
        >
          {isWaiting ? t("second.toColleague", { name: second.name }) : t("second.toCaller")}
        </Button>
      )}
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

/** On the screen of the one who was asked. */
function Asked({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const words = {
    offered: "second.askedBy",
    consulting: pop.isWaiting ? "second.waitingApart" : "second.talkingApart",
    talking: pop.isInConference ? "second.conference" : null,
  } as const;
  const word = words[pop.state as keyof typeof words];
  if (!pop.askedBy || !word) return null;
  return (
    <p className={styles.second} role="status" data-testid="asked-by" data-asked={word}>
      {t(word, { name: pop.askedBy })}
    </p>
  );
}

/** Who did not come, or left: the caller is with the agent again. */
function Lost({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const [seen, setSeen] = useState<Pop["lost"]>(null);
  const { lost } = pop;
  if (!lost || (pop.state !== "talking" && pop.state !== "held")) return null;
  if (seen?.name === lost.name && seen.why === lost.why) return null;
  return (
    <div className={styles.second} role="alert" data-testid="lost" data-why={lost.why}>
      <span className={styles.told}>
        <strong>{t(`second.lost.${lossOf(lost.why)}`, { name: lost.name })}</strong> {t("second.stillYours")}
      </span>
      <Button size="xs" variant="default" onClick={() => setSeen(lost)}>
        {t("agent.gotIt")}
      </Button>
    </div>
  );
}

/** Nobody speaks of a card number into a recording that goes on: what is paused is said. */
export function Paused({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  if (!pop.isRecordingPaused) return null;
  return (
    <p className={styles.second} role="status" data-testid="paused">
      <IconPlayerPause size={20} aria-hidden="true" /> {t("second.paused")}
    </p>
  );
}
