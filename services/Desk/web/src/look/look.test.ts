import { expect, test } from "vitest";
import type { Agent } from "../api/shapes";
import { depth, shownSince, shownState, shownStates } from "./agentState";
import { brand, contrast, initials } from "./brand";
import { duration } from "./duration";
import { stateLooks } from "./StateMark";

test("any brand colour has ink that can be read on it", () => {
  for (let n = 0; n < 4096; n++) {
    const colour = `#${[n >> 8, (n >> 4) & 15, n & 15].map((part) => part.toString(16).repeat(2)).join("")}`;
    const { ink } = brand(colour);
    expect(contrast(colour, ink), colour).toBeGreaterThan(4.2);
  }
});

test("a colour that is none falls back", () => {
  expect(brand("red").colour).toBe(brand(null).colour);
});

test("marks of states can be read", () => {
  for (const state of shownStates) {
    const { colour, ink } = stateLooks[state];
    expect(contrast(colour, ink), state).toBeGreaterThan(4.5);
  }
});

test("work hides the status, an unreachable phone shows only to who is Ready", () => {
  expect(shownState({ status: "Break", state: "Talking" })).toBe("talking");
  expect(shownState({ status: "Available", state: "Unreachable" })).toBe("notResponding");
  expect(shownState({ status: "Break", state: "Unreachable" })).toBe("break");
  expect(shownState({ status: "LoggedOut", state: "Idle" })).toBe("offline");
});

test("a break lasts since it was chosen, Ready since the last work ended", () => {
  const agent = { statusSince: "2026-01-01T08:00:00Z", stateSince: "2026-01-01T09:00:00Z", state: "Idle" } as Agent;
  expect(shownSince({ ...agent, status: "Available" })).toBe("2026-01-01T09:00:00Z");
  expect(shownSince({ ...agent, status: "Break" })).toBe("2026-01-01T08:00:00Z");
});

test("a long state deepens twice", () => {
  expect([60_000, 180_000, 300_000].map((time) => depth("wrapUp", time))).toEqual([0, 1, 2]);
});

test("durations", () => {
  expect([-5, 7_999, 725_000, 3_729_000].map(duration)).toEqual(["0:00", "0:07", "12:05", "1:02:09"]);
  expect(initials("Esimerkki Energia Oy")).toBe("EE");
});
