import { expect, test } from "vitest";
import type { Me } from "../api/shapes";
import { Recent } from "./recent";

const agent: NonNullable<Me["agent"]> = {
  id: "a",
  user: "aino",
  name: "Aino",
  status: "Available",
  statusSince: "2026-01-01T08:00:00Z",
  state: "Unreachable",
  stateSince: "2026-01-01T09:00:00Z",
};
const me: Me = {
  user: "a",
  name: "Aino",
  role: "agent",
  tenants: [],
  agent,
  contact: null,
  at: "2026-01-01T09:00:01Z",
};
const idle = (at: string) => ({ ...agent, state: "Idle" as const, stateSince: at, at });
const pop = (state: "offered" | "over", at: string) => ({
  contact: "c",
  tenant: { id: "t", name: "Energia" },
  state,
  stateSince: at,
  at,
});

test("what was told while a reading was under way is in what was read", () => {
  const recent = new Recent();
  recent.heard({ of: "agent", message: idle("2026-01-01T09:00:02Z") }, 0);
  recent.heard({ of: "contact", message: pop("offered", "2026-01-01T09:00:03Z") }, 0);
  expect(recent.ontoMe(me).agent?.state).toBe("Idle");
  expect(recent.ontoMe(me).contact?.state).toBe("offered");
});

test("of each thing the newest counts", () => {
  const recent = new Recent();
  recent.heard({ of: "contact", message: pop("offered", "2026-01-01T09:00:03Z") }, 0);
  recent.heard({ of: "contact", message: pop("over", "2026-01-01T09:00:04Z") }, 1);
  expect(recent.ontoMe(me).contact).toBeNull();
});

test("what was told before the reading changes nothing, and what is old is forgotten", () => {
  const recent = new Recent();
  recent.heard({ of: "agent", message: idle("2026-01-01T09:00:00Z") }, 0);
  expect(recent.ontoMe(me)).toBe(me);
  recent.heard({ of: "contact", message: pop("offered", "2026-01-01T09:00:03Z") }, 0);
  recent.heard({ of: "agent", message: idle("2026-01-01T09:00:40Z") }, 40_000);
  expect(recent.ontoMe(me).contact).toBeNull();
});
