import { expect, test } from "vitest";
import type { Me, Pop, Wallboard } from "../api/shapes";
import {
  clockMessage,
  figuresSince,
  withAgent,
  withAgentRow,
  withContact,
  withoutAgentRow,
  withQueue,
} from "./messages";

const agent: NonNullable<Me["agent"]> = {
  id: "a",
  user: "aino",
  name: "Aino",
  status: "Available",
  statusSince: "2026-01-01T08:00:00Z",
  state: "Idle",
  stateSince: "2026-01-01T08:00:00Z",
};
const me: Me = {
  user: "a",
  name: "Aino",
  role: "agent",
  tenants: [],
  agent,
  contact: null,
  at: "2026-01-01T09:00:00Z",
};
const pop: Pop = {
  contact: "c1",
  tenant: { id: "t", name: "Energia" },
  state: "talking",
  stateSince: "2026-01-01T09:00:10Z",
};

test("a message from before the reading changes nothing", () => {
  const old = { ...agent, state: "Ringing" as const, at: "2026-01-01T08:59:59Z" };
  expect(withAgent(me, old)).toBe(me);
});

test("a message that was under way while the own request was answered changes nothing", () => {
  const answered = { ...me, agent: { ...agent, statusSince: "2026-01-01T09:00:02Z" } };
  const late = { ...agent, status: "Break" as const, statusSince: "2026-01-01T09:00:01Z", at: "2026-01-01T09:00:01Z" };
  expect(withAgent(answered, late)).toBe(answered);
});

test("another agent's message is not mine", () => {
  expect(withAgent(me, { ...agent, id: "b", at: "2026-01-01T09:00:01Z" })).toBe(me);
});

test("the pop follows its states and leaves with the last", () => {
  const talking = withContact(me, { ...pop, at: "2026-01-01T09:00:10Z" });
  expect(talking.contact?.state).toBe("talking");
  const late = { ...pop, state: "offered" as const, stateSince: "2026-01-01T09:00:05Z", at: "2026-01-01T09:00:11Z" };
  expect(withContact(talking, late)).toBe(talking);
  const over = { ...pop, state: "over" as const, at: "2026-01-01T09:01:00Z" };
  expect(withContact(talking, over).contact).toBeNull();
});

test("the end of an earlier contact does not take the present one away", () => {
  const present = withContact(me, { ...pop, contact: "c2", at: "2026-01-01T09:00:20Z" });
  const over = { ...pop, state: "over" as const, at: "2026-01-01T09:01:00Z" };
  expect(withContact(present, over)).toBe(present);
});

test("a new queue joins, a known one is replaced", () => {
  const board: Wallboard = { queues: [], agents: [], at: "2026-01-01T09:00:00Z" };
  const agents = { idle: 0, busy: 0, away: 0 };
  const queue = { id: "q", tenant: "t", name: "Sales", waiting: 1, serviceLevel: { percent: 80, seconds: 20 }, agents };
  const one = withQueue(board, { ...queue, at: "2026-01-01T09:00:01Z" });
  const two = withQueue(one, { ...queue, waiting: 2, at: "2026-01-01T09:00:02Z" });
  expect(two.queues.map((row) => row.waiting)).toEqual([2]);
});

test("an agent who leaves the teams in sight leaves the board, and one who is back is there again", () => {
  const board: Wallboard = { queues: [], agents: [agent], at: "2026-01-01T09:00:00Z" };
  const left = { id: "a", at: "2026-01-01T09:00:01Z" };
  expect(withoutAgentRow(board, left).agents).toEqual([]);
  expect(withoutAgentRow(board, { ...left, at: "2026-01-01T08:59:59Z" })).toBe(board);
  const back = { ...agent, team: "North", at: "2026-01-01T09:00:01Z" };
  expect(withAgentRow(withoutAgentRow(board, left), back).agents).toEqual([back]);
});

test("figures are late when the server has not read them for longer than its period", () => {
  const at = "2026-01-01T09:00:20Z";
  expect(figuresSince(clockMessage.parse({ at, asOf: "2026-01-01T09:00:16Z" }))).toBeNull();
  expect(figuresSince(clockMessage.parse({ at, asOf: "2026-01-01T09:00:10Z" }))).toBe(
    Date.parse("2026-01-01T09:00:10Z"),
  );
});
