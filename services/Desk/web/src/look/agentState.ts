import type { Agent } from "../api/shapes";

/** What a screen calls an agent's status and state together: one word, one icon, one colour. */
export const shownStates = [
  "ready",
  "ringing",
  "talking",
  "hold",
  "consulting",
  "wrapUp",
  "break",
  "training",
  "meeting",
  "backOffice",
  "notResponding",
  "offline",
] as const;
export type ShownState = (typeof shownStates)[number];

const busy: Partial<Record<Agent["state"], ShownState>> = {
  Reserved: "ringing",
  Ringing: "ringing",
  Talking: "talking",
  Consulting: "consulting",
  Hold: "hold",
  WrapUp: "wrapUp",
};

const chosen: Record<Agent["status"], ShownState> = {
  LoggedOut: "offline",
  Available: "ready",
  Break: "break",
  Training: "training",
  Meeting: "meeting",
  BackOffice: "backOffice",
};

export function shownState(agent: Pick<Agent, "status" | "state">): ShownState {
  const work = busy[agent.state];
  if (work) return work;
  return agent.status === "Available" && agent.state === "Unreachable" ? "notResponding" : chosen[agent.status];
}

/** When what is shown began: work by the state, rest by the later of the choice and the state. */
export function shownSince(agent: Agent): string {
  if (busy[agent.state]) return agent.stateSince;
  return agent.status !== "Available" || Date.parse(agent.statusSince) > Date.parse(agent.stateSince)
    ? agent.statusSince
    : agent.stateSince;
}

const MINUTE = 60_000;
const long: Partial<Record<ShownState, number>> = {
  ringing: MINUTE / 2,
  talking: 10 * MINUTE,
  hold: 2 * MINUTE,
  consulting: 3 * MINUTE,
  wrapUp: 2 * MINUTE,
  break: 15 * MINUTE,
  notResponding: MINUTE,
};

/** 0 as usual, 1 longer than usual, 2 twice as long: the mark deepens. */
export function depth(state: ShownState, milliseconds: number): 0 | 1 | 2 {
  const usual = long[state];
  if (!usual || milliseconds < usual) return 0;
  return milliseconds < 2 * usual ? 1 : 2;
}

export function isBusy(state: ShownState): boolean {
  return state === "ringing" || state === "talking" || state === "hold" || state === "consulting" || state === "wrapUp";
}
