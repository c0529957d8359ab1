import { expect, test } from "vitest";
import { actOf, type Collection, lampsFor, layoutOf, type Pressed, pressedAfter, released } from "./headset";
import type { PhoneCall } from "./phoneState";

const bit = (usage: number, isAbsolute: boolean) => ({ usages: [usage], reportSize: 1, reportCount: 1, isAbsolute });
const headset: Collection[] = [
  { usagePage: 0x0c, inputReports: [{ reportId: 1, items: [{ usages: [0x0c00e9], reportSize: 1, reportCount: 1 }] }] },
  {
    usagePage: 0x0b,
    inputReports: [
      {
        reportId: 2,
        items: [
          { usages: [0x0b00b0], isArray: true, reportSize: 4, reportCount: 2 },
          bit(0x0b0020, true),
          bit(0x0b002f, false),
          { reportSize: 6, reportCount: 1 },
        ],
      },
    ],
    outputReports: [
      {
        reportId: 2,
        items: [
          { usages: [0x080017, 0x080009, 0x080018], reportSize: 1, reportCount: 3 },
          { reportSize: 13, reportCount: 1 },
        ],
      },
      { reportId: 9, items: [{ usages: [0x080020], reportSize: 1, reportCount: 8 }] },
    ],
  },
];
const layout = layoutOf(headset);
const ringing: PhoneCall = { is: "ringing", since: 0 };
const up = (isMuted = false): PhoneCall => ({ is: "up", isMuted, path: "connected" });
const press = (what: Partial<Pressed>): Pressed => ({ ...released, ...what });
const lift = press({ hook: true });

test("bits are found behind what is not one", () => {
  expect(layout.hook).toEqual({ report: 2, at: 8, isAbsolute: true });
  expect(layout.mute).toEqual({ report: 2, at: 9, isAbsolute: false });
  expect(layout.drop).toBeNull();
  expect(layout.lengths.get(2)).toBe(2);
  expect(pressedAfter(layout, released, 2, new DataView(new Uint8Array([0xff, 0b01]).buffer))).toEqual(lift);
  expect(pressedAfter(layout, lift, 1, new DataView(new Uint8Array([0, 0]).buffer))).toEqual(lift);
  expect(pressedAfter(layout, released, 2, new DataView(new Uint8Array([1]).buffer))).toEqual(released);
});

test("a range of usages is read too", () => {
  const items = [{ isRange: true, usageMinimum: 0x0b001f, reportSize: 1, reportCount: 3, isAbsolute: true }];
  expect(layoutOf([{ inputReports: [{ items }] }]).hook).toEqual({ report: 0, at: 1, isAbsolute: true });
});

test("lifted it answers, laid down it ends, and what the lamp made it say does nothing", () => {
  expect(actOf(layout, released, lift, ringing)).toBe("answer");
  expect(actOf(layout, released, lift, up())).toBeNull();
  expect(actOf(layout, lift, released, up())).toBe("hangUp");
  expect(actOf(layout, lift, released, { is: "none" })).toBeNull();
  expect(actOf(layout, lift, released, ringing)).toBeNull();
});

test("a hook that only tells presses does what is due", () => {
  const presses = { ...layout, hook: { report: 2, at: 8, isAbsolute: false } };
  expect(actOf(presses, released, lift, ringing)).toBe("answer");
  expect(actOf(presses, lift, released, up())).toBeNull();
  expect(actOf(presses, released, lift, up())).toBe("hangUp");
});

test("mute is a press or a state; drop rejects or ends", () => {
  const muted = press({ mute: true });
  expect(actOf(layout, released, muted, up())).toBe("toggleMute");
  expect(actOf(layout, muted, released, up())).toBeNull();
  expect(actOf(layout, released, muted, ringing)).toBeNull();
  const states = { ...layout, mute: { report: 2, at: 9, isAbsolute: true } };
  expect(actOf(states, released, muted, up())).toBe("mute");
  expect(actOf(states, muted, released, up(true))).toBe("unmute");
  expect(actOf(layout, released, press({ drop: true }), ringing)).toBe("reject");
  expect(actOf(layout, released, press({ drop: true }), up())).toBe("hangUp");
});

test("lamps show the call; a report without lamps is left alone", () => {
  const lamps = (call: PhoneCall) => lampsFor(layout, call).map(({ report, data }) => [report, ...data]);
  expect(lamps({ is: "none" })).toEqual([[2, 0, 0]]);
  expect(lamps(ringing)).toEqual([[2, 0b100, 0]]);
  expect(lamps(up())).toEqual([[2, 0b001, 0]]);
  expect(lamps(up(true))).toEqual([[2, 0b011, 0]]);
});
