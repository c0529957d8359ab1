/**
 * A long shift in little time: the page does not grow, call after call and message after message, each as soon as the one
 * before is over.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { begin, type Desk, deskOf } from "./desk";
import { tell, tellLoad } from "./measure";
import { api, call, clear, close, demo, lineTo, open, setQueue, signIn } from "./stage";
import { AGENT_HERTZ } from "./voice";

const queue = demo.tenants.flatMap((tenant) => tenant.queues).find((one) => one.name === "Myynti");
if (!queue) throw new Error("the demo has no Myynti");
/** 400 and 288,000 (two hours at 36 times the rate of 400 calls an hour) in a soak. */
const CALLS = Number(process.env.DESK_CALLS ?? 10);
const MESSAGES = Number(process.env.DESK_MESSAGES ?? 2_000);
/** In a soak the first tenth is what counts; a test run is too short for that and has room to warm up. */
const isSoak = CALLS >= 100;

type Size = { heap: number; nodes: number; listeners: number };
const MOST: Size = isSoak ? { heap: 0.1, nodes: 0.05, listeners: 0.05 } : { heap: 0.3, nodes: 0.2, listeners: 0.2 };

/** What the page holds after a collection. */
async function sizeOf(page: Page): Promise<Size> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  // What was collected once may have let go of more.
  for (let turn = 0; turn < 3; turn++) await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  await session.detach();
  const value = (name: string) => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
  return { heap: value("JSHeapUsedSize"), nodes: value("Nodes"), listeners: value("JSEventListeners") };
}

/** Sizes at the end of each tenth: what was run, for how long, and that the last tenth is as the first. */
class Growth {
  private readonly sizes: Size[] = [];
  private readonly since = performance.now();

  constructor(
    private readonly page: Page,
    private readonly what: string,
    private readonly count: number,
  ) {}

  /** So many are done. */
  async after(done: number): Promise<void> {
    if (done < ((this.sizes.length + 1) * this.count) / 10) return;
    this.sizes.push(await sizeOf(this.page));
  }

  expectFlat(): void {
    const seconds = (performance.now() - this.since) / 1_000;
    const rate = (this.count / seconds).toFixed(this.count > seconds ? 0 : 2);
    tellLoad(`${this.count} ${this.what} in ${Math.round(seconds)} s, ${rate} a second`);
    for (const [key, most] of Object.entries(MOST) as [keyof Size, number][]) {
      const each = this.sizes.map((size) => size[key]);
      const grown = (each.at(-1) ?? Number.NaN) / (each[0] ?? Number.NaN) - 1;
      console.log(
        `measured: ${this.what}: ${key} at the end of each tenth ${each.join(" ")}: ${(grown * 100).toFixed(1)} %`,
      );
      expect(grown, `${key} of ${this.what}`).toBeLessThan(most);
    }
  }
}

/** The test's own hold on calls that are over (`phoneHere`). */
function forgetConnections(page: Page): Promise<unknown> {
  return page.evaluate(() => {
    const { connections } = window as unknown as { connections: RTCPeerConnection[] };
    return connections.splice(0, connections.length - 1).length;
  });
}

beforeAll(clear);
afterAll(close);

test(
  "an agent's desk",
  async () => {
    await setQueue(queue.id, () => ({ wrapUpSeconds: 120, offerTimeoutSeconds: 30, popSeconds: 0 }));
    const number = await lineTo(queue.id);
    const aino: Desk = await deskOf("aino", AGENT_HERTZ);
    await begin(aino, "aino");
    const growth = new Growth(aino.page, "calls on the desk", CALLS);
    for (let turn = 0; turn < CALLS; turn++) {
      const caller = await call(number);
      await aino.state("offered");
      await aino.answers();
      await aino.state("talking");
      await caller.ends();
      await aino.finishes();
      await forgetConnections(aino.page);
      await growth.after(turn + 1);
    }
    await setQueue(queue.id, () => ({ popSeconds: 1 }));
    growth.expectFlat();
    await aino.context.close();
  },
  120_000 + CALLS * 15_000,
);

type Item = Record<string, unknown> & { id: string };

/** A message as the hub sends it. */
const frame = (target: string, body: unknown) => `${JSON.stringify({ type: 1, target, arguments: [body] })}\u001e`;

test(
  "the wallboard",
  async () => {
    const { page, context } = await open();
    let tellPage: (message: string) => void = () => {};
    await context.routeWebSocket(/\/hub/, (to) => {
      const house = to.connectToServer();
      house.onMessage((message) => to.send(message));
      tellPage = (message) => to.send(message);
    });
    await signIn(page, "sanna");
    await page.locator("[data-testid=agent-row]").first().waitFor();
    const supervisor = await api("sanna");
    const board = await supervisor<{ queues: Item[]; agents: Item[] }>("GET", "/api/desk/wallboard");
    const states = ["Idle", "Ringing", "Talking", "Hold", "WrapUp"];
    const next = (n: number) => {
      const at = new Date().toISOString();
      const one = board.queues[n % board.queues.length] as Item;
      if (n % 2 === 0) return frame("queue", { ...one, waiting: n % 30, longestWaitSince: at, at, type: "queue" });
      const agent = board.agents[n % board.agents.length] as Item;
      const state = states[n % states.length];
      return frame("agent", {
        ...agent,
        status: "Available",
        state,
        stateSince: at,
        statusSince: at,
        at,
        type: "agent",
      });
    };
    const portion = 100;
    const times: number[] = [];
    const growth = new Growth(page, "messages on the wallboard", MESSAGES);
    for (let sent = 0; sent < MESSAGES; sent += portion) {
      for (let n = sent; n < sent + portion; n++) tellPage(next(n));
      const mark = (sent / portion) % 1_000_000;
      const since = performance.now();
      const last = board.queues[0] as Item;
      const waiting = 1_000 + mark;
      tellPage(
        frame("queue", { ...last, waiting, longestWaitSince: null, at: new Date().toISOString(), type: "queue" }),
      );
      await page.locator(`[data-testid=queue-row][data-queue="${last.id}"]`, { hasText: String(waiting) }).waitFor();
      times.push(performance.now() - since);
      await growth.after(sent + portion);
    }
    tell(`a message behind ${portion} others to the pixel`, times);
    growth.expectFlat();
    await context.close();
  },
  120_000 + MESSAGES * 50,
);
