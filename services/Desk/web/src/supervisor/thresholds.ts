import type { QueueRow } from "../api/shapes";

/** 80 % within 20 s is the centre's goal; a wait beyond it is marked, beyond three times it more so. */
export const GOAL = 0.8;
const GOAL_MS = 20_000;

export type Mark = "none" | "good" | "warn" | "bad";

export function waitMark(queue: Pick<QueueRow, "waiting" | "longestWaitSince">, now: number): Mark {
  if (queue.waiting === 0 || !queue.longestWaitSince) return "none";
  const wait = now - Date.parse(queue.longestWaitSince);
  if (wait < GOAL_MS) return "none";
  return wait < 3 * GOAL_MS ? "warn" : "bad";
}

/** No data is never good. */
export function serviceMark(level: number | null | undefined): Mark {
  if (level === null || level === undefined) return "none";
  if (level >= GOAL) return "good";
  return level >= GOAL - 0.2 ? "warn" : "bad";
}
