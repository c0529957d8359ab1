import { expect, test } from "vitest";
import { causeOf } from "./useMissed";

test("a browser that was not heard of lost its link, or its microphone", () => {
  expect(causeOf("Unreachable", { isMicrophoneOpen: true })).toBe("LinkLost");
  expect(causeOf("Unreachable", { isMicrophoneOpen: false })).toBe("Microphone");
});

test("a SIP phone that was not heard of is just that, and every other cause stays", () => {
  expect(causeOf("Unreachable", null)).toBe("Unreachable");
  expect(causeOf("NoAnswer", { isMicrophoneOpen: false })).toBe("NoAnswer");
  expect(causeOf(null, { isMicrophoneOpen: true })).toBeNull();
});
