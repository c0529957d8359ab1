/**
 * The browser's phone as the page sees it: pure, so that each rule has a test. The line (registration), the microphone
 * and the call are independent; what they mean together is asked by the functions below.
 */
export type Line =
  | { is: "off" }
  /** Another tab of this browser has the phone; it comes here when that one closes. */
  | { is: "otherTab" }
  | { is: "connecting" }
  | { is: "ready" }
  /** Was or should be there and comes back by itself. */
  | { is: "lost" }
  /** A newer sign-in has the telephone. */
  | { is: "elsewhere" };

/** Why there is no sound from the microphone. */
export type NoMicrophone = "denied" | "missing" | "busy" | "insecure" | "unplugged";

export type Microphone =
  | { is: "off" }
  | { is: "asking" }
  | { is: "open"; label: string }
  | { is: "gone"; why: NoMicrophone };

export type PhoneCall =
  | { is: "none" }
  | { is: "ringing"; since: number }
  /** Taken; the answer goes out when the pop has been seen. */
  | { is: "answering"; since: number }
  | { is: "up"; isMuted: boolean; path: Path };

/** The way of the sound: `mending` while it is sought anew after a loss. */
export type Path = "connecting" | "connected" | "mending";

export type PhoneState = { line: Line; microphone: Microphone; call: PhoneCall };

export type PhoneInput =
  | { on: "wanted" }
  | { on: "notWanted" }
  | { on: "otherTab" }
  | { on: "registering" }
  | { on: "registered" }
  | { on: "lineLost" }
  | { on: "superseded" }
  | { on: "microphoneOpened"; label: string }
  | { on: "microphoneGone"; why: NoMicrophone }
  | { on: "invited"; at: number }
  | { on: "answer" }
  /** A caller was joined to the leg that stands. */
  | { on: "joined" }
  | { on: "accepted" }
  | { on: "path"; path: Path }
  | { on: "muted"; isMuted: boolean }
  | { on: "callEnded" };

export const phoneOff: PhoneState = { line: { is: "off" }, microphone: { is: "off" }, call: { is: "none" } };

export function phoneState(state: PhoneState, input: PhoneInput): PhoneState {
  const line = lineAfter(state.line, input);
  const microphone = microphoneAfter(state.microphone, input);
  const call = callAfter(state.call, input);
  const isSame = line === state.line && microphone === state.microphone && call === state.call;
  return isSame ? state : { line, microphone, call };
}

function lineAfter(line: Line, input: PhoneInput): Line {
  switch (input.on) {
    case "notWanted":
      return phoneOff.line;
    case "otherTab":
      return { is: "otherTab" };
    case "registering":
      // A line that was there is lost until it is back; only the first attempt is a beginning.
      return line.is === "lost" ? line : { is: "connecting" };
    case "registered":
      return { is: "ready" };
    case "lineLost":
      return line.is === "off" || line.is === "elsewhere" ? line : { is: "lost" };
    case "superseded":
      return { is: "elsewhere" };
    default:
      return line;
  }
}

function microphoneAfter(microphone: Microphone, input: PhoneInput): Microphone {
  switch (input.on) {
    case "wanted":
      return microphone.is === "open" ? microphone : { is: "asking" };
    case "notWanted":
    case "otherTab":
    case "superseded":
      return phoneOff.microphone;
    case "microphoneOpened":
      return { is: "open", label: input.label };
    case "microphoneGone":
      return { is: "gone", why: input.why };
    default:
      return microphone;
  }
}

function callAfter(call: PhoneCall, input: PhoneInput): PhoneCall {
  switch (input.on) {
    case "invited":
      return call.is === "none" ? { is: "ringing", since: input.at } : call;
    case "answer":
      return call.is === "ringing" ? { is: "answering", since: call.since } : call;
    case "joined":
      return call.is === "none" ? { is: "up", isMuted: false, path: "connected" } : call;
    case "accepted":
      return call.is === "answering" ? { is: "up", isMuted: false, path: "connecting" } : call;
    case "path":
      return call.is === "up" ? { ...call, path: input.path } : call;
    case "muted":
      return call.is === "up" ? { ...call, isMuted: input.isMuted } : call;
    case "callEnded":
      return phoneOff.call;
    default:
      return call;
  }
}

/**
 * Whether the line is to be registered: only with a microphone, so that nobody is rung with dead audio; a call that is
 * up keeps its line whatever happens to the microphone.
 */
export function needsLine({ microphone, call }: PhoneState): boolean {
  return microphone.is === "open" || call.is === "up";
}

/** Whether a contact can be offered here. */
export function isRoutable({ line, microphone }: PhoneState): boolean {
  return line.is === "ready" && microphone.is === "open";
}
