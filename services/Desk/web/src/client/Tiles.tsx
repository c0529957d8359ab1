import { useTranslation } from "react-i18next";
import { duration } from "../look/duration";
import { ServiceLevel } from "../supervisor/QueueTable";
import type { Goal } from "../supervisor/thresholds";
import { useDates } from "../words/useDates";
import type { Row } from "./figures";
import styles from "./ReportPage.module.css";

export function Tiles({ total, goal }: { total: Row; goal: Goal | null }) {
  const { t } = useTranslation();
  const dates = useDates();
  const tiles = [
    [t("report.offered"), dates.number(total.offered)],
    [t("report.answered"), dates.number(total.answered)],
    [t("report.abandoned"), dates.number(total.abandoned)],
    [t("report.service"), <ServiceLevel key="service" level={total.service} goal={goal} />],
    [t("report.asa"), total.asa === null ? "–" : duration(total.asa)],
    [t("report.aht"), total.aht === null ? "–" : duration(total.aht)],
  ] as const;
  return (
    <dl className={styles.tiles}>
      {tiles.map(([label, value]) => (
        <div key={label} className="card">
          <dt>{label}</dt>
          <dd className="figures">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
