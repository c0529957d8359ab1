/**
 * What the hub has told of late. A reading that was under way meanwhile may be from before it: what was read is brought
 * up to date with it, for a message that came during a reading would be lost otherwise.
 */
import type { Me, Wallboard } from "../api/shapes";
import {
  type AgentLeftMessage,
  type AgentMessage,
  type ContactMessage,
  type QueueMessage,
  withAgent,
  withAgentRow,
  withContact,
  withoutAgentRow,
  withQueue,
} from "./messages";

/** Longer than a request may take. */
const KEPT_MS = 30_000;

type Told =
  | { of: "agent"; message: AgentMessage }
  | { of: "agentLeft"; message: AgentLeftMessage }
  | { of: "contact"; message: ContactMessage }
  | { of: "queue"; message: QueueMessage };

export class Recent {
  /** The newest of each thing, the oldest first. */
  private readonly kept = new Map<string, Told & { heard: number }>();

  heard(told: Told, now = performance.now()): void {
    const key = told.of + (told.of === "contact" ? told.message.contact : told.message.id);
    this.kept.delete(key);
    this.kept.set(key, { ...told, heard: now });
    for (const [old, { heard }] of this.kept) {
      if (now - heard <= KEPT_MS) break;
      this.kept.delete(old);
    }
  }

  ontoMe(read: Me): Me {
    let me = read;
    for (const told of this.kept.values()) {
      if (told.of === "agent") me = withAgent(me, told.message);
      if (told.of === "contact") me = withContact(me, told.message);
    }
    return me;
  }

  ontoWallboard(read: Wallboard): Wallboard {
    let board = read;
    for (const told of this.kept.values()) {
      if (told.of === "agent") board = withAgentRow(board, told.message);
      if (told.of === "agentLeft") board = withoutAgentRow(board, told.message);
      if (told.of === "queue") board = withQueue(board, told.message);
    }
    return board;
  }
}

/** Of this page's hub. */
export const recent = new Recent();
