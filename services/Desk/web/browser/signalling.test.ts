/** The link is lost while the sound goes on, or while an offer rings: what goes on, what is said, and when the screen is true again. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { begin, type Desk, deskOf } from "./desk";
import { expectAccessibleInBoth } from "./looks";
import { seen, watch } from "./marks";
import { tell, turns, within } from "./measure";
import { Network } from "./network";
import { api, call, clear, close, demo, lineTo, setQueue } from "./stage";
import { AGENT_HERTZ, CALLER_HERTZ, move, voiceAtHand } from "./voice";

const queue = demo.tenants.flatMap((tenant) => tenant.queues).find((one) => one.name === "Myynti");
if (!queue) throw new Error("the demo has no Myynti");
const CUT_MS = 30_000;

let network: Network;
let aino: Desk;
let number: string;

const stays = (state: string) =>
  vi.waitFor(async () => expect((await aino.agent()).state).toBe(state), { timeout: 60_000, interval: 200 });

beforeAll(async () => {
  await clear();
  network = await Network.open();
  await setQueue(queue.id, () => ({ wrapUpSeconds: 120, offerTimeoutSeconds: 60 }));
  number = await lineTo(queue.id);
  const prepare = async (context: Parameters<typeof voiceAtHand>[0]) => {
    await voiceAtHand(context);
    await network.carrySound(context);
  };
  aino = await deskOf("aino", AGENT_HERTZ, prepare, { at: network.url });
  await begin(aino, "aino");
});
afterAll(async () => {
  await close();
  await network.close();
});

async function hold(isHeld: boolean): Promise<void> {
  const { contact } = await aino.agent();
  await (await api("sanna"))("POST", `/api/agents/${aino.id}/${isHeld ? "hold" : "retrieve"}`, { contact });
}

test(
  "signalling is gone for 30 s: the sound goes on, and what happened meanwhile is seen",
  async () => {
    const times: number[] = [];
    const lines: number[] = [];
    for (let turn = 0; turn < turns(1); turn++) {
      const caller = await call(number);
      await aino.state("offered");
      await aino.answers();
      await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AGENT_HERTZ)]);
      network.cut({ sound: false });
      const over = new Promise((resolve) => setTimeout(resolve, CUT_MS));
      await aino.see("link-lost");
      await over;
      await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AGENT_HERTZ)]);
      // Something happens that the page is not told.
      await hold(true);
      await stays("Hold");
      await aino.state("talking");
      await watch(aino.page, "true", "[data-contact-state=held]");
      await watch(aino.page, "live", "[data-testid=link-lost]", true);
      await watch(aino.page, "line", "[data-testid=phone-line][data-line=ready]");
      const since = await aino.page.evaluate(() => performance.now());
      network.restore();
      times.push(Math.max(await seen(aino.page, "true"), await seen(aino.page, "live")) - since);
      lines.push((await seen(aino.page, "line")) - since);
      await hold(false);
      await aino.state("talking");
      await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AGENT_HERTZ)]);
      await caller.ends();
      await aino.finishes();
    }
    tell("signalling back to the true state", times);
    tell("signalling back to the phone's line", lines);
  },
  within(turns(1), 120),
);

test(
  "the link is lost while it rings: named so, and no miss of the agent's",
  async () => {
    const times: number[] = [];
    // The second in a row would take an agent out whose own misses they were.
    for (let turn = 0; turn < 2; turn++) {
      const caller = await call(number);
      await aino.state("offered");
      await aino.page.locator("[data-testid=reject]:not([data-disabled])").waitFor();
      network.cut();
      await stays("Unreachable");
      await caller.ends();
      await watch(aino.page, "missed", "[data-testid=missed][data-cause=LinkLost]");
      const since = await aino.page.evaluate(() => performance.now());
      network.restore();
      times.push((await seen(aino.page, "missed")) - since);
      if (turn === 0) await expectAccessibleInBoth(aino.page, "missed-link");
      await stays("Idle");
      expect((await aino.agent()).status).toBe("Available");
    }
    tell("link back to the cause of a missed offer", times);
  },
  within(2, 90),
);

test("the microphone is blocked while it rings: named so, and no miss of the agent's", async () => {
  const times: number[] = [];
  for (let turn = 0; turn < 2; turn++) {
    const caller = await call(number);
    await aino.state("offered");
    await aino.page.locator("[data-testid=reject]:not([data-disabled])").waitFor();
    await watch(aino.page, "missed", "[data-testid=missed][data-cause=Microphone]");
    const since = await move(aino.page, "goes");
    times.push((await seen(aino.page, "missed")) - since);
    await aino.see("no-microphone");
    if (turn === 0) await expectAccessibleInBoth(aino.page, "missed-microphone");
    await caller.ends();
    await move(aino.page, "comes");
    await stays("Idle");
    expect((await aino.agent()).status).toBe("Available");
    await aino.page.locator("[data-testid=phone-line][data-line=ready]").waitFor();
  }
  tell("microphone gone to the cause of a missed offer", times);
});

test("an offer that nobody takes, and one that is rejected: named so; the second in a row is a break, one key ends it", async () => {
  await setQueue(queue.id, () => ({ offerTimeoutSeconds: 5 }));
  const caller = await call(number);
  await aino.state("offered");
  // The next offer stands until it is rejected, however slow the machine is.
  await setQueue(queue.id, () => ({ offerTimeoutSeconds: 60 }));
  // Kept with the page: the contact comes again at once and takes its place on the screen.
  await watch(aino.page, "noAnswer", "[data-testid=missed][data-cause=NoAnswer]");
  await seen(aino.page, "noAnswer");
  await aino.state("offered");
  await aino.page.locator("[data-testid=reject]:not([data-disabled])").waitFor();
  await aino.press("x");
  await aino.page.locator("[data-testid=missed][data-cause=Rejected]").waitFor();
  await aino.rest("break");
  await caller.ends();
  await aino.press("r");
  await aino.rest("ready");
});
