import { Alert, Button } from "@mantine/core";
import { IconClockExclamation, IconHeadphones } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Agent, Me } from "../api/shapes";
import { useAction } from "../keys/KeysProvider";
import { useStaleSince } from "../live/LiveProvider";
import { readMe } from "../live/reads";
import { Empty } from "../look/Empty";
import { Problem } from "../look/Problem";
import { PhoneCard } from "../phone/PhoneCard";
import { PhoneProvider, usePhone } from "../phone/PhoneProvider";
import { PhoneTrouble } from "../phone/PhoneTrouble";
import { pagesOf } from "../shell/pages";
import { Shell } from "../shell/Shell";
import styles from "./AgentPage.module.css";
import { Conversation } from "./Conversation";
import { CustomerPanel } from "./CustomerPanel";
import { MyDay, myDayKey } from "./MyDay";
import { MissedCall, Rest } from "./Rest";
import { StatusMenu } from "./StatusMenu";
import type { StatusChange } from "./statusChange";
import { allowNotifications, useAttention } from "./useAttention";
import { useMissed } from "./useMissed";
import { useStatus } from "./useStatus";

export { beginPhone } from "../phone/thePhone";

export default function AgentPage() {
  const { t } = useTranslation();
  const { data: me } = useQuery(readMe);
  if (!me) return null;
  if (!me.agent) {
    return (
      <Shell me={me} pages={pagesOf.agent}>
        <Empty title={t("agent.noAgent")} lead={t("agent.noAgentLead")} />
      </Shell>
    );
  }
  return (
    <PhoneProvider
      user={me.agent.id}
      isAtWork={me.agent.status !== "LoggedOut"}
      pop={me.contact ?? null}
      agent={me.agent}
    >
      <Desk me={me} agent={me.agent} />
    </PhoneProvider>
  );
}

function Desk({ me, agent }: { me: Me; agent: Agent }) {
  const pop = me.contact ?? null;
  const { change, choose, dismiss } = useStatus(agent);
  const { missed, dismiss: dismissMissed } = useMissed(pop);
  const stale = useStaleSince();
  useAttention(agent, pop);
  useFreshFigures(pop?.contact ?? null);

  const { isHere, setCheck } = usePhone();
  const isOff = agent.status === "LoggedOut";
  const beReady = () => choose({ status: "Available", reason: null });

  const goReady = () => {
    allowNotifications();
    dismissMissed();
    if (isHere && isOff) setCheck("shift");
    else if (agent.status !== "Available" || agent.nextStatus) beReady();
  };
  useEffect(() => {
    // The check stays open until the shift has begun: it is what keeps the phone on.
    if (!isOff) setCheck(null);
  }, [isOff, setCheck]);
  useAction("ready", goReady);
  useAction("break", () => choose({ status: "Break", reason: null }));

  return (
    <Shell me={me} pages={pagesOf.agent} bar={<StatusMenu agent={agent} change={change} choose={choose} />}>
      <div
        className={`${styles.desk} ${stale ? "stale" : ""}`}
        data-testid="desk"
        data-agent-state={agent.state}
        data-agent-status={agent.status}
      >
        <div className={styles.left}>
          <PhoneCard startShift={beReady} />
          <MyDay me={me} />
        </div>
        <div className={styles.centre}>
          <PhoneTrouble />
          <StatusTrouble change={change} dismiss={dismiss} />
          {missed && !pop && <MissedCall missed={missed} agent={agent} goReady={goReady} dismiss={dismissMissed} />}
          <Watched agent={agent} />
          {pop ? <Conversation agent={agent.id} pop={pop} /> : <Rest agent={agent} goReady={goReady} />}
        </div>
        <div className={styles.right}>
          <CustomerPanel pop={pop} />
        </div>
      </div>
    </Shell>
  );
}

/** Who listens is no secret. */
function Watched({ agent }: { agent: Agent }) {
  const { t } = useTranslation();
  if (!agent.watching || agent.watching.length === 0) return null;
  return (
    <Alert color="blue" icon={<IconHeadphones />} role="status" data-testid="watched">
      {agent.watching.map((one) => t(`second.${one.mode}`)).join(" ")}
    </Alert>
  );
}

/** The own figures change when a contact leaves the hand. */
function useFreshFigures(contact: string | null): void {
  const cache = useQueryClient();
  useEffect(() => {
    if (contact === null) void cache.invalidateQueries({ queryKey: myDayKey });
  }, [contact, cache]);
}

function StatusTrouble({ change, dismiss }: { change: StatusChange; dismiss: () => void }) {
  const { t } = useTranslation();
  if (change.is === "unconfirmed") {
    return (
      <Alert color="yellow" icon={<IconClockExclamation />} role="alert" data-testid="status-trouble">
        {t("agent.notConfirmed", { status: t(`status.${change.wish.status}`) })}
      </Alert>
    );
  }
  if (change.is !== "refused") return null;
  return (
    <div data-testid="status-trouble">
      <Problem error={change.error} title={t("agent.refused")} />
      <Button mt="xs" size="xs" variant="default" onClick={dismiss}>
        {t("agent.gotIt")}
      </Button>
    </div>
  );
}
