import { figureOf, type Metrics, type QueueReport } from "../api/figures";

/** Figures of one period; a share or a mean is null when there was nothing to divide by. */
export type Row = {
  from: string;
  to: string;
  offered: number;
  answered: number;
  abandoned: number;
  shortAbandoned: number;
  service: number | null;
  asa: number | null;
  aht: number | null;
};

const count = (metrics: Metrics, id: string) => figureOf(metrics, id) ?? 0;

/** A mean over queues from each queue's mean, weighed with what it was divided by. */
function mean(items: readonly Metrics[], id: string, weight: (metrics: Metrics) => number): number | null {
  let [sum, weights] = [0, 0];
  for (const metrics of items) {
    const value = figureOf(metrics, id);
    if (value === null) continue;
    sum += value * weight(metrics);
    weights += weight(metrics);
  }
  return weights > 0 ? sum / weights : null;
}

function row(from: string, to: string, items: readonly Metrics[]): Row {
  const total = (id: string) => items.reduce((sum, metrics) => sum + count(metrics, id), 0);
  return {
    from,
    to,
    offered: total("offered"),
    answered: total("answered"),
    abandoned: total("abandoned"),
    shortAbandoned: total("short_abandoned"),
    service: mean(
      items,
      "service_level_default",
      (metrics) => count(metrics, "answered") + count(metrics, "abandoned"),
    ),
    asa: mean(items, "asa", (metrics) => count(metrics, "answered")),
    aht: mean(items, "aht", (metrics) => count(metrics, "handled")),
  };
}

/** Periods in their order, queues together; and all of it in one row. */
export function rowsOf(report: QueueReport, queue: string | null): { rows: Row[]; total: Row | null } {
  const items = report.items.filter((item) => queue === null || item.queue === queue);
  const periods = new Map<string, { to: string; metrics: Metrics[] }>();
  for (const item of items) {
    const period = periods.get(item.from) ?? { to: item.to, metrics: [] };
    period.metrics.push(item.metrics);
    periods.set(item.from, period);
  }
  const rows = [...periods]
    .map(([from, period]) => row(from, period.to, period.metrics))
    .sort((a, b) => Date.parse(a.from) - Date.parse(b.from));
  const [first, last] = [rows[0], rows.at(-1)];
  return {
    rows,
    total:
      first && last
        ? row(
            first.from,
            last.to,
            items.map((item) => item.metrics),
          )
        : null,
  };
}
