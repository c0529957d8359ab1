import { expect, test } from "vitest";
import { untilAnswer } from "./answerGate";

test("the pop is seen for a second before the answer", () => {
  expect(untilAnswer(10_000, 10_000, { at: 10_000 })).toBe(1_000);
  expect(untilAnswer(10_400, 10_000, { at: 10_200 })).toBe(800);
  expect(untilAnswer(15_000, 10_000, { at: 10_200 })).toBe(0);
});

test("a queue may want it to be seen for longer, or not at all", () => {
  expect(untilAnswer(10_000, 10_000, { at: 10_000, seenMs: 2_000 })).toBe(2_000);
  expect(untilAnswer(10_000, 10_000, { at: 10_000, seenMs: 0 })).toBe(0);
});

test("a pop that does not come or comes late holds the answer up for three seconds at most", () => {
  expect(untilAnswer(10_500, 10_000, null)).toBe(2_500);
  expect(untilAnswer(12_900, 10_000, { at: 12_800 })).toBe(100);
  expect(untilAnswer(10_100, 10_000, { at: 10_100, seenMs: 3_000 })).toBe(2_900);
  expect(untilAnswer(14_000, 10_000, null)).toBe(0);
});
