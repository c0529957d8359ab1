import { expect, test } from "vitest";
import type { Agent } from "../api/shapes";
import { watchedBy } from "./monitoring";

const agent = (id: string, watching: Agent["watching"]): Agent => ({
  id,
  user: id,
  name: id,
  status: "Available",
  statusSince: "2026-03-02T09:00:00Z",
  state: "Talking",
  stateSince: "2026-03-02T09:00:00Z",
  watching,
});

test("a supervisor is in the conversation of the agent who is told so", () => {
  const agents = [
    agent("a", null),
    agent("b", [{ supervisor: "other", mode: "listen" }]),
    agent("c", [
      { supervisor: "other", mode: "listen" },
      { supervisor: "me", mode: "barge" },
    ]),
  ];
  expect(watchedBy(agents, "me")).toEqual({ agent: agents[2], mode: "barge" });
  expect(watchedBy(agents, "nobody")).toBeNull();
});
