/** Measured figures go to the test's output: machines are loaded while tests run, so they are told, not asserted. */
import { cpus, loadavg } from "node:os";

export function tell(what: string, milliseconds: readonly number[]): void {
  tellAmounts(what, milliseconds, "ms");
}

export function tellAmounts(what: string, amounts: readonly number[], unit: string): void {
  const sorted = [...amounts].sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN);
  console.log(
    `measured: ${what}: n ${sorted.length}, p50 ${at(0.5)} ${unit}, p95 ${at(0.95)} ${unit}, max ${at(1)} ${unit}`,
  );
}

/** A figure says with it how busy the machine was. */
export function tellLoad(what: string): void {
  const [minute, fiveMinutes] = loadavg();
  console.log(
    `measured: ${what}; ${cpus().length} cores, load ${minute?.toFixed(1)} (1 min), ${fiveMinutes?.toFixed(1)} (5 min)`,
  );
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
