import { expect, test } from "vitest";
import { actOfKey } from "./mediaKeys";
import type { PhoneCall } from "./phoneState";

const ringing: PhoneCall = { is: "ringing", since: 0 };
const up: PhoneCall = { is: "up", isMuted: false, path: "connected" };

test("a media key answers and mutes, and never ends a call by play or pause", () => {
  expect((["play", "pause", "hangup", "togglemicrophone"] as const).map((key) => actOfKey(key, ringing))).toEqual([
    "answer",
    "answer",
    "reject",
    null,
  ]);
  expect((["play", "pause", "hangup", "togglemicrophone"] as const).map((key) => actOfKey(key, up))).toEqual([
    "toggleMute",
    "toggleMute",
    "hangUp",
    "toggleMute",
  ]);
  expect(actOfKey("play", { is: "none" })).toBeNull();
});
