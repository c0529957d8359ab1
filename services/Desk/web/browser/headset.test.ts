import { afterAll, beforeAll, expect, test } from "vitest";
import { begin, type Desk, deskOf } from "./desk";
import { expectAccessibleInBoth } from "./looks";
import { tell, timed } from "./measure";
import { type Call, call, clear, close, demo, lineTo, setQueue } from "./stage";
import { CALLER_HERTZ } from "./voice";

/**
 * Headset buttons, and what a tab does that nobody looks at. No headset is plugged into a test machine and no window of
 * a headless browser is ever hidden, so both are put in: a HID device that speaks as the USB usage tables say, and the
 * page's word that it is hidden. What a real headset adds to it is its own firmware.
 */
const AINO = 1_000;
const queue = demo.tenants.flatMap((tenant) => tenant.queues).find((one) => one.name === "Myynti");
if (!queue) throw new Error("the demo has no Myynti");

let aino: Desk;
let number: string;

/** In the page: what the test presses and sees of it. */
type Fake = {
  press(bits: number): void;
  plug(isIn: boolean): void;
  lamps(): number;
  asked: number;
  media: Record<string, (() => void) | null>;
  notes: { title: string; body: string; at: number; isClosed: boolean }[];
  invitedAt: number;
  rangAt: number;
  hide(isHidden: boolean): void;
};

/** Bits of the fake headset's input report: lifted (a state) and mute (a press); of its output report: off hook, mute, ring. */
const LIFTED = 0b01;
const MUTE = 0b10;
const OFF_HOOK = 0b001;
const MUTED = 0b010;
const RINGS = 0b100;

function putIn(): void {
  const bit = (usage: number, isAbsolute: boolean) => ({ usages: [usage], reportSize: 1, reportCount: 1, isAbsolute });
  const rest = { reportSize: 5, reportCount: 1 };
  let lamps = 0;
  const device = Object.assign(new EventTarget(), {
    productName: "Test headset",
    opened: false,
    collections: [
      {
        usagePage: 0x0b,
        inputReports: [{ reportId: 2, items: [bit(0x0b0020, true), bit(0x0b002f, false), rest] }],
        outputReports: [{ reportId: 2, items: [bit(0x080017, true), bit(0x080009, true), bit(0x080018, true), rest] }],
      },
    ],
    open: async () => {
      device.opened = true;
    },
    close: async () => {
      device.opened = false;
    },
    sendReport: async (_report: number, data: Uint8Array) => {
      lamps = data[0] ?? 0;
    },
  });
  const ALLOWED = "test.headset";
  let isIn = true;
  const hid = Object.assign(new EventTarget(), {
    getDevices: async () => (isIn && localStorage.getItem(ALLOWED) ? [device] : []),
    requestDevice: async () => {
      fake.asked++;
      localStorage.setItem(ALLOWED, "yes");
      return [device];
    },
  });
  const fake: Fake = {
    press: (bits) => {
      const data = new DataView(new Uint8Array([bits]).buffer);
      device.dispatchEvent(Object.assign(new Event("inputreport"), { reportId: 2, data }));
    },
    plug: (now) => {
      isIn = now;
      if (!now) device.opened = false;
      hid.dispatchEvent(Object.assign(new Event(now ? "connect" : "disconnect"), { device }));
    },
    lamps: () => lamps,
    asked: 0,
    media: {},
    notes: [],
    invitedAt: 0,
    rangAt: 0,
    hide: (isHidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
      Object.defineProperty(document, "visibilityState", {
        configurable: true,
        get: () => (isHidden ? "hidden" : "visible"),
      });
      document.dispatchEvent(new Event("visibilitychange"));
    },
  };
  Object.defineProperty(navigator, "hid", { value: hid });
  Object.assign(window, { fake });

  const set = navigator.mediaSession.setActionHandler.bind(navigator.mediaSession);
  navigator.mediaSession.setActionHandler = (key, handler) => {
    fake.media[key] = handler as (() => void) | null;
    set(key, handler);
  };
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = async function (this: HTMLMediaElement) {
    await play.call(this);
    if (this.loop) fake.rangAt = performance.now();
  };
  const Socket = WebSocket;
  class Heard extends Socket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener("message", ({ data }) => {
        if (String(data).startsWith("INVITE")) fake.invitedAt = performance.now();
      });
    }
  }
  const Note = Notification;
  class Noted extends Note {
    constructor(title: string, options?: NotificationOptions) {
      super(title, options);
      const note = { title, body: options?.body ?? "", at: performance.now(), isClosed: false };
      fake.notes.push(note);
      const close = this.close.bind(this);
      this.close = () => {
        note.isClosed = true;
        close();
      };
    }
  }
  Object.assign(window, { WebSocket: Heard, Notification: Noted });
}

const press = (bits: number) =>
  aino.page.evaluate((now) => (window as unknown as { fake: Fake }).fake.press(now), bits);
const fake = <T>(read: (fake: Fake) => T): Promise<T> =>
  aino.page.evaluate(`(${read.toString()})(window.fake)`) as Promise<T>;
