import { expect, test } from "vitest";
import { ServerClock } from "./clock";

const START = Date.parse("2026-01-01T08:00:00Z");
const HOUR = 3_600_000;

function iso(time: number): string {
  return new Date(time).toISOString();
}

test("moving the PC's clock by eight hours moves nothing", () => {
  let monotonic = 1_000;
  let wall = START;
  const clock = new ServerClock(
    () => monotonic,
    () => wall,
  );
  clock.told(iso(START));
  wall += 8 * HOUR;
  monotonic += 5_000;
  expect(clock.now()).toBe(START + 5_000);
});

test("after eight hours of a PC that runs 50 ppm fast the drift is below a second", () => {
  let monotonic = 0;
  const clock = new ServerClock(() => monotonic);
  for (let passed = 0; passed <= 8 * HOUR; passed += 5_000) {
    monotonic = passed * 1.000_05;
    clock.told(iso(START + passed));
  }
  expect(Math.abs(clock.now() - (START + 8 * HOUR))).toBeLessThan(1_000);
});

test("a message that was delayed on its way does not turn the clock back", () => {
  let monotonic = 0;
  const clock = new ServerClock(() => monotonic);
  clock.told(iso(START));
  monotonic = 4_000;
  clock.told(iso(START + 1_000));
  expect(clock.now()).toBe(START + 4_000);
});
