import { IconAntennaBars2, IconAntennaBars4, IconAntennaBars5 } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useDates } from "../words/useDates";
import styles from "./Phone.module.css";
import type { Quality } from "./quality";

const icons = { good: IconAntennaBars5, fair: IconAntennaBars4, poor: IconAntennaBars2 } as const;

/** How good the line is: word and icon, the figures on request or beside it. */
export function QualityMark({ quality, withFigures = false }: { quality: Quality; withFigures?: boolean }) {
  const { t } = useTranslation();
  const dates = useDates();
  const Icon = icons[quality.level];
  const figures = t("phone.qualityFigures", {
    rtt: quality.rtt === null ? "–" : Math.round(quality.rtt),
    jitter: Math.round(quality.jitter),
    loss: dates.percent(quality.loss),
    mos: quality.mos.toFixed(1),
  });
  return (
    <span className={styles.quality} data-testid="quality" data-level={quality.level} title={figures}>
      <Icon size={20} aria-hidden="true" />
      <span>
        {t("phone.quality")}: {t(`phone.is.${quality.level}`)}
      </span>
      <span className={withFigures ? styles.quiet : "hidden"}>{figures}</span>
    </span>
  );
}