/** Waits until the lamps are so. */
const lamps = (bits: number) =>
  aino.page.waitForFunction((wanted) => (window as unknown as { fake: Fake }).fake.lamps() === wanted, bits, {
    polling: 10,
  });
const muted = (is: boolean) => aino.page.locator(`[data-testid=mute][aria-pressed=${is}]`).waitFor();

async function offered(): Promise<Call> {
  const caller = await call(number);
  await aino.state("offered");
  await aino.page.locator("[data-testid=answer]:not([data-disabled])").waitFor();
  return caller;
}

beforeAll(async () => {
  await clear();
  await setQueue(queue.id, () => ({ wrapUpSeconds: 120, offerTimeoutSeconds: 30 }));
  number = await lineTo(queue.id);
  aino = await deskOf("aino", AINO, (context) => context.addInitScript(putIn));
  await begin(aino, "aino");
});
afterAll(close);

test("the buttons are allowed once, with a click that says what for", async () => {
  await aino.page.getByTestId("phone-settings").click();
  await aino.page.locator("[data-testid=headset][data-headset=none]").waitFor();
  await expectAccessibleInBoth(aino.page, "headset-ask");
  await aino.page.getByTestId("allow-headset").click();
  await aino.page.locator("[data-testid=headset][data-headset=connected]").waitFor();
  await expectAccessibleInBoth(aino.page, "headset-connected");
  await aino.page.reload();
  await aino.page.locator("[data-testid=phone-line][data-line=ready]").waitFor();
  await aino.rest("ready");
  await aino.page.getByTestId("phone-settings").click();
  await aino.page.locator("[data-testid=headset][data-headset=connected]").waitFor();
  expect(await fake((one) => one.asked)).toBe(0);
  await aino.press("Escape");
  await aino.gone("headset");
});

test("lifted it answers; mute is in step both ways; pulled out it drops no call; laid down it ends", async () => {
  const caller = await offered();
  await lamps(RINGS);
  await press(LIFTED);
  await aino.state("talking");
  await lamps(OFF_HOOK);
  await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AINO)]);

  const steps: number[] = [];
  for (const isMuted of [true, false]) {
    steps.push(
      await timed(async () => {
        await press(LIFTED | MUTE);
        await Promise.all([muted(isMuted), lamps(isMuted ? OFF_HOOK | MUTED : OFF_HOOK)]);
      }),
    );
    await press(LIFTED);
  }
  for (const isMuted of [true, false]) {
    steps.push(
      await timed(async () => {
        await aino.press("m");
        await Promise.all([muted(isMuted), lamps(isMuted ? OFF_HOOK | MUTED : OFF_HOOK)]);
      }),
    );
  }
  tell("mute in step with the headset, both ways", steps);

  await aino.page.evaluate(() => (window as unknown as { fake: Fake }).fake.plug(false));
  await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AINO)]);
  await aino.page.evaluate(() => (window as unknown as { fake: Fake }).fake.plug(true));
  await lamps(OFF_HOOK);
  await press(LIFTED);
  await press(0);
  await aino.finishes();
  await lamps(0);
});

test("media keys answer and mute", async () => {
  const caller = await offered();
  await fake((one) => one.media.play?.());
  await aino.state("talking");
  await caller.hears(AINO);
  await fake((one) => one.media.pause?.());
  await muted(true);
  await lamps(OFF_HOOK | MUTED);
  await fake((one) => one.media.togglemicrophone?.());
  await muted(false);
  await fake((one) => one.media.hangup?.());
  await aino.finishes();
});

test("a hidden tab rings, raises a notification and flashes its title; all that ends with the offer", async () => {
  await fake((one) => Object.assign(one, { invitedAt: 0, rangAt: 0 }) && one.hide(true));
  const caller = await call(number);
  await aino.page.waitForFunction(() => document.title.startsWith("☎"));
  expect(await aino.page.title()).toContain("Esimerkki Energia Oy");
  await aino.page.waitForFunction(() => !document.title.startsWith("☎"));
  await aino.page.waitForFunction(() => document.title.startsWith("☎"));
  expect(await fake((one) => one.notes.length)).toBe(1);
  const [note] = await fake((one) => one.notes);
  expect(note).toMatchObject({
    title: "Esimerkki Energia Oy: incoming call, Myynti",
    body: "+358401234567",
    isClosed: false,
  });
  await aino.page.waitForFunction(() => {
    const { invitedAt, rangAt } = (window as unknown as { fake: Fake }).fake;
    return invitedAt > 0 && rangAt > invitedAt;
  });
  const { invitedAt, rangAt } = await fake((one) => ({ invitedAt: one.invitedAt, rangAt: one.rangAt }));
  tell("hidden tab: INVITE to the ringer's sound", [rangAt - invitedAt]);
  // The offer is on the screen before the phone rings.
  tell("hidden tab: INVITE to the notification", [(note?.at ?? 0) - invitedAt]);
  await aino.answers();
  await aino.state("talking");
  await aino.page.waitForFunction(() => !document.title.startsWith("☎"));
  await aino.page.waitForFunction(() => (window as unknown as { fake: Fake }).fake.notes.every((one) => one.isClosed));
  await fake((one) => one.hide(false));
  await caller.ends();
  await aino.finishes();
});
