/** The agent reads whose client calls before the caller is heard: how long the pop must have been in sight, and the longest wait for it. */
const SEEN_MS = 1_000;
const WAIT_MAX_MS = 3_000;

/** A pop in sight: since when, and how long its queue wants it there before the answer (a second unless it says so). */
export type ShownPop = { at: number; seenMs?: number | undefined };

/**
 * Milliseconds until a call may be answered. While there is no pop the answer waits for it, at most three seconds from
 * the first ring.
 */
export function untilAnswer(now: number, ringingSince: number, pop: ShownPop | null): number {
  const latest = ringingSince + WAIT_MAX_MS;
  const at = pop === null ? latest : Math.min(pop.at + (pop.seenMs ?? SEEN_MS), latest);
  return Math.max(0, at - now);
}
