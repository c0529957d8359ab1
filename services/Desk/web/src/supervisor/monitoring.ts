import { command } from "../api/request";
import type { Agent } from "../api/shapes";
import { Store } from "../phone/store";

/** What a supervisor does in a conversation, in rising order. */
export const modes = [
  { mode: "listen", word: "listen" },
  { mode: "whisper", word: "whisper" },
  { mode: "barge", word: "barge" },
  { mode: "take-over", word: "takeOver" },
] as const;

export type MonitorOrder = (typeof modes)[number]["mode"] | "off";

/** The agent whose conversation this page asked for last: the call that then comes is the one that was wanted. */
export const asked = new Store<{ name: string } | null>(null);

/** Rings the supervisor's phone, or changes what it does where it is already. */
export function monitor(agent: Agent, mode: MonitorOrder): Promise<void> {
  if (mode !== "off") asked.set({ name: agent.name });
  return command("POST", `/api/agents/${agent.id}/monitor`, { contact: agent.contact, mode });
}

/** The agent in whose conversation the supervisor is, and as what. */
export function watchedBy(agents: readonly Agent[], supervisor: string) {
  for (const agent of agents) {
    const own = agent.watching?.find((one) => one.supervisor === supervisor);
    if (own) return { agent, mode: own.mode };
  }
  return null;
}
