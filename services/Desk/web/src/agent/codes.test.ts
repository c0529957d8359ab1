import { expect, test } from "vitest";
import { byDigit, digitOf, matching } from "./codes";

const codes = Array.from({ length: 40 }, (_, n) => ({ code: `c${n}`, label: `Topic ${n}` }));
codes[11] = { code: "refund", label: "Refund, paid twice" };
codes[12] = { code: "move", label: "Customer moves house" };
codes[13] = { code: "meter", label: "Meter reading" };

test("the first nine have digits", () => {
  expect(byDigit(codes, "1")).toBe(codes[0]);
  expect(byDigit(codes, "9")).toBe(codes[8]);
  expect(byDigit(codes, "0")).toBeNull();
  expect(byDigit(codes, "x")).toBeNull();
  expect(digitOf(codes, codes[8] ?? { code: "", label: "" })).toBe(9);
  expect(digitOf(codes, codes[9] ?? { code: "", label: "" })).toBeNull();
});

test("a digit without a code chooses nothing", () => {
  expect(byDigit(codes.slice(0, 2), "3")).toBeNull();
});

test("type-ahead finds begins of labels first, then of words, then initials", () => {
  expect(matching(codes, "me")[0]?.code).toBe("meter");
  expect(matching(codes, "mo")[0]?.code).toBe("move");
  expect(matching(codes, "cmh")[0]?.code).toBe("move");
  expect(matching(codes, "twice")[0]?.code).toBe("refund");
  expect(matching(codes, "nothing like it")).toEqual([]);
  expect(matching(codes, "  ")).toHaveLength(40);
});
