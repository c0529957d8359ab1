import { expect, test } from "vitest";
import { isRoutable, needsLine, type PhoneInput, phoneOff, phoneState } from "./phoneState";

const after = (...inputs: PhoneInput[]) => inputs.reduce(phoneState, phoneOff);
const ready: PhoneInput[] = [
  { on: "wanted" },
  { on: "microphoneOpened", label: "Headset" },
  { on: "registering" },
  { on: "registered" },
];
const talking: PhoneInput[] = [...ready, { on: "invited", at: 5 }, { on: "answer" }, { on: "accepted" }];

test("is routable with microphone and line, not with one of them", () => {
  expect(isRoutable(after(...ready))).toBe(true);
  expect(isRoutable(after(...ready.slice(0, 3)))).toBe(false);
  expect(isRoutable(after(...ready, { on: "microphoneGone", why: "unplugged" }))).toBe(false);
  expect(isRoutable(after(...ready, { on: "lineLost" }))).toBe(false);
});

test("without a microphone there is no line, but a call keeps its own", () => {
  const gone: PhoneInput = { on: "microphoneGone", why: "unplugged" };
  expect(needsLine(after({ on: "wanted" }))).toBe(false);
  expect(needsLine(after(...ready))).toBe(true);
  expect(needsLine(after(...ready, gone))).toBe(false);
  expect(needsLine(after(...talking, gone))).toBe(true);
  expect(after(...talking, gone).call.is).toBe("up");
});

test("a call goes from ringing over answering to up, and a second never replaces it", () => {
  expect(after(...ready, { on: "invited", at: 5 }).call).toEqual({ is: "ringing", since: 5 });
  expect(after(...ready, { on: "invited", at: 5 }, { on: "answer" }).call).toEqual({ is: "answering", since: 5 });
  const up = after(...talking);
  expect(up.call).toEqual({ is: "up", isMuted: false, path: "connecting" });
  expect(phoneState(up, { on: "invited", at: 9 })).toBe(up);
  expect(phoneState(up, { on: "callEnded" }).call.is).toBe("none");
});

test("what is not there cannot be answered, muted or mended", () => {
  const state = after(...ready);
  for (const input of [
    { on: "answer" },
    { on: "accepted" },
    { on: "muted", isMuted: true },
    { on: "path", path: "mending" },
  ] as const) {
    expect(phoneState(state, input)).toBe(state);
  }
});

test("a caller who hangs up while the answer waits leaves nothing behind", () => {
  const state = after(...ready, { on: "invited", at: 5 }, { on: "answer" }, { on: "callEnded" });
  expect(phoneState(state, { on: "accepted" }).call.is).toBe("none");
});

test("a lost line says so until it is back, a new one is a beginning", () => {
  expect(after(...ready.slice(0, 3)).line.is).toBe("connecting");
  expect(after(...ready, { on: "lineLost" }, { on: "registering" }).line.is).toBe("lost");
  expect(after(...ready, { on: "lineLost" }, { on: "registered" }).line.is).toBe("ready");
});

test("who was superseded stays so until the phone is wanted anew", () => {
  const state = after(...ready, { on: "superseded" });
  expect(state.microphone.is).toBe("off");
  expect(phoneState(state, { on: "lineLost" }).line.is).toBe("elsewhere");
  expect(phoneState(state, { on: "registering" }).line.is).toBe("connecting");
});

test("losing the line in a call leaves the call", () => {
  expect(after(...talking, { on: "path", path: "connected" }, { on: "lineLost" }).call).toEqual({
    is: "up",
    isMuted: false,
    path: "connected",
  });
});

test("a phone that is not wanted forgets line and microphone", () => {
  expect(after(...ready, { on: "notWanted" })).toEqual(phoneOff);
});
