const LOOK_MS = 5_000;
/** So much later than due a timer comes only after a sleep; timers of hidden tabs are slowed down to a minute. */
const ASLEEP_MS = 90_000;

/** Calls back when the network is there again, and after a sleep of the machine. */
export function onNetworkChanged(changed: () => void): () => void {
  let last = Date.now();
  const look = setInterval(() => {
    const now = Date.now();
    if (now - last > ASLEEP_MS) changed();
    last = now;
  }, LOOK_MS);
  window.addEventListener("online", changed);
  return () => {
    clearInterval(look);
    window.removeEventListener("online", changed);
  };
}
