/** A long shift: the page does not grow, call after call and message after message. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { begin, type Desk, deskOf } from "./desk";
import { tell } from "./measure";
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

function expectFlat(what: string, first: Size, last: Size): void {
  const grown = (key: keyof Size) => last[key] / first[key] - 1;
  const told = (["heap", "nodes", "listeners"] as const).map(
    (key) => `${key} ${first[key]} -> ${last[key]} (${(grown(key) * 100).toFixed(1)} %)`,
  );
  console.log(`measured: ${what}: ${told.join(", ")}`);
  expect(grown("heap")).toBeLessThan(isSoak ? 0.1 : 0.3);
  expect(grown("nodes")).toBeLessThan(isSoak ? 0.05 : 0.2);
  expect(grown("listeners")).toBeLessThan(isSoak ? 0.05 : 0.2);
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
    const warm = Math.max(3, CALLS / 10);
    let first: Size | null = null;
    for (let turn = 0; turn < CALLS; turn++) {
      const caller = await call(number);
      await aino.state("offered");
      await aino.answers();
      await aino.state("talking");
      await caller.ends();
      await aino.finishes();
      if (turn + 1 === warm) first = await sizeOf(aino.page);
    }
    await setQueue(queue.id, () => ({ popSeconds: 1 }));
    expectFlat(`${CALLS} calls on the desk`, first as Size, await sizeOf(aino.page));
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
    let first: Size | null = null;
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
      if (first === null && sent + portion >= Math.max(500, MESSAGES / 10)) first = await sizeOf(page);
    }
    tell(`a message behind ${portion} others to the pixel`, times);
    expectFlat(`${MESSAGES} messages on the wallboard`, first as Size, await sizeOf(page));
    await context.close();
  },
  120_000 + MESSAGES * 50,
);
