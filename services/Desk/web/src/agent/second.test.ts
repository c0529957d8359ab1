import { expect, test } from "vitest";
import { dialled, targetOf } from "./second";

test("numbers are taken as people write them", () => {
  expect(dialled("+358 40 123-4567")).toBe("+358401234567");
  expect(dialled("00358 (40) 123")).toBe("+35840123");
  expect(dialled("112")).toBe("112");
  expect(["", "1", "abc", "+", "12a", "1".repeat(33)].map(dialled)).toEqual([null, null, null, null, null, null]);
});

test("a typed number goes before what is chosen, and a wrong one chooses nobody", () => {
  expect(targetOf("agent:a", "")).toEqual({ agent: "a" });
  expect(targetOf("queue:q", " ")).toEqual({ queue: "q" });
  expect(targetOf("agent:a", "112")).toEqual({ number: "112" });
  expect(targetOf("agent:a", "x")).toBeNull();
  expect(targetOf(null, "")).toBeNull();
});
