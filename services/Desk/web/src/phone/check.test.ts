import { expect, test } from "vitest";
import { type CheckInput, checkBegins, checkState, needsEcho } from "./check";

const after = (...inputs: CheckInput[]) => inputs.reduce(checkState, checkBegins);
const open: CheckInput = { on: "microphone", isOpen: true };
const up: CheckInput = { on: "echo", isUp: true };
const down: CheckInput = { on: "echo", isUp: false };
const speech: CheckInput = { on: "speech" };

test("the echo is called, then speak, hear yourself, say so", () => {
  expect(after(open).is).toBe("connecting");
  expect(after(open, up).is).toBe("listening");
  expect(after(open, up, speech).is).toBe("recording");
  expect(after(open, up, speech, { on: "recorded" }).is).toBe("playing");
  const asking = after(open, up, speech, { on: "recorded" }, { on: "played" });
  expect(asking.is).toBe("asking");
  expect(needsEcho(asking)).toBe(false);
  expect(checkState(asking, down).is).toBe("asking");
  expect(checkState(asking, { on: "again" }).is).toBe("connecting");
});

test("a silent microphone and a voice that does not come back are told apart, and heard when they come after all", () => {
  const silent = after(open, up, { on: "nothing", isSpoken: false });
  const lost = after(open, up, { on: "nothing", isSpoken: true });
  expect([silent.is, lost.is]).toEqual(["silent", "lost"]);
  expect(checkState(silent, { on: "again" }).is).toBe("listening");
  expect(checkState(lost, speech).is).toBe("recording");
});

test("an echo that ends is called again; nothing passes without it", () => {
  expect(after(open, up, down).is).toBe("connecting");
  expect(after(open, up, speech, down).is).toBe("connecting");
  expect(after(open, speech, { on: "again" }).is).toBe("connecting");
});

test("a microphone that goes begins the check anew", () => {
  const gone: CheckInput = { on: "microphone", isOpen: false };
  expect(after(open, up, speech, gone).is).toBe("waiting");
  expect(after(gone, speech, { on: "again" }).is).toBe("waiting");
});
