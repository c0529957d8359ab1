import { expect, test } from "vitest";
import { type CheckInput, checkBegins, checkState } from "./check";

const after = (...inputs: CheckInput[]) => inputs.reduce(checkState, checkBegins);
const open: CheckInput = { on: "microphone", isOpen: true };

test("speak, hear yourself, say so", () => {
  expect(after(open).is).toBe("listening");
  expect(after(open, { on: "speech" }).is).toBe("recording");
  expect(after(open, { on: "speech" }, { on: "recorded" }).is).toBe("playing");
  expect(after(open, { on: "speech" }, { on: "recorded" }, { on: "played" }).is).toBe("asking");
});

test("nothing heard is said and tried again", () => {
  const silent = after(open, { on: "nothing" });
  expect(silent.is).toBe("silent");
  expect(checkState(silent, { on: "again" }).is).toBe("listening");
});

test("a microphone that goes begins the check anew", () => {
  const gone: CheckInput = { on: "microphone", isOpen: false };
  expect(after(open, { on: "speech" }, gone).is).toBe("waiting");
  expect(after(gone, { on: "speech" }, { on: "again" }).is).toBe("waiting");
});
