import "@mantine/charts/styles.css";
import { BarChart, LineChart } from "@mantine/charts";
import { useTranslation } from "react-i18next";
import type { Goal } from "../supervisor/thresholds";
import { useDates } from "../words/useDates";
import type { Row } from "./figures";
import { useIntervalLabel } from "./IntervalTable";
import styles from "./ReportPage.module.css";
import type { IntervalName } from "./range";

const HEIGHT = 260;

/** The table below says the same in words, so the pictures are hidden from those who hear the page. */
export default function Charts({
  rows,
  goal,
  timeZone,
  interval,
}: {
  rows: readonly Row[];
  goal: Goal | null;
  timeZone: string;
  interval: IntervalName;
}) {
  const { t } = useTranslation();
  const dates = useDates();
  const label = useIntervalLabel(timeZone, interval);
  const isOneDay = new Set(rows.map((row) => dates.day(row.from))).size === 1;
  const data = rows.map((row) => ({
    ...row,
    label: label(row, !isOneDay),
    service: row.service === null ? null : row.service * 100,
  }));
  return (
    <div className={styles.charts}>
      <figure className={`${styles.chart} card`} style={{ margin: 0 }}>
        <h2>{t("report.volume")}</h2>
        <div aria-hidden="true">
          <BarChart
            h={HEIGHT}
            data={data}
            dataKey="label"
            type="stacked"
            withLegend
            maxBarWidth={44}
            gridAxis="y"
            barChartProps={{ accessibilityLayer: false }}
            series={[
              { name: "answered", label: t("report.answered"), color: "#0072B2" },
              { name: "abandoned", label: t("report.abandoned"), color: "#D55E00" },
              { name: "shortAbandoned", label: t("report.shortAbandoned"), color: "#E69F00" },
            ]}
          />
        </div>
      </figure>
      <figure className={`${styles.chart} card`} style={{ margin: 0 }}>
        <h2>{t("report.serviceChart")}</h2>
        <div aria-hidden="true">
          <LineChart
            h={HEIGHT}
            data={data}
            dataKey="label"
            withLegend
            curveType="linear"
            connectNulls={false}
            unit=" %"
            gridAxis="y"
            yAxisProps={{ domain: [0, 100], width: 60 }}
            lineChartProps={{ accessibilityLayer: false }}
            referenceLines={goal ? [{ y: goal.percent, label: `${goal.percent} %`, color: "gray.6" }] : []}
            series={[{ name: "service", label: t("report.service"), color: "#009E73" }]}
            valueFormatter={(value) => dates.number(Math.round(value))}
          />
        </div>
      </figure>
    </div>
  );
}
