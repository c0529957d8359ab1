/** Measured figures go to the test's output: machines are loaded while tests run, so they are told, not asserted. */
export function tell(what: string, milliseconds: readonly number[]): void {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN);
  console.log(`measured: ${what}: n ${sorted.length}, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(1)} ms`);
}

export async function timed(act: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await act();
  return performance.now() - from;
}

/** How often a test takes a turn: few in a test run, many in a soak. */
export const turns = (few: number): number => Number(process.env.DESK_TURNS ?? few);

/** How long so many turns may take on a loaded machine. */
export const within = (count: number, eachSeconds: number): number => 60_000 + count * eachSeconds * 1_000;
