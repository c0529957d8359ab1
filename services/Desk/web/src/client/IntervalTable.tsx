import { Table } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { duration } from "../look/duration";
import { ServiceLevel } from "../supervisor/QueueTable";
import type { Goal } from "../supervisor/thresholds";
import { useDates } from "../words/useDates";
import type { Row } from "./figures";
import styles from "./ReportPage.module.css";
import type { IntervalName } from "./range";

export function useIntervalLabel(timeZone: string, interval: IntervalName): (row: Row, isWithDay?: boolean) => string {
  const dates = useDates(timeZone);
  const isDays = interval === "day" || interval === "week" || interval === "month";
  return (row, isWithDay = true) =>
    isDays ? dates.day(row.from) : `${isWithDay ? `${dates.day(row.from)} ` : ""}${dates.time(row.from)}`;
}

export function IntervalTable({
  rows,
  total,
  goal,
  timeZone,
  interval,
}: {
  rows: readonly Row[];
  total: Row;
  goal: Goal | null;
  timeZone: string;
  interval: IntervalName;
}) {
  const { t } = useTranslation();
  const label = useIntervalLabel(timeZone, interval);
  const heads = [
    t("report.offered"),
    t("report.answered"),
    t("report.abandoned"),
    t("report.shortAbandoned"),
    t("report.service"),
    t("report.asa"),
    t("report.aht"),
  ];
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table verticalSpacing="xs" horizontalSpacing="md" data-testid="intervals">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("report.interval_")}</Table.Th>
            {heads.map((head) => (
              <Table.Th key={head} ta="right">
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Figures key={row.from} name={label(row)} row={row} goal={goal} />
          ))}
        </Table.Tbody>
        <Table.Tfoot>
          <Figures name={t("app.all")} row={total} goal={goal} isTotal />
        </Table.Tfoot>
      </Table>
    </Table.ScrollContainer>
  );
}

function Figures({
  name,
  row,
  goal,
  isTotal = false,
}: {
  name: string;
  row: Row;
  goal: Goal | null;
  isTotal?: boolean;
}) {
  const dates = useDates();
  const time = (value: number | null) => (value === null ? "–" : duration(value));
  return (
    <Table.Tr className={isTotal ? styles.total : undefined}>
      <Table.Th scope="row" className="figures">
        {name}
      </Table.Th>
      {[row.offered, row.answered, row.abandoned, row.shortAbandoned].map((value, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the columns are fixed.
        <Table.Td key={index} ta="right" className="figures">
          {dates.number(value)}
        </Table.Td>
      ))}
      <Table.Td ta="right">
        <ServiceLevel level={row.service} goal={goal} />
      </Table.Td>
      <Table.Td ta="right" className="figures">
        {time(row.asa)}
      </Table.Td>
      <Table.Td ta="right" className="figures">
        {time(row.aht)}
      </Table.Td>
    </Table.Tr>
  );
}
