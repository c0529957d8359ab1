import { expect, test } from "vitest";
import { commonGoal, serviceMark, waitMark } from "./thresholds";

const strict = { percent: 90, seconds: 10 };
const usual = { percent: 80, seconds: 20 };
const since = "2026-01-01T09:00:00Z";
const after = (seconds: number) => Date.parse(since) + seconds * 1000;

test("a wait is marked by the queue's own time", () => {
  const waiting = { waiting: 1, longestWaitSince: since };
  expect(waitMark({ ...waiting, serviceLevel: strict }, after(15))).toBe("warn");
  expect(waitMark({ ...waiting, serviceLevel: usual }, after(15))).toBe("none");
  expect(waitMark({ ...waiting, serviceLevel: strict }, after(30))).toBe("bad");
  expect(waitMark({ ...waiting, waiting: 0, serviceLevel: strict }, after(30))).toBe("none");
});

test("the service level is marked by the queue's own share; without data or goal nothing is good", () => {
  expect(serviceMark(0.85, usual)).toBe("good");
  expect(serviceMark(0.85, strict)).toBe("warn");
  expect(serviceMark(0.5, usual)).toBe("bad");
  expect(serviceMark(null, usual)).toBe("none");
  expect(serviceMark(1, null)).toBe("none");
});

test("queues with one goal share its line in the chart", () => {
  expect(commonGoal([{ serviceLevel: usual }, { serviceLevel: { ...usual } }])).toEqual(usual);
  expect(commonGoal([{ serviceLevel: usual }, { serviceLevel: strict }])).toBeNull();
  expect(commonGoal([])).toBeNull();
});
