import { Loader, Menu, UnstyledButton } from "@mantine/core";
import { IconArrowBackUp, IconCheck, IconChevronDown } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Agent, AgentStatus } from "../api/shapes";
import { KeyHint } from "../keys/KeyHint";
import { useAction } from "../keys/KeysProvider";
import { useLink } from "../live/LiveProvider";
import { useNow } from "../live/ticker";
import { isBusy, type ShownState, shownSince, shownState } from "../look/agentState";
import { since } from "../look/duration";
import { StateDot, StateMark } from "../look/StateMark";
import styles from "./StatusMenu.module.css";
import type { StatusChange, Wish } from "./statusChange";

export const breakReasons = ["Lunch", "Coffee", "Personal", "Technical"] as const;

const choices: { status: AgentStatus; shown: ShownState; reasons?: readonly (typeof breakReasons)[number][] }[] = [
  { status: "Available", shown: "ready" },
  { status: "Break", shown: "break", reasons: breakReasons },
  { status: "Training", shown: "training" },
  { status: "Meeting", shown: "meeting" },
  { status: "BackOffice", shown: "backOffice" },
  { status: "LoggedOut", shown: "offline" },
];

/** Status and its clock in the top bar; the next status can be chosen ahead and taken back. */
export function StatusMenu({
  agent,
  change,
  choose,
}: {
  agent: Agent;
  change: StatusChange;
  choose: (wish: Wish) => void;
}) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const target = useRef<HTMLButtonElement>(null);
  useAction("status", () => {
    target.current?.focus();
    setOpened(true);
  });
  const state = shownState(agent);
  const isAhead = isBusy(state);

  return (
    <>
      <Menu opened={opened} onChange={setOpened} position="bottom-start" width={270} trapFocus returnFocus>
        <Menu.Target>
          <StatusButton agent={agent} change={change} ref={target} />
        </Menu.Target>
        <Menu.Dropdown aria-label={isAhead ? t("agent.nextTitle") : t("agent.status")}>
          <Menu.Label>{isAhead ? `${t("agent.nextTitle")}: ${t("agent.nextHelp")}` : t("agent.status")}</Menu.Label>
          {choices.flatMap(({ status, shown, reasons }) =>
            (reasons ?? [null]).map((reason) => (
              <Menu.Item
                key={`${status} ${reason}`}
                leftSection={<StateDot state={shown} size={22} />}
                rightSection={isChosen(agent, status, reason) ? <IconCheck size={16} aria-hidden="true" /> : null}
                onClick={() => choose({ status, reason })}
              >
                {t(`status.${status}`)}
                {reason && ` · ${t(`reason.${reason}`)}`}
              </Menu.Item>
            )),
          )}
        </Menu.Dropdown>
      </Menu>
      <NextStatus agent={agent} choose={choose} />
    </>
  );
}

function isChosen(agent: Agent, status: AgentStatus, reason: string | null): boolean {
  const chosen = agent.nextStatus ?? agent.status;
  return chosen === status && (reason === null || agent.nextStatus != null || agent.reason === reason);
}

function StatusButton({
  agent,
  change,
  ref,
  ...rest
}: {
  agent: Agent;
  change: StatusChange;
  ref?: React.Ref<HTMLButtonElement>;
} & React.ComponentPropsWithoutRef<"button">) {
  const { t } = useTranslation();
  const now = useNow();
  const isLost = useLink().status === "lost";
  const state = shownState(agent);
  const time = since(shownSince(agent), now);
  if (change.is === "pending") {
    return (
      <UnstyledButton ref={ref} {...rest} className={styles.button} data-pending data-testid="status">
        <Loader size={22} color="white" aria-hidden="true" />
        <span className={styles.word}>{t("agent.changing", { status: t(`status.${change.wish.status}`) })}</span>
      </UnstyledButton>
    );
  }
  return (
    <UnstyledButton
      ref={ref}
      {...rest}
      className={styles.button}
      data-testid="status"
      data-state={state}
      data-lost={isLost || undefined}
    >
      <span className="hidden">{t("agent.status")}: </span>
      <StateMark state={state} reason={agent.status === "Break" && state === "break" ? agent.reason : null} size={26} />
      <span className={`${styles.clock} figures`}>{time}</span>
      <IconChevronDown size={16} aria-hidden="true" />
      <KeyHint action="status" />
    </UnstyledButton>
  );
}

/** What was chosen to come after the work, with the way back. */
function NextStatus({ agent, choose }: { agent: Agent; choose: (wish: Wish) => void }) {
  const { t } = useTranslation();
  if (!agent.nextStatus || agent.nextStatus === agent.status) return null;
  const keep = t("agent.undoNext", { status: t(`status.${agent.status}`) });
  return (
    <span className={styles.next} data-testid="next-status">
      {t("agent.next", { status: t(`status.${agent.nextStatus}`) })}
      <UnstyledButton
        className={styles.undo}
        aria-label={keep}
        title={keep}
        onClick={() => choose({ status: agent.status, reason: agent.reason ?? null })}
      >
        <IconArrowBackUp size={18} aria-hidden="true" />
      </UnstyledButton>
    </span>
  );
}
