import { expect, test } from "vitest";
import { rangeOf } from "./range";

test("a range is in the tenant's dates, whatever the browser's zone", () => {
  const late = Date.parse("2026-03-28T22:30:00Z");
  expect(rangeOf("day", late, "Europe/Helsinki")).toEqual({ from: "2026-03-29", to: "2026-03-30" });
  expect(rangeOf("day", late, "Europe/Copenhagen")).toEqual({ from: "2026-03-28", to: "2026-03-29" });
});

test("a week over the change to summer time has seven dates", () => {
  const time = Date.parse("2026-03-30T10:00:00Z");
  expect(rangeOf("week", time, "Europe/Helsinki")).toEqual({ from: "2026-03-24", to: "2026-03-31" });
  expect(rangeOf("yesterday", time, "Europe/Helsinki")).toEqual({ from: "2026-03-29", to: "2026-03-30" });
});
