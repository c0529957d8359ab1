import { expect, test } from "vitest";
import { rowsOf } from "./figures";

const of = (values: Record<string, number | null>) =>
  Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { version: 1, value }]));

const nine = { from: "2026-03-02T09:00:00+02:00", to: "2026-03-02T09:15:00+02:00" };
const ten = { from: "2026-03-02T10:00:00+02:00", to: "2026-03-02T10:15:00+02:00" };
const report = {
  items: [
    {
      queue: "a",
      ...ten,
      metrics: of({ offered: 2, answered: 2, abandoned: 0, service_level_default: 1, asa: 4_000 }),
    },
    {
      queue: "a",
      ...nine,
      metrics: of({ offered: 4, answered: 3, abandoned: 1, service_level_default: 0.5, asa: 10_000 }),
    },
    {
      queue: "b",
      ...nine,
      metrics: of({ offered: 1, answered: 0, abandoned: 0, service_level_default: null, asa: null }),
    },
  ],
};

test("queues of a period are summed, shares weighed by what they were divided by", () => {
  const { rows, total } = rowsOf(report, null);
  expect(rows.map((row) => row.offered)).toEqual([5, 2]);
  expect(rows[0]?.service).toBe(0.5);
  expect(total?.service).toBeCloseTo((0.5 * 4 + 1 * 2) / 6);
  expect(total?.asa).toBeCloseTo((10_000 * 3 + 4_000 * 2) / 5);
});

test("one queue alone, and nothing to divide by stays null", () => {
  const { rows, total } = rowsOf(report, "b");
  expect(rows).toHaveLength(1);
  expect(total?.service).toBeNull();
});

test("no items, no total", () => {
  expect(rowsOf({ items: [] }, null)).toEqual({ rows: [], total: null });
});
