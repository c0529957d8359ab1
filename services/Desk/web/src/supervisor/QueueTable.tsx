import { Table } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Me, QueueRow } from "../api/shapes";
import { useNow } from "../live/ticker";
import { brand } from "../look/brand";
import { since } from "../look/duration";
import { useDates } from "../words/useDates";
import { Marked } from "./Marked";
import { type Goal, serviceMark, waitMark } from "./thresholds";
import styles from "./WallboardPage.module.css";

export function QueueTable({ me, queues }: { me: Me; queues: readonly QueueRow[] }) {
  const { t } = useTranslation();
  const number = [
    t("wall.waiting"),
    t("wall.longest"),
    t("wall.service"),
    t("wall.ready"),
    t("wall.busy"),
    t("wall.away"),
    t("wall.offered"),
    t("wall.abandoned"),
  ];
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table verticalSpacing="sm" horizontalSpacing="md" className={styles.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("wall.queue")}</Table.Th>
            {number.map((label) => (
              <Table.Th key={label} ta="right" title={label === t("wall.service") ? t("wall.serviceHelp") : undefined}>
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {queues.map((queue) => (
            <Row key={queue.id} me={me} queue={queue} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row({ me, queue }: { me: Me; queue: QueueRow }) {
  const { t } = useTranslation();
  const dates = useDates();
  const tenant = me.tenants.find((one) => one.id === queue.tenant);
  return (
    <Table.Tr data-testid="queue-row" data-queue={queue.id}>
      <Table.Th scope="row" className={styles.name}>
        <span className={styles.swatch} style={{ background: brand(tenant?.colour).colour }} aria-hidden="true" />
        <span>
          {queue.name}
          <small>{tenant?.name}</small>
        </span>
      </Table.Th>
      <Table.Td ta="right" className={styles.big} data-testid="waiting">
        <span className="figures">{queue.waiting}</span>
      </Table.Td>
      <Table.Td ta="right">
        <LongestWait queue={queue} />
      </Table.Td>
      <Table.Td ta="right">
        <ServiceLevel level={queue.today?.serviceLevel} goal={queue.serviceLevel} />
      </Table.Td>
      {[queue.agents.idle, queue.agents.busy, queue.agents.away, queue.today?.offered, queue.today?.abandoned].map(
        (value, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the columns are fixed.
          <Table.Td key={index} ta="right" className="figures">
            {value === null || value === undefined ? <span title={t("wall.noData")}>–</span> : dates.number(value)}
          </Table.Td>
        ),
      )}
    </Table.Tr>
  );
}

export function LongestWait({ queue }: { queue: QueueRow }) {
  const { t } = useTranslation();
  const now = useNow();
  return (
    <Marked mark={waitMark(queue, now)} word={t("wall.longWait")}>
      {queue.waiting > 0 && queue.longestWaitSince ? since(queue.longestWaitSince, now) : "–"}
    </Marked>
  );
}

export function ServiceLevel({ level, goal }: { level: number | null | undefined; goal: Goal | null }) {
  const { t } = useTranslation();
  const dates = useDates();
  const mark = serviceMark(level, goal);
  const word = goal ? t(mark === "good" ? "wall.atGoal" : "wall.belowGoal", { ...goal }) : "";
  return (
    <Marked mark={mark} word={word}>
      {level === null || level === undefined ? (
        <>
          –<span className="hidden">{t("wall.noData")}</span>
        </>
      ) : (
        dates.percent(level)
      )}
    </Marked>
  );
}
