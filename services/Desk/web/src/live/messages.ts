/** What the hub tells, and what it changes in what was read: pure, so that each rule has a test. */
import { z } from "zod";
import { type Agent, agent, type Me, pop, queueRow, type Wallboard } from "../api/shapes";

const at = z.object({ at: z.string().min(1) });

export const agentMessage = agent.extend(at.shape);
/** An agent is no more in a team that this user watches. */
export const agentLeftMessage = at.extend({ id: z.string().min(1) });
export const contactMessage = pop.extend(at.shape);
export const queueMessage = queueRow.extend(at.shape);
export const clockMessage = at.extend({ asOf: z.string().nullish() });

export type AgentMessage = z.infer<typeof agentMessage>;
export type AgentLeftMessage = z.infer<typeof agentLeftMessage>;
export type ContactMessage = z.infer<typeof contactMessage>;
export type QueueMessage = z.infer<typeof queueMessage>;

/** A message that was sent before the state was read is already in it. */
function isNewer(message: { at: string }, read: { at: string }): boolean {
  return Date.parse(message.at) >= Date.parse(read.at);
}

/** What the agent's own request was answered may be newer than a message that was under way meanwhile. */
export function withAgent(me: Me, message: AgentMessage): Me {
  return message.id === me.agent?.id && isNewer(message, me) && isNotOlder(message, me.agent)
    ? { ...me, agent: message }
    : me;
}

/** Whether what is told of an agent is not from before what is known. */
export function isNotOlder(a: Agent, b: Agent): boolean {
  return Date.parse(a.stateSince) >= Date.parse(b.stateSince) && Date.parse(a.statusSince) >= Date.parse(b.statusSince);
}

/** A contact that is over leaves the hand, unless another has come meanwhile. */
export function withContact(me: Me, message: ContactMessage): Me {
  if (!isNewer(message, me)) return me;
  const inHand = me.contact;
  if (message.state === "over") return inHand?.contact === message.contact ? { ...me, contact: null } : me;
  const isLate = inHand?.contact === message.contact && Date.parse(message.stateSince) < Date.parse(inHand.stateSince);
  return isLate ? me : { ...me, contact: message };
}

function replace<T extends { id: string }>(items: readonly T[], item: T): T[] {
  return items.some((other) => other.id === item.id)
    ? items.map((other) => (other.id === item.id ? item : other))
    : [...items, item];
}

export function withAgentRow(wallboard: Wallboard, message: AgentMessage): Wallboard {
  return isNewer(message, wallboard) ? { ...wallboard, agents: replace(wallboard.agents ?? [], message) } : wallboard;
}

export function withoutAgentRow(wallboard: Wallboard, message: AgentLeftMessage): Wallboard {
  return isNewer(message, wallboard)
    ? { ...wallboard, agents: (wallboard.agents ?? []).filter(({ id }) => id !== message.id) }
    : wallboard;
}

export function withQueue(wallboard: Wallboard, message: QueueMessage): Wallboard {
  return isNewer(message, wallboard) ? { ...wallboard, queues: replace(wallboard.queues, message) } : wallboard;
}

const FIGURES_LATE_MS = 7_500;

/** The figures' own age: the server reads them every 5 s; null while that goes well, else when it last did. */
export function figuresSince(message: z.infer<typeof clockMessage>): number | null {
  if (!message.asOf) return null;
  const asOf = Date.parse(message.asOf);
  return Date.parse(message.at) - asOf > FIGURES_LATE_MS ? asOf : null;
}
