/**
 * Media keys and the buttons of headsets that have no telephony page (MediaSession): a key answers while it rings, and
 * in a call it mutes: a play key that is pressed for music must not end a conversation.
 */
import type { Act } from "./headset";
import type { PhoneCall } from "./phoneState";

const KEYS = ["play", "pause", "togglemicrophone", "hangup"] as const;
type Key = (typeof KEYS)[number];

export function actOfKey(key: Key, call: PhoneCall): Act | null {
  if (call.is === "ringing") return key === "hangup" ? "reject" : key === "togglemicrophone" ? null : "answer";
  if (call.is !== "up") return null;
  return key === "hangup" ? "hangUp" : "toggleMute";
}

/** Takes the keys for as long as there is a call, and tells the system whether the microphone is on. */
export function takeMediaKeys(call: PhoneCall, act: (act: Act) => void): () => void {
  const session = navigator.mediaSession as
    | (MediaSession & { setMicrophoneActive?(isActive: boolean): void })
    | undefined;
  if (!session || call.is === "none") return () => {};
  const set = (key: Key, handler: (() => void) | null) => {
    try {
      session.setActionHandler(key as MediaSessionAction, handler);
    } catch {
      // This browser does not know that key.
    }
  };
  for (const key of KEYS) {
    set(key, () => {
      const wanted = actOfKey(key, call);
      if (wanted) act(wanted);
    });
  }
  session.setMicrophoneActive?.(call.is === "up" && !call.isMuted);
  return () => {
    for (const key of KEYS) set(key, null);
  };
}
