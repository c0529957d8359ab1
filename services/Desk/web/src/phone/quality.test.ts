import { expect, test } from "vitest";
import { type Counters, countersOf, keep, mosOf, qualityOf } from "./quality";

const SECOND = 1_000;
const PACKETS = 50;

/** Counters second by second with that loss. */
function line(seconds: number, loss: number, more: Partial<Counters> = {}): Counters[] {
  let kept: Counters[] = [];
  for (let n = 0; n <= seconds; n++) {
    const sent = n * PACKETS;
    const lost = Math.round(sent * loss);
    kept = keep(kept, {
      at: n * SECOND,
      received: sent - lost,
      lost,
      jitter: 5,
      rtt: 30,
      remoteLoss: 0,
      ...more,
    });
  }
  return kept;
}

test("a clean line is good", () => {
  expect(qualityOf(line(10, 0))?.level).toBe("good");
  expect(qualityOf(line(10, 0))?.mos).toBeGreaterThan(4.2);
});

test("5 % loss is poor within six seconds, in either direction", () => {
  expect(qualityOf(line(6, 0.05))?.level).toBe("poor");
  expect(qualityOf(line(6, 0, { remoteLoss: 0.05 }))?.level).toBe("poor");
});

test("2 % loss is fair", () => expect(qualityOf(line(6, 0.02))?.level).toBe("fair"));

test("delay counts", () => expect(qualityOf(line(6, 0, { rtt: 900 }))?.level).not.toBe("good"));

test("nothing comes: poor", () => {
  const dead = [0, 1, 2].map((n) => ({ at: n * SECOND, received: 7, lost: 0, jitter: 0, rtt: null, remoteLoss: 0 }));
  expect(qualityOf(dead)?.level).toBe("poor");
});

test("what is older than five seconds no longer counts", () => {
  const kept = line(20, 0);
  expect(kept).toHaveLength(6);
  expect(qualityOf(line(0, 0))).toBeNull();
});

test("counters that begin anew, as after another connection, forget the old ones", () => {
  const fresh = { at: 11 * SECOND, received: 3, lost: 0, jitter: 1, rtt: 20, remoteLoss: 0 };
  expect(keep(line(10, 0), fresh)).toEqual([fresh]);
});

test("MOS falls with loss and delay and stays within its scale", () => {
  expect(mosOf(40, 0)).toBeCloseTo(4.4, 1);
  expect(mosOf(40, 0.1)).toBeLessThan(mosOf(40, 0.02));
  expect(mosOf(600, 0)).toBeLessThan(mosOf(100, 0));
  expect(mosOf(5_000, 1)).toBe(1);
});

test("reads the browser's report", () => {
  const report = [
    { type: "inbound-rtp", kind: "audio", packetsReceived: 100, packetsLost: 2, jitter: 0.004 },
    { type: "remote-inbound-rtp", kind: "audio", roundTripTime: 0.02, fractionLost: 0.01 },
    { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.5 },
  ];
  expect(countersOf(report, 7)).toEqual({ at: 7, received: 100, lost: 2, jitter: 4, rtt: 20, remoteLoss: 0.01 });
  expect(countersOf(report.slice(1), 7)).toBeNull();
});
