import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CallEvents, SipCall } from "./sipCall";
import { LEG_NEWS, StandingLeg } from "./standingLeg";

const calls: { events: CallEvents; muted: boolean | null; isOver: boolean }[] = [];
let told: string[] = [];
let hasLine = true;

const track = () => ({ clone: track, stop: () => {} }) as unknown as MediaStreamTrack;

function call(): SipCall | null {
  if (!hasLine) return null;
  const one: (typeof calls)[number] = { events: {} as CallEvents, muted: null, isOver: false };
  calls.push(one);
  return {
    listen: (events: CallEvents) => {
      one.events = events;
    },
    mute: (on: boolean) => {
      one.muted = on;
    },
    hangUp: () => {
      one.isOver = true;
    },
  } as unknown as SipCall;
}

function leg(): StandingLeg {
  return new StandingLeg({
    microphone: track,
    call,
    is: (state) => told.push(state),
    joined: () => told.push("joined"),
    path: () => {},
    left: () => told.push("left"),
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  calls.length = 0;
  told = [];
  hasLine = true;
});
afterEach(() => vi.useRealTimers());

test("it is called once, muted but while a caller is joined, and ended when it is wanted no more", () => {
  const standing = leg();
  standing.want(true);
  const [one] = calls;
  one?.events.accepted();
  expect(one?.muted).toBe(true);
  one?.events.told?.("application/other", "joined");
  expect(told).toEqual(["calling", "up"]);
  one?.events.told?.(LEG_NEWS, "joined");
  expect(one?.muted).toBe(false);
  one?.events.told?.(LEG_NEWS, "left");
  expect(one?.muted).toBe(true);
  standing.want(false);
  expect(one?.isOver).toBe(true);
  expect(told).toEqual(["calling", "up", "joined", "left", "off"]);
  vi.advanceTimersByTime(10_000);
  expect(calls).toHaveLength(1);
});

test("lost with a caller it says that the caller left, and is called again; without a line until there is one", () => {
  const standing = leg();
  standing.want(true);
  calls[0]?.events.accepted();
  calls[0]?.events.told?.(LEG_NEWS, "joined");
  hasLine = false;
  calls[0]?.events.ended();
  expect(told).toEqual(["calling", "up", "joined", "left", "calling"]);
  vi.advanceTimersByTime(4_000);
  expect(calls).toHaveLength(1);
  hasLine = true;
  vi.advanceTimersByTime(2_000);
  calls[1]?.events.accepted();
  expect(told.at(-1)).toBe("up");
});

test("wanted no more in a conversation it goes with the conversation's end; wanted again meanwhile it stays", () => {
  const standing = leg();
  standing.want(true);
  const [one] = calls;
  one?.events.accepted();
  one?.events.told?.(LEG_NEWS, "joined");
  standing.want(false);
  standing.want(true);
  one?.events.told?.(LEG_NEWS, "left");
  expect(one?.isOver).toBe(false);
  one?.events.told?.(LEG_NEWS, "joined");
  standing.want(false);
  expect(one?.isOver).toBe(false);
  one?.events.told?.(LEG_NEWS, "left");
  expect(one?.isOver).toBe(true);
  expect(told.at(-1)).toBe("off");
  expect(calls).toHaveLength(1);
});
