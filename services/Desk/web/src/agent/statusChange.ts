import type { Agent, AgentStatus } from "../api/shapes";

/**
 * A status change as the page sees it: pending at once, confirmed by the server's answer or message, rolled back with
 * the reason when it is refused or not confirmed in time. Pure; the clock and the request are outside.
 */
export type Wish = { status: AgentStatus; reason: string | null };

export type StatusChange =
  | { is: "settled" }
  | { is: "pending"; wish: Wish; number: number }
  | { is: "unconfirmed"; wish: Wish; number: number }
  | { is: "refused"; wish: Wish; number: number; error: unknown };

export type StatusInput =
  | { on: "choose"; wish: Wish; number: number }
  | { on: "confirmed"; number: number }
  | { on: "refused"; number: number; error: unknown }
  | { on: "late"; number: number }
  | { on: "told"; agent: Agent }
  | { on: "dismissed" };

export const settled: StatusChange = { is: "settled" };

/** Whether the server's state is what was wished for, now or next. */
export function fulfils(agent: Agent, wish: Wish): boolean {
  if (agent.nextStatus) return agent.nextStatus === wish.status;
  return agent.status === wish.status && (wish.reason === null || agent.reason === wish.reason);
}

export function statusChange(state: StatusChange, input: StatusInput): StatusChange {
  if (input.on === "choose") return { is: "pending", wish: input.wish, number: input.number };
  if (input.on === "dismissed" || state.is === "settled") return settled;
  if (input.on === "told") return state.is !== "refused" && fulfils(input.agent, state.wish) ? settled : state;
  if (input.number !== state.number) return state;
  const { wish, number } = state;
  switch (input.on) {
    case "confirmed":
      return settled;
    case "refused":
      return { is: "refused", wish, number, error: input.error };
    case "late":
      return state.is === "pending" ? { is: "unconfirmed", wish, number } : state;
  }
}
