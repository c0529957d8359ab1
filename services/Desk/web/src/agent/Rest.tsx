import { Button, Text, Title } from "@mantine/core";
import { IconPhoneX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Agent } from "../api/shapes";
import { KeyHint } from "../keys/KeyHint";
import { useNow } from "../live/ticker";
import { type ShownState, shownSince, shownState } from "../look/agentState";
import { since } from "../look/duration";
import { StateDot } from "../look/StateMark";
import styles from "./Rest.module.css";
import type { Missed } from "./useMissed";

const words = {
  ready: ["agent.readyTitle", "agent.readyLead"],
  offline: ["agent.offlineTitle", "agent.offlineLead"],
  notResponding: ["agent.notRespondingTitle", "agent.notRespondingLead"],
} as const;

function isWorded(state: ShownState): state is keyof typeof words {
  return state in words;
}

/** No contact in hand: what that means, and the one step on. */
export function Rest({ agent, goReady }: { agent: Agent; goReady: () => void }) {
  const { t } = useTranslation();
  const now = useNow();
  const state = shownState(agent);
  const [title, lead] = isWorded(state) ? words[state] : (["agent.awayTitle", "agent.awayLead"] as const);
  const canGoReady = agent.status !== "Available";
  return (
    <section className={`${styles.rest} card`} data-testid="rest" data-rest-state={state}>
      <StateDot state={state} size={72} />
      <Title order={1} size="h2" ta="center">
        {t(title, { state: t(`state.${state}`) })}
      </Title>
      <Text c="var(--desk-quiet)" ta="center" maw={460}>
        {t(lead)}
      </Text>
      <Text className={`${styles.clock} figures`} aria-hidden="true">
        {since(shownSince(agent), now)}
      </Text>
      {canGoReady && (
        <Button size="lg" onClick={goReady} rightSection={<KeyHint action="ready" />} data-testid="go-ready">
          {agent.status === "LoggedOut" ? t("agent.startShift") : t("agent.goReady")}
        </Button>
      )}
    </section>
  );
}

/** A missed offer names its cause; one key returns to Ready. */
export function MissedCall({
  missed,
  agent,
  goReady,
  dismiss,
}: {
  missed: Missed;
  agent: Agent;
  goReady: () => void;
  dismiss: () => void;
}) {
  const { t, i18n } = useTranslation();
  const cause = missed.outcome && i18n.exists(`missed.${missed.outcome}`) ? missed.outcome : "unknown";
  const isReady = agent.status === "Available";
  return (
    <section className={`${styles.missed} card`} role="alert" data-testid="missed" data-cause={cause}>
      <span className={styles.missedIcon} aria-hidden="true">
        <IconPhoneX size={30} />
      </span>
      <div className={styles.missedWords}>
        <Title order={2} size="h4">
          {t("agent.missedTitle")}:{" "}
          {t("agent.missedFrom", { tenant: missed.pop.tenant.name, queue: missed.pop.queue?.name ?? "" })}
        </Title>
        <Text>{t(`missed.${cause}` as "missed.unknown")}</Text>
        <Text c="var(--desk-quiet)">{isReady ? t("agent.missedStill") : t("agent.missedBreak")}</Text>
      </div>
      <Button onClick={isReady ? dismiss : goReady} rightSection={<KeyHint action="ready" />} size="md">
        {isReady ? t("agent.gotIt") : t("agent.goReady")}
      </Button>
    </section>
  );
}
