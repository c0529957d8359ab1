/**
 * Buttons and lamps of a headset as WebHID shows them: pure. Usages are those of the USB HID usage tables: telephony
 * page (0x0B) for buttons, LED page (0x08) for lamps; each is one bit of a report.
 */
import type { PhoneCall } from "./phoneState";

export const TELEPHONY_PAGE = 0x0b;
const HOOK = 0x0b0020;
const DROP = 0x0b0026;
const MUTE = 0x0b002f;
const LAMPS = { mute: 0x080009, offHook: 0x080017, ring: 0x080018 } as const;

export type ReportItem = {
  isAbsolute?: boolean;
  isArray?: boolean;
  isRange?: boolean;
  usages?: number[];
  usageMinimum?: number;
  reportSize?: number;
  reportCount?: number;
};
export type Report = { reportId?: number; items?: ReportItem[] };
export type Collection = { usagePage?: number; inputReports?: Report[]; outputReports?: Report[] };

/** One bit; `isAbsolute`: it tells a state, not a press. */
type Bit = { report: number; at: number; isAbsolute: boolean };
type Lamp = keyof typeof LAMPS;
export type Layout = {
  hook: Bit | null;
  drop: Bit | null;
  mute: Bit | null;
  lamps: Record<Lamp, Bit | null>;
  /** Bytes of each output report. */
  lengths: ReadonlyMap<number, number>;
};
export type Pressed = { hook: boolean; drop: boolean; mute: boolean };
export type Act = "answer" | "reject" | "hangUp" | "toggleMute" | "mute" | "unmute";

export const released: Pressed = { hook: false, drop: false, mute: false };

/** Where the buttons and lamps are; a report's items follow each other without gaps. */
export function layoutOf(collections: readonly Collection[]): Layout {
  const inputs = new Map<number, Bit>();
  const outputs = new Map<number, Bit>();
  const lengths = new Map<number, number>();
  for (const { inputReports, outputReports } of collections) {
    for (const report of inputReports ?? []) readBits(report, inputs);
    for (const report of outputReports ?? [])
      lengths.set(report.reportId ?? 0, Math.ceil(readBits(report, outputs) / 8));
  }
  const lamp = (which: Lamp) => outputs.get(LAMPS[which]) ?? null;
  return {
    hook: inputs.get(HOOK) ?? null,
    drop: inputs.get(DROP) ?? null,
    mute: inputs.get(MUTE) ?? null,
    lamps: { mute: lamp("mute"), offHook: lamp("offHook"), ring: lamp("ring") },
    lengths,
  };
}

/** Notes the report's single bits by their usage; its length in bits. */
function readBits({ reportId = 0, items = [] }: Report, found: Map<number, Bit>): number {
  let at = 0;
  for (const item of items) {
    const { reportSize = 0, reportCount = 0 } = item;
    for (let n = 0; n < reportCount && reportSize === 1 && !item.isArray; n++) {
      const usage = item.isRange ? (item.usageMinimum ?? 0) + n : item.usages?.[n];
      if (usage) found.set(usage, { report: reportId, at: at + n, isAbsolute: item.isAbsolute === true });
    }
    at += reportSize * reportCount;
  }
  return at;
}

/** What is pressed after that report; what it does not tell stays. */
export function pressedAfter(layout: Layout, before: Pressed, report: number, data: DataView): Pressed {
  const read = (bit: Bit | null, was: boolean) =>
    bit?.report === report && bit.at >> 3 < data.byteLength
      ? ((data.getUint8(bit.at >> 3) >> (bit.at & 7)) & 1) === 1
      : was;
  return {
    hook: read(layout.hook, before.hook),
    drop: read(layout.drop, before.drop),
    mute: read(layout.mute, before.mute),
  };
}

/**
 * What a change of the buttons asks for. A hook that tells its state answers when it is lifted and ends when it is put
 * down, and repeats what the lamp told it, which asks for nothing; one that only tells presses does what is due.
 */
export function actOf(layout: Layout, before: Pressed, after: Pressed, call: PhoneCall): Act | null {
  const lifted = after.hook && !before.hook;
  const laid = before.hook && !after.hook;
  const isUp = call.is === "up";
  if (after.drop && !before.drop) return call.is === "ringing" ? "reject" : isUp ? "hangUp" : null;
  if (lifted && call.is === "ringing") return "answer";
  if (isUp && (layout.hook?.isAbsolute ? laid : lifted)) return "hangUp";
  if (!isUp || after.mute === before.mute) return null;
  if (layout.mute?.isAbsolute) return after.mute ? "mute" : "unmute";
  return after.mute ? "toggleMute" : null;
}

/** The output reports that show how the call is. */
export function lampsFor(layout: Layout, call: PhoneCall): { report: number; data: Uint8Array<ArrayBuffer> }[] {
  const isOn: Record<Lamp, boolean> = {
    ring: call.is === "ringing",
    offHook: call.is === "answering" || call.is === "up",
    mute: call.is === "up" && call.isMuted,
  };
  return [...layout.lengths].flatMap(([report, length]) => {
    const bits = (Object.keys(isOn) as Lamp[]).map((lamp) => [layout.lamps[lamp], isOn[lamp]] as const);
    const own = bits.filter(([bit]) => bit?.report === report);
    if (own.length === 0) return [];
    const data = new Uint8Array(length);
    for (const [bit, on] of own) if (bit && on) data[bit.at >> 3] = (data[bit.at >> 3] ?? 0) | (1 << (bit.at & 7));
    return [{ report, data }];
  });
}
