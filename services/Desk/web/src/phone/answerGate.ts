/** The agent reads whose client calls before the caller is heard: how long the pop must have been in sight, and the longest wait for it. */
const SEEN_MS = 1_000;
const WAIT_MAX_MS = 3_000;

/**
 * Milliseconds until a call may be answered. `popShownAt`: when the pop came into sight, null while it has not; then
 * the answer waits for it, at most three seconds from the first ring.
 */
export function untilAnswer(now: number, ringingSince: number, popShownAt: number | null): number {
  const latest = ringingSince + WAIT_MAX_MS;
  const at = popShownAt === null ? latest : Math.min(popShownAt + SEEN_MS, latest);
  return Math.max(0, at - now);
}
