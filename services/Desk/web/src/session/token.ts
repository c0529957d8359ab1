/** The token of this tab: it survives a reload and ends with the tab. */
const KEY = "callcenter.token";
const listeners = new Set<() => void>();

type Kept = { token: string; expiresAt: string };

function read(): Kept | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Kept | null;
    return kept && Date.parse(kept.expiresAt) > Date.now() ? kept : null;
  } catch {
    return null;
  }
}

let kept = read();
let expired = false;

function tell() {
  for (const listener of listeners) listener();
}

export const token = {
  get: (): string | null => kept?.token ?? null,
  /** True when the server ended the session, false when the user did. */
  hasEnded: (): boolean => expired,
  set(value: Kept) {
    kept = value;
    expired = false;
    sessionStorage.setItem(KEY, JSON.stringify(value));
    tell();
  },
  clear() {
    kept = null;
    sessionStorage.removeItem(KEY);
    tell();
  },
  ended() {
    expired = true;
    token.clear();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
