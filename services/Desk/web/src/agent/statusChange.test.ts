import { expect, test } from "vitest";
import type { Agent } from "../api/shapes";
import { settled, statusChange } from "./statusChange";

const agent: Agent = {
  id: "a",
  user: "aino",
  name: "Aino",
  status: "Available",
  statusSince: "2026-01-01T08:00:00Z",
  state: "Idle",
  stateSince: "2026-01-01T08:00:00Z",
};
const wish = { status: "Break", reason: "Lunch" } as const;
const pending = statusChange(settled, { on: "choose", wish, number: 1 });

test("a choice is pending at once and settled by the answer", () => {
  expect(pending).toEqual({ is: "pending", wish, number: 1 });
  expect(statusChange(pending, { on: "confirmed", number: 1 })).toEqual(settled);
});

test("a refusal rolls back with the reason", () => {
  const error = new Error("409");
  expect(statusChange(pending, { on: "refused", number: 1, error })).toMatchObject({ is: "refused", error });
});

test("what is not confirmed in time is rolled back, and settled when it comes late", () => {
  const late = statusChange(pending, { on: "late", number: 1 });
  expect(late.is).toBe("unconfirmed");
  expect(statusChange(late, { on: "told", agent: { ...agent, status: "Break", reason: "Lunch" } })).toEqual(settled);
});

test("a message that tells another status settles nothing", () => {
  expect(statusChange(pending, { on: "told", agent })).toBe(pending);
});

test("chosen ahead counts as fulfilled", () => {
  const told = { ...agent, state: "Talking", nextStatus: "Break" } as const;
  expect(statusChange(pending, { on: "told", agent: told })).toEqual(settled);
});

test("the answer of an earlier choice does not settle the latest", () => {
  const second = statusChange(pending, { on: "choose", wish: { status: "Meeting", reason: null }, number: 2 });
  expect(statusChange(second, { on: "confirmed", number: 1 })).toBe(second);
});
