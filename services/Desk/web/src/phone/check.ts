/** The check before the shift: pure. Speak, hear yourself, say so; at most about fifteen seconds. */
export type CheckState =
  | { is: "waiting" }
  | { is: "listening" }
  /** Nothing was heard for eight seconds. */
  | { is: "silent" }
  | { is: "recording" }
  | { is: "playing" }
  | { is: "asking" };

export type CheckInput =
  | { on: "microphone"; isOpen: boolean }
  | { on: "speech" }
  | { on: "nothing" }
  | { on: "recorded" }
  | { on: "played" }
  | { on: "again" };

export const LISTEN_MS = 8_000;
export const RECORD_MS = 2_000;

export const checkBegins: CheckState = { is: "waiting" };

export function checkState(state: CheckState, input: CheckInput): CheckState {
  if (input.on === "microphone") {
    if (!input.isOpen) return checkBegins;
    return state.is === "waiting" ? { is: "listening" } : state;
  }
  if (input.on === "again") return state.is === "waiting" ? state : { is: "listening" };
  switch (state.is) {
    case "listening":
      if (input.on === "speech") return { is: "recording" };
      return input.on === "nothing" ? { is: "silent" } : state;
    case "recording":
      return input.on === "recorded" ? { is: "playing" } : state;
    case "playing":
      return input.on === "played" ? { is: "asking" } : state;
    default:
      return state;
  }
}
