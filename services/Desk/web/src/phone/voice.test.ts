import { expect, test } from "vitest";
import { barOf, hear, rms, troubleOf, unheard, type VoiceWatch } from "./voice";

/** The watch after so many milliseconds of a level, told each 100 ms. */
function heard(level: number, ms: number, from: VoiceWatch = unheard, at = 0): VoiceWatch {
  let watch = from;
  for (let now = at; now <= at + ms; now += 100) watch = hear(watch, level, now);
  return watch;
}

test("talking while muted is said within two seconds and goes when the talk ends", () => {
  const watch = heard(0.05, 1_000);
  expect(troubleOf(watch, true, 1_000)).toBe("talkingWhileMuted");
  expect(troubleOf(watch, false, 1_000)).toBeNull();
  expect(troubleOf(heard(0.0005, 5_000, watch, 1_100), true, 6_100)).toBeNull();
});

test("a knock is no talk", () => {
  expect(troubleOf(heard(0.0005, 500, heard(0.5, 200), 300), true, 800)).toBeNull();
});

test("a dead microphone is said within two seconds, a quiet room is none", () => {
  expect(troubleOf(heard(0, 1_400), false, 1_400)).toBeNull();
  expect(troubleOf(heard(0, 1_600), false, 1_600)).toBe("silent");
  expect(troubleOf(heard(0.0002, 10_000), false, 10_000)).toBeNull();
  expect(troubleOf(heard(0.0002, 100, heard(0, 3_000), 3_100), false, 3_200)).toBeNull();
});

test("levels", () => {
  expect(rms(new Float32Array([0.5, -0.5, 0.5, -0.5]))).toBeCloseTo(0.5);
  expect(rms(new Float32Array())).toBe(0);
  expect(barOf(0)).toBe(0);
  expect(barOf(1)).toBe(1);
  expect(barOf(0.0316)).toBeCloseTo(0.5, 2);
});
