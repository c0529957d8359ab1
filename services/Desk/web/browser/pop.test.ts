/** Whose client it is, before the caller is heard: from the pop on the screen to the first sound of the caller in the page. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { begin, type Desk, deskOf } from "./desk";
import { expectAccessibleInBoth } from "./looks";
import { tell, turns, within } from "./measure";
import { call, clear, close, demo, lineTo, setQueue } from "./stage";
import { AGENT_HERTZ } from "./voice";

const energia = demo.tenants.find((tenant) => tenant.name.includes("Energia"));
const queue = energia?.queues.find((one) => one.name === "Myynti");
if (!energia || !queue) throw new Error("the demo has no Myynti");
const GREETING = "Esimerkki Energian myynti, hyvää päivää. Kuinka voin auttaa?";
const FROM = "+358401234567";

let aino: Desk;
let number: string;
/** The hub's word of contacts is held back while this is on. */
let isHeldBack = false;

type Times = { pop: number; sound: number };
type Kept = { connections: RTCPeerConnection[]; times: Partial<Times>; invitedAt: number };

/** Looks in the page for when all of the pop was there, and when the first of the next caller's sound was played. */
function look(): Promise<void> {
  return aino.page.evaluate(
    (wanted) => {
      const kept = window as unknown as Kept;
      const times: Partial<Times> = {};
      kept.times = times;
      const before = kept.connections.length;
      const timer = setInterval(() => {
        const text = (test: string) => document.querySelector(`[data-testid=${test}]`)?.textContent;
        if (Object.entries(wanted).every(([test, words]) => text(test) === words)) times.pop ??= performance.now();
        const [heard] = kept.connections.at(-1)?.getReceivers()[0]?.getSynchronizationSources() ?? [];
        if (kept.connections.length === before || !heard) return;
        times.sound = performance.now();
        clearInterval(timer);
      }, 5);
    },
    { tenant: energia?.name, greeting: GREETING, queue: queue?.name, caller: FROM },
  );
}

/** Waits for the sound. */
async function sound(): Promise<Times & { invitedAt: number }> {
  await aino.page.waitForFunction(() => (window as unknown as Kept).times.sound !== undefined);
  return aino.page.evaluate(() => {
    const { times, invitedAt } = window as unknown as Kept;
    return { ...(times as Times), invitedAt };
  });
}

/** A call that is answered, by key as soon as it can be or by itself; the time from the pop to the sound. */
async function take(isByKey: boolean): Promise<number> {
  await look();
  const caller = await call(number, FROM);
  if (isByKey) await aino.answers();
  const times = await sound();
  await caller.hears(AGENT_HERTZ);
  await caller.ends();
  await aino.finishes();
  return times.sound - times.pop;
}

async function measure(what: string, count: number, isByKey: boolean): Promise<number[]> {
  const waits: number[] = [];
  for (let turn = 0; turn < count; turn++) {
    waits.push(await take(isByKey));
  }
  tell(what, waits);
  return waits;
}

const popSeconds = (seconds: number) => setQueue(queue.id, () => ({ popSeconds: seconds }));

/** In the page: when the phone was called last. */
function noteInvites(): void {
  const Socket = WebSocket;
  class Heard extends Socket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener("message", ({ data }) => {
        if (String(data).startsWith("INVITE")) Object.assign(window, { invitedAt: performance.now() });
      });
    }
  }
  Object.assign(window, { WebSocket: Heard });
}

beforeAll(async () => {
  await clear();
  await setQueue(queue.id, () => ({ wrapUpSeconds: 120, offerTimeoutSeconds: 30, popSeconds: 1 }));
  number = await lineTo(queue.id);
  aino = await deskOf("aino", AGENT_HERTZ, async (context) => {
    await context.addInitScript(noteInvites);
    await context.routeWebSocket(/\/hub/, (page) => {
      const house = page.connectToServer();
      house.onMessage((message) => {
        if (!isHeldBack || !String(message).includes('"target":"contact"')) page.send(message);
      });
    });
  });
  await begin(aino, "aino");
});
afterAll(async () => {
  await popSeconds(1);
  await close();
});

test(
  "answered by key at once: the pop was there for a second",
  async () => {
    const waits = await measure("pop to the caller's sound, answered by key", turns(4), true);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(990);
  },
  within(turns(4), 20),
);

test("a queue that wants two seconds, and one that wants none", async () => {
  await popSeconds(2);
  // Settings of queues are read every five seconds.
  await expect
    .poll(async () => (await measure("pop to the caller's sound, 2 s wanted", 1, true))[0], { timeout: 60_000 })
    .toBeGreaterThanOrEqual(1_990);
  await popSeconds(0);
  await expect
    .poll(async () => (await measure("pop to the caller's sound, none wanted", 1, true))[0], { timeout: 60_000 })
    .toBeLessThan(1_900);
  await popSeconds(1);
});

test(
  "answered by itself: the pop was there for a second too",
  async () => {
    await aino.page.getByTestId("phone-settings").click();
    await aino.page.getByTestId("answers-by-itself").focus();
    await aino.press("Space");
    await expectAccessibleInBoth(aino.page, "pop-by-itself");
    await aino.press("Escape");
    await aino.gone("answers-by-itself");
    const waits = await measure("pop to the caller's sound, answered by itself", turns(3), false);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(990);
  },
  within(turns(3), 20),
);

test("a pop that does not come holds the answer up for three seconds", async () => {
  isHeldBack = true;
  await look();
  const caller = await call(number, FROM);
  const times = await sound();
  tell("ring to the caller's sound without a pop", [times.sound - times.invitedAt]);
  expect(times.sound - times.invitedAt).toBeGreaterThanOrEqual(2_990);
  isHeldBack = false;
  await caller.ends();
  await aino.finishes();
});
