/** The contact this browser was talking to, so that a page that comes back answers for it by itself; survives a killed tab. */
const KEPT_MS = 60_000;
const key = (user: string) => `callcenter.phone.${user}.contact`;

type Kept = { contact: string; at: number };

/** Told again and again while the call is up. */
export function keepContact(user: string, contact: string, now: number): void {
  localStorage.setItem(key(user), JSON.stringify({ contact, at: now } satisfies Kept));
}

export function forgetContact(user: string): void {
  localStorage.removeItem(key(user));
}

/** True when the call with that contact was cut off here less than a minute ago. */
export function wasInterrupted(user: string, contact: string, now: number): boolean {
  try {
    const kept = JSON.parse(localStorage.getItem(key(user)) ?? "null") as Kept | null;
    return kept?.contact === contact && Math.abs(now - kept.at) <= KEPT_MS;
  } catch {
    return false;
  }
}
