import { useTranslation } from "react-i18next";
import type { Agent, Me, QueueRow } from "../api/shapes";
import { useLink, useStaleSince } from "../live/LiveProvider";
import { useNow } from "../live/ticker";
import { shownState, shownStates } from "../look/agentState";
import { brand } from "../look/brand";
import { StateMark } from "../look/StateMark";
import { useDates } from "../words/useDates";
import { LongestWait, ServiceLevel } from "./QueueTable";
import styles from "./Wall.module.css";
import { LeaveWall } from "./WallboardPage";

/** Rows that fit with figures of 6 % of the screen's height: readable at 5 m on 55 inches. */
const ROWS = 9;

/** The wallboard for a wall: fills the window, sizes follow its height. */
export function Wall({
  me,
  queues,
  agents,
  leave,
}: {
  me: Me;
  queues: readonly QueueRow[];
  agents: readonly Agent[];
  leave: () => void;
}) {
  const { t } = useTranslation();
  const dates = useDates();
  const now = useNow();
  const stale = useStaleSince();
  const { status } = useLink();
  const urgent = [...queues].sort(
    (a, b) => b.waiting - a.waiting || (a.longestWaitSince ?? "~").localeCompare(b.longestWaitSince ?? "~"),
  );
  const shown = queues.length > ROWS ? urgent.slice(0, ROWS) : queues;
  return (
    <div className={styles.wall} data-testid="wall">
      <div className={styles.leave}>
        <LeaveWall leave={leave} />
      </div>
      <table className={`${styles.table} ${stale ? "stale" : ""}`}>
        <thead>
          <tr>
            <th scope="col">
              <time className="figures">
                {status === "lost" && stale ? t("link.asOf", { time: dates.seconds(stale) }) : dates.time(now)}
              </time>
            </th>
            <th scope="col">{t("wall.waiting")}</th>
            <th scope="col">{t("wall.longest")}</th>
            <th scope="col">{t("wall.service")}</th>
            <th scope="col">{t("wall.ready")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((queue) => (
            <tr key={queue.id} data-testid="wall-row">
              <th scope="row">
                <span
                  className={styles.swatch}
                  style={{ background: brand(me.tenants.find((one) => one.id === queue.tenant)?.colour).colour }}
                />
                {queue.name}
              </th>
              <td className="figures" data-testid="wall-figure">
                {queue.waiting}
              </td>
              <td>
                <LongestWait queue={queue} />
              </td>
              <td>
                <ServiceLevel level={queue.today?.serviceLevel} goal={queue.serviceLevel} />
              </td>
              <td className="figures">{queue.agents.idle}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {queues.length > shown.length && (
        <p className={styles.more}>{t("wall.more", { count: queues.length - shown.length })}</p>
      )}
      <Agents agents={agents} />
    </div>
  );
}

function Agents({ agents }: { agents: readonly Agent[] }) {
  const counts = shownStates
    .filter((state) => state !== "offline")
    .map((state) => ({ state, count: agents.filter((agent) => shownState(agent) === state).length }))
    .filter(({ count }) => count > 0);
  return (
    <div className={styles.agents}>
      {counts.map(({ state, count }) => (
        <span key={state} className={styles.count}>
          <StateMark state={state} size={40} />
          <strong className="figures">{count}</strong>
        </span>
      ))}
    </div>
  );
}
