/** What is said of the sound: a microphone that is muted or dead, a line that loses packets; and no word when nothing is wrong. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { begin, type Desk, deskOf } from "./desk";
import { now, seen, watch } from "./marks";
import { tell, timed, turns, within } from "./measure";
import { Network } from "./network";
import { type Call, call, clear, close, demo, lineTo, setQueue } from "./stage";
import { AGENT_HERTZ, CALLER_HERTZ, move, voiceAtHand } from "./voice";

const queue = demo.tenants.flatMap((tenant) => tenant.queues).find((one) => one.name === "Myynti");
if (!queue) throw new Error("the demo has no Myynti");
const HOURS = 3_600_000;
/** How long nothing may be said; an hour in a soak. */
const QUIET_MS = Number(process.env.DESK_QUIET_SECONDS ?? 20) * 1_000;
const LOSS = 0.05;

let network: Network;
let aino: Desk;
let caller: Call;

const trouble = (which: string) => `[data-testid=voice-trouble][data-trouble=${which}]`;
const quality = (level: string) => aino.page.locator(`[data-testid=quality][data-level=${level}]`).waitFor();

beforeAll(async () => {
  await clear();
  network = await Network.open();
  await setQueue(queue.id, () => ({ wrapUpSeconds: 120, offerTimeoutSeconds: 30 }));
  const number = await lineTo(queue.id);
  const prepare = async (context: Parameters<typeof voiceAtHand>[0]) => {
    await voiceAtHand(context);
    await network.carrySound(context);
  };
  aino = await deskOf("aino", AGENT_HERTZ, prepare, { at: network.url });
  await begin(aino, "aino");
  caller = await call(number);
  await aino.state("offered");
  await aino.answers();
  await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AGENT_HERTZ)]);
});
afterAll(async () => {
  await close();
  await network.close();
});

test(
  "a microphone from which nothing comes is said",
  async () => {
    const times: number[] = [];
    for (let turn = 0; turn < turns(3); turn++) {
      await watch(aino.page, "silent", trouble("silent"));
      const since = await move(aino.page, "isSilent");
      times.push((await seen(aino.page, "silent")) - since);
      await move(aino.page, "speaks");
      await aino.gone("voice-trouble");
    }
    tell("silent microphone to the word of it", times);
    expect(times).toHaveLength(turns(3));
  },
  within(turns(3), 20),
);

test(
  "an agent who talks while muted is told",
  async () => {
    const times: number[] = [];
    for (let turn = 0; turn < turns(3); turn++) {
      await move(aino.page, "isSilent");
      await aino.press("m");
      await aino.page.locator("[data-testid=mute][aria-pressed=true]").waitFor();
      await aino.gone("voice-trouble");
      await watch(aino.page, "muted", trouble("talkingWhileMuted"));
      const since = await move(aino.page, "speaks");
      times.push((await seen(aino.page, "muted")) - since);
      await aino.press("m");
      await aino.gone("voice-trouble");
    }
    tell("talking while muted to the word of it", times);
    await caller.hears(AGENT_HERTZ);
  },
  within(turns(3), 20),
);

test(
  "a line that loses 5 % is poor, and good again when it does not",
  async () => {
    const times: number[] = [];
    const again: number[] = [];
    for (let turn = 0; turn < turns(2); turn++) {
      await quality("good");
      await watch(aino.page, "poor", "[data-testid=quality][data-level=poor]");
      const since = await now(aino.page);
      network.lose(LOSS);
      times.push((await seen(aino.page, "poor")) - since);
      network.lose(0);
      again.push(await timed(() => quality("good")));
    }
    tell("5 % loss to poor", times);
    tell("no loss to good", again);
  },
  within(turns(2), 30),
);

test(
  "a PC's clock that jumps by eight hours, and a quiet time: nothing is said to be lost, and the clock is the server's",
  async () => {
    await watch(aino.page, "lost", "[data-testid=link-lost]");
    await aino.page.evaluate((by) => {
      const real = Date.now.bind(Date);
      Date.now = () => real() + by;
    }, 8 * HOURS);
    await aino.page.waitForFunction(
      ([from, quiet]) => performance.now() - (from as number) > (quiet as number),
      [await now(aino.page), QUIET_MS],
      { timeout: QUIET_MS + 30_000, polling: 500 },
    );
    const lostAt = await aino.page.evaluate(
      () => (window as unknown as { marks: Record<string, { at: number | null }> }).marks.lost?.at,
    );
    expect(lostAt).toBeNull();
    expect(await aino.page.locator("[data-testid=voice-trouble]").count()).toBe(0);
    const shown = (await aino.page.locator("header time").first().textContent())?.match(/\d\d:\d\d:\d\d/)?.[0];
    const real = new Date().toLocaleTimeString("en-GB", { timeZone: "Europe/Helsinki" });
    const seconds = (time: string) => time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
    tell("clock's difference from the server's after a jump of 8 h", [
      Math.abs(seconds(shown ?? "") - seconds(real)) * 1_000,
    ]);
    await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AGENT_HERTZ)]);
  },
  QUIET_MS + 120_000,
);

test("the call ends as ever", async () => {
  await caller.ends();
  await aino.finishes();
});
