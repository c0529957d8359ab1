import { expect, test } from "vitest";
import { untilAnswer } from "./answerGate";

test("the pop is seen for a second before the answer", () => {
  expect(untilAnswer(10_000, 10_000, 10_000)).toBe(1_000);
  expect(untilAnswer(10_400, 10_000, 10_200)).toBe(800);
  expect(untilAnswer(15_000, 10_000, 10_200)).toBe(0);
});

test("a pop that does not come or comes late holds the answer up for three seconds at most", () => {
  expect(untilAnswer(10_500, 10_000, null)).toBe(2_500);
  expect(untilAnswer(12_900, 10_000, 12_800)).toBe(100);
  expect(untilAnswer(14_000, 10_000, null)).toBe(0);
});
