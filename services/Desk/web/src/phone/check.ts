/**
 * The check before the shift: pure. The gateway's echo is called; speak, hear what came back from there, say so; at most
 * about fifteen seconds.
 */
export type CheckState =
  | { is: "waiting" }
  /** The echo is called, and called again until it is there. */
  | { is: "connecting" }
  | { is: "listening" }
  /** The microphone heard nothing for eight seconds. */
  | { is: "silent" }
  /** The microphone heard speech, and nothing of it came back. */
  | { is: "lost" }
  | { is: "recording" }
  | { is: "playing" }
  | { is: "asking" };

export type CheckInput =
  | { on: "microphone"; isOpen: boolean }
  | { on: "echo"; isUp: boolean }
  | { on: "speech" }
  | { on: "nothing"; isSpoken: boolean }
  | { on: "recorded" }
  | { on: "played" }
  | { on: "again" };

export const LISTEN_MS = 8_000;
export const RECORD_MS = 2_000;

export const checkBegins: CheckState = { is: "waiting" };

export function checkState(state: CheckState, input: CheckInput): CheckState {
  switch (input.on) {
    case "microphone":
      if (!input.isOpen) return checkBegins;
      return state.is === "waiting" ? { is: "connecting" } : state;
    case "echo":
      if (input.isUp) return state.is === "connecting" ? { is: "listening" } : state;
      return needsEcho(state) ? { is: "connecting" } : state;
    case "again":
      if (state.is === "asking") return { is: "connecting" };
      return isListening(state) ? { is: "listening" } : state;
    case "speech":
      return isListening(state) ? { is: "recording" } : state;
    case "nothing":
      return state.is === "listening" ? { is: input.isSpoken ? "lost" : "silent" } : state;
    case "recorded":
      return state.is === "recording" ? { is: "playing" } : state;
    case "played":
      return state.is === "playing" ? { is: "asking" } : state;
  }
}

/** Speech is waited for, also after it was missed. */
export function isListening({ is }: CheckState): boolean {
  return is === "listening" || is === "silent" || is === "lost";
}

/** Whether the echo is to be called, or to go on. */
export function needsEcho({ is }: CheckState): boolean {
  return is !== "waiting" && is !== "asking";
}
