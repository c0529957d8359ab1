import { type Counters, countersOf, keep, type Quality, qualityOf } from "./quality";
import type { SipCall } from "./sipCall";

const EACH_MS = 1_000;

/** Tells the quality of a call's line each second; gives what ends that. */
export function watchQuality(call: SipCall, tell: (quality: Quality | null) => void): () => void {
  let kept: Counters[] = [];
  let isOver = false;
  const timer = setInterval(async () => {
    const counters = countersOf(await call.stats(), performance.now());
    if (!counters || isOver) return;
    kept = keep(kept, counters);
    tell(qualityOf(kept));
  }, EACH_MS);
  return () => {
    isOver = true;
    clearInterval(timer);
  };
}
