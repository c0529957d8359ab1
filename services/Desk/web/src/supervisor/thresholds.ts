import type { QueueRow } from "../api/shapes";

/** A queue's own goal: so many percent answered within so many seconds. */
export type Goal = QueueRow["serviceLevel"];

export type Mark = "none" | "good" | "warn" | "bad";

/** A wait beyond the goal's time is marked, beyond three times it more so. */
export function waitMark(queue: Pick<QueueRow, "waiting" | "longestWaitSince" | "serviceLevel">, now: number): Mark {
  if (queue.waiting === 0 || !queue.longestWaitSince) return "none";
  const [wait, goal] = [now - Date.parse(queue.longestWaitSince), queue.serviceLevel.seconds * 1000];
  if (wait < goal) return "none";
  return wait < 3 * goal ? "warn" : "bad";
}

const NEARLY = 0.2;

/** No data is never good, and without a goal nothing is good or bad. */
export function serviceMark(level: number | null | undefined, goal: Goal | null): Mark {
  if (level === null || level === undefined || !goal) return "none";
  if (level >= goal.percent / 100) return "good";
  return level >= goal.percent / 100 - NEARLY ? "warn" : "bad";
}

/** The goal that all of the queues have; null when theirs differ or there are none. */
export function commonGoal(queues: readonly Pick<QueueRow, "serviceLevel">[]): Goal | null {
  const [first, ...others] = queues.map((queue) => queue.serviceLevel);
  const isCommon = others.every((goal) => goal.percent === first?.percent && goal.seconds === first.seconds);
  return first && isCommon ? first : null;
}
