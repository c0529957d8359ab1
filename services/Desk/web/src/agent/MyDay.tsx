import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { agentReport, figureOf } from "../api/figures";
import { get, query } from "../api/request";
import type { Me } from "../api/shapes";
import { readWallboard } from "../live/reads";
import { useNow } from "../live/ticker";
import { duration, since } from "../look/duration";
import { useDates } from "../words/useDates";
import styles from "./MyDay.module.css";

export const myDayKey = ["my-day"];
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();

/** The left column: own figures of the day, and who waits in the agent's queues. */
export function MyDay({ me }: { me: Me }) {
  return (
    <div className={styles.column}>
      <Figures agent={me.user} />
      <Queues me={me} />
    </div>
  );
}

function Figures({ agent }: { agent: string }) {
  const { t } = useTranslation();
  const dates = useDates();
  const { data } = useQuery({
    queryKey: myDayKey,
    queryFn: () => get(query("/api/reports/agents", { agent, interval: "day", timeZone }), agentReport),
  });
  const mine = data?.items[0]?.metrics;
  const value = (id: string) => (mine ? figureOf(mine, id) : null);
  const [handled, aht, occupancy, missed] = [
    value("handled"),
    value("aht"),
    value("occupancy"),
    value("missed_offers"),
  ];
  return (
    <section className={`${styles.card} card`} aria-label={t("agent.today")} data-testid="my-day">
      <h2>{t("agent.today")}</h2>
      {handled === null && missed === null ? (
        <p className={styles.quiet}>{t("agent.noFigures")}</p>
      ) : (
        <dl className={`${styles.figures} figures`}>
          <Figure label={t("agent.handled")} value={handled === null ? null : dates.number(handled)} />
          <Figure label={t("agent.aht")} value={aht === null ? null : duration(aht)} />
          <Figure label={t("agent.occupancy")} value={occupancy === null ? null : dates.percent(occupancy)} />
          <Figure label={t("agent.missed")} value={missed === null ? null : dates.number(missed)} />
        </dl>
      )}
    </section>
  );
}

function Figure({ label, value }: { label: string; value: string | null }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value ?? "–"}</dd>
    </div>
  );
}

function Queues({ me }: { me: Me }) {
  const { t } = useTranslation();
  const now = useNow();
  const { data } = useQuery(readWallboard);
  if (!data) return null;
  return (
    <section className={`${styles.card} card`} aria-label={t("agent.queues")}>
      <h2>{t("agent.queues")}</h2>
      {data.queues.length === 0 && <p className={styles.quiet}>{t("agent.noQueues")}</p>}
      <ul className={styles.queues}>
        {data.queues.map((queue) => (
          <li key={queue.id}>
            <span>
              <strong>{queue.name}</strong>
              <small>{me.tenants.find((tenant) => tenant.id === queue.tenant)?.name}</small>
            </span>
            <span className={`${styles.waiting} figures`} data-some={queue.waiting > 0 || undefined}>
              {t("agent.waiting", { count: queue.waiting })}
              {queue.waiting > 0 && queue.longestWaitSince && <small>{since(queue.longestWaitSince, now)}</small>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
