import { Accordion, Group, Loader, Select, Text, Title } from "@mantine/core";
import { IconChartBar } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { tenants as tenantsShape } from "../administrator/shapes";
import { type QueueReport, queueReport } from "../api/figures";
import { get, query } from "../api/request";
import { useNames } from "../contacts/names";
import { clock } from "../live/clock";
import { Empty } from "../look/Empty";
import { Problem } from "../look/Problem";
import { SaveCsv } from "../look/SaveCsv";
import { commonGoal, type Goal } from "../supervisor/thresholds";
import { rowsOf } from "./figures";
import { IntervalTable } from "./IntervalTable";
import styles from "./ReportPage.module.css";
import { type IntervalName, intervals, type RangeName, rangeOf, ranges, usualInterval } from "./range";
import { Tiles } from "./Tiles";

const Charts = lazy(() => import("./Charts"));

/** A tenant's figures: what the screen shows, the table tells by interval and the CSV carries along. */
export default function ReportPage() {
  const { t } = useTranslation();
  const names = useNames();
  const zones = useQuery({ queryKey: ["list", "/api/tenants"], queryFn: () => get("/api/tenants", tenantsShape) });
  const [chosen, setTenant] = useState<string | null>(null);
  const [queue, setQueue] = useState<string | null>(null);
  const [range, setRange] = useState<RangeName>("day");
  const [interval, setInterval] = useState<IntervalName>(usualInterval.day);
  useEffect(() => {
    document.title = `${t("report.title")} – ${t("app.title")}`;
  }, [t]);

  const tenant = chosen ?? names.tenants[0]?.id ?? null;
  const zone = zones.data?.items.find((one) => one.id === tenant)?.timeZone;
  const path =
    tenant && zone ? query("/api/reports/queues", { tenant, interval, ...rangeOf(range, clock.now(), zone) }) : null;
  const report = useQuery({
    queryKey: ["report", path],
    queryFn: () => get(path ?? "", queueReport),
    enabled: path !== null,
  });
  const error = zones.error ?? report.error;
  const goal = commonGoal(names.queues.filter((one) => one.tenant === tenant && (!queue || one.id === queue)));

  return (
    <div className={styles.page} data-testid="report">
      <Group justify="space-between" align="end">
        <div>
          <Title order={1} size="h3">
            {t("report.title")}
            {names.tenants.length === 1 && `: ${names.tenants[0]?.name}`}
          </Title>
          {zone && <Text c="var(--desk-quiet)">{t("report.zone", { zone })}</Text>}
        </div>
        {path && <SaveCsv path={`${path}&format=csv`} name="queues.csv" />}
      </Group>
      <div className={`${styles.choices} card`}>
        {names.tenants.length > 1 && (
          <Select
            label={t("contacts.tenant")}
            value={tenant}
            allowDeselect={false}
            data={names.tenants.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(value) => {
              setTenant(value);
              setQueue(null);
            }}
          />
        )}
        <Select
          label={t("report.range")}
          value={range}
          allowDeselect={false}
          data={ranges.map((value) => ({ value, label: t(`report.${value}`) }))}
          onChange={(value) => {
            const next = (value ?? "day") as RangeName;
            setRange(next);
            setInterval(usualInterval[next]);
          }}
        />
        <Select
          label={t("report.interval")}
          value={interval}
          allowDeselect={false}
          data={intervals.map((value) => ({ value, label: t(`report.i${value}`) }))}
          onChange={(value) => setInterval((value ?? "hour") as IntervalName)}
        />
        <Select
          label={t("contacts.queue")}
          value={queue ?? ""}
          allowDeselect={false}
          data={[
            { value: "", label: t("report.allQueues") },
            ...names.queues.filter((one) => one.tenant === tenant).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(value) => setQueue(value || null)}
        />
      </div>
      {error && <Problem error={error} retry={() => void (zones.error ? zones.refetch() : report.refetch())} />}
      {!error && !report.data && <Waiting />}
      {report.data && <Figures report={report.data} queue={queue} goal={goal} interval={interval} />}
    </div>
  );
}

function Waiting() {
  const { t } = useTranslation();
  return (
    <Group justify="center" p="xl">
      <Loader aria-label={t("app.loading")} />
    </Group>
  );
}

function Figures({
  report,
  queue,
  goal,
  interval,
}: {
  report: QueueReport;
  queue: string | null;
  goal: Goal | null;
  interval: IntervalName;
}) {
  const { t } = useTranslation();
  const { rows, total } = rowsOf(report, queue);
  const zone = report.timeZone ?? "UTC";
  if (!total) {
    return (
      <section className="card">
        <Empty icon={<IconChartBar size={28} />} title={t("report.empty")} lead={t("report.emptyLead")} />
      </section>
    );
  }
  return (
    <>
      <Tiles total={total} goal={goal} />
      <Suspense fallback={<Waiting />}>
        <Charts rows={rows} goal={goal} timeZone={zone} interval={interval} />
      </Suspense>
      <section className="card">
        <h2 className={styles.heading}>{t("report.table")}</h2>
        <IntervalTable rows={rows} total={total} goal={goal} timeZone={zone} interval={interval} />
      </section>
      <Definitions report={report} />
    </>
  );
}

const shown = ["offered", "answered", "abandoned", "short_abandoned", "service_level_default", "asa", "aht"];

/** What each figure means, and the version of its formula. */
function Definitions({ report }: { report: QueueReport }) {
  const { t } = useTranslation();
  const known = shown.flatMap((id) => (report.definitions?.[id] ? [{ id, ...report.definitions[id] }] : []));
  if (known.length === 0) return null;
  return (
    <Accordion variant="contained" classNames={{ item: styles.definitions ?? "" }}>
      <Accordion.Item value="definitions">
        <Accordion.Control>{t("report.definitions")}</Accordion.Control>
        <Accordion.Panel>
          <dl className={styles.definitionList}>
            {known.map(({ id, version, formula }) => (
              <div key={id}>
                <dt>
                  {id}{" "}
                  <Text span size="sm" c="var(--desk-quiet)">
                    {t("report.version", { version })}
                  </Text>
                </dt>
                <dd lang="en">{formula}</dd>
              </div>
            ))}
          </dl>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
