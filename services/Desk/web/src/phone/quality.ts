/**
 * The line's quality from the counters of WebRTC (RTCStatsReport): pure. MOS by the E-model (ITU-T G.107) with the
 * values of G.711 (ITU-T G.113 appendix I): no impairment by the codec, packet-loss robustness 25.1 with concealment.
 */
export type QualityLevel = "good" | "fair" | "poor";

/** Milliseconds; loss 0..1, the worse of both directions; MOS 1..4.5. */
export type Quality = { level: QualityLevel; rtt: number | null; jitter: number; loss: number; mos: number };

/** Counters at one time. `remoteLoss` 0..1 is what the other side last reported of our packets. */
export type Counters = {
  at: number;
  received: number;
  lost: number;
  jitter: number;
  rtt: number | null;
  remoteLoss: number;
};

const WINDOW_MS = 5_000;
const BUFFER_MS = 40;
const ROBUSTNESS = 25.1;
const BASE = 93.2;

/** The counters that count, the oldest first: those of the last five seconds. */
export function keep(counters: readonly Counters[], next: Counters): Counters[] {
  return [...counters.filter((one) => next.at - one.at <= WINDOW_MS && one.received <= next.received), next];
}

export function qualityOf(counters: readonly Counters[]): Quality | null {
  const first = counters[0];
  const last = counters.at(-1);
  if (!first || !last || first === last) return null;
  const received = last.received - first.received;
  const lost = Math.max(0, last.lost - first.lost);
  // Nothing came although there was time for many packets: the line is not good, it is dead.
  const heard = received + lost === 0 ? (last.at - first.at >= 1_000 ? 1 : 0) : lost / (received + lost);
  const loss = Math.max(heard, last.remoteLoss);
  const mos = mosOf((last.rtt ?? 0) / 2 + 2 * last.jitter + BUFFER_MS, loss);
  return { level: levelOf(mos, loss), rtt: last.rtt, jitter: last.jitter, loss, mos };
}

/** One-way delay in milliseconds and loss 0..1 to MOS. */
export function mosOf(delay: number, loss: number): number {
  const late = delay > 177.3 ? 0.11 * (delay - 177.3) : 0;
  const percent = loss * 100;
  const r = BASE - 0.024 * delay - late - (95 * percent) / (percent + ROBUSTNESS);
  if (r <= 0) return 1;
  return Math.min(4.5, Math.max(1, 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r)));
}

/** What people notice: 5 % of lost packets is poor whatever the formula says of good concealment. */
function levelOf(mos: number, loss: number): QualityLevel {
  if (mos < 3.1 || loss >= 0.04) return "poor";
  return mos < 3.8 || loss >= 0.015 ? "fair" : "good";
}

type Stat = Record<string, unknown>;

/** Reads a report; null while no packet has been counted. */
export function countersOf(stats: Iterable<Stat>, at: number): Counters | null {
  const all = [...stats];
  const inbound = all.find((one) => one.type === "inbound-rtp" && one.kind === "audio");
  if (!inbound) return null;
  const remote = all.find((one) => one.type === "remote-inbound-rtp" && one.kind === "audio");
  const pair = all.find((one) => one.type === "candidate-pair" && one.nominated === true);
  const seconds = number(remote?.roundTripTime) ?? number(pair?.currentRoundTripTime);
  return {
    at,
    received: number(inbound.packetsReceived) ?? 0,
    lost: number(inbound.packetsLost) ?? 0,
    jitter: (number(inbound.jitter) ?? 0) * 1_000,
    rtt: seconds === null ? null : seconds * 1_000,
    remoteLoss: Math.min(1, Math.max(0, number(remote?.fractionLost) ?? 0)),
  };
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
