import { useSyncExternalStore } from "react";
import { clock } from "./clock";

/** One timer for all clocks on the page; each sees the same second. */
const PERIOD_MS = 250;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let tick = clock.now();

function beat() {
  tick = clock.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!timer) {
    tick = clock.now();
    timer = setInterval(beat, PERIOD_MS);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

if (typeof document !== "undefined") document.addEventListener("visibilitychange", beat);

const seconds = () => Math.floor(tick / 1000) * 1000;

/** The server's time in whole seconds; renders once a second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, seconds);
}

/** What follows from the server's time; renders when that changes. */
export function useOfNow<T extends string | number | boolean | null>(what: (now: number) => T): T {
  return useSyncExternalStore(subscribe, () => what(seconds()));
}
