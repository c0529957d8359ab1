/** An agent is cut off in mid-call and is back: one contact, one recording, the caller heard in it throughout. */
import { randomInt } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AgentInBrowser } from "./agentInBrowser";
import { tell } from "./measure";
import { Network } from "./network";
import { endedContact, longestGap, recordingOf } from "./recordedTones";
import { clear, close, open, signIn } from "./stage";
import { Timeline } from "./timeline";
import { AGENT_HERTZ, CALLER_HERTZ, phoneHere } from "./voice";

/** The soak takes many turns for the share of 95 %, a test run few. */
const soak = Number(process.env.DESK_RECOVER ?? 0);
const turns = (few: number) => soak || few;
const TURN_MS = 120_000;
const CUT_MS = 20_000;
/** A loaded machine holds packets up for a moment; whatever is lost while nobody records lasts for longer. */
const GAP_SECONDS = 1.5;

let agent: AgentInBrowser;
let network: Network;
const timeline = new Timeline();

beforeAll(async () => {
  await clear();
  network = await Network.open();
  agent = await AgentInBrowser.begin("aino", network);
  timeline.watch(agent.page);
});
afterAll(async () => {
  await close();
  await network.close();
});

/** The recovery begins now. */
function begins(): number {
  timeline.begin();
  return timeline.since;
}

/** Signs in at the agent's page, which is back from the moment on at which Enter was pressed. */
async function signedIn(at?: string): Promise<number> {
  timeline.begin();
  const pressed = await signIn(agent.page, agent.user, at);
  timeline.since = pressed;
  return pressed;
}

const someCaller = () => `+35840${randomInt(1_000_000, 10_000_000)}`;

/** Loses the agent in mid-call, so many times; `lose` returns when the browser is back, and since when. */
async function recovers(what: string, count: number, lose: () => Promise<number>): Promise<void> {
  const times: number[] = [];
  const gaps: number[] = [];
  for (let turn = 0; turn < count; turn++) {
    const from = someCaller();
    const caller = await agent.talk(from);
    const since = await lose();
    await agent.bothHear(caller);
    times.push(performance.now() - since);
    await timeline.end(agent.page);
    await agent.state("talking");
    await caller.ends();
    await agent.finish();
    gaps.push(await callerIsWhole(from));
  }
  tell(`${what} to two-way audio`, times);
  timeline.tell(what);
  tell(`${what}: the longest gap in the caller's channel`, gaps);
}

/** One contact, one recording: the caller is in it throughout, the agent before and after. The longest gap of the caller, milliseconds. */
async function callerIsWhole(from: string): Promise<number> {
  const contact = await endedContact(from);
  expect(contact.recordings).toHaveLength(1);
  const recording = await recordingOf(contact.recordings[0] as string);
  const caller = longestGap(recording.caller(CALLER_HERTZ), recording.seconds);
  expect(caller).toBeLessThan(GAP_SECONDS);
  const agents = recording.agent(AGENT_HERTZ);
  expect(agents[0]?.from).toBeLessThan(recording.seconds / 2);
  expect(agents.at(-1)?.to).toBeGreaterThan(recording.seconds - 2 * GAP_SECONDS);
  return caller * 1_000;
}

test("caller and agent hear each other, and the recording holds both", async () => {
  const from = someCaller();
  const caller = await agent.talk(from);
  await caller.ends();
  await agent.finish();
  await callerIsWhole(from);
});

test(
  "reload",
  () =>
    recovers("reload", turns(2), async () => {
      const since = begins();
      await agent.page.reload();
      return since;
    }),
  turns(2) * TURN_MS,
);

test(
  "a killed tab: the next one, signed in",
  () =>
    recovers("killed tab", turns(1), async () => {
      // The page's process is gone: nothing is said to anybody.
      await agent.page.goto("chrome://crash").catch(() => {});
      await agent.page.close();
      agent.page = await agent.context.newPage();
      timeline.watch(agent.page);
      return signedIn(network.url);
    }),
  turns(1) * TURN_MS,
);

test(
  "the network is gone for 20 s",
  () =>
    recovers("network back after 20 s", turns(1), async () => {
      network.cut();
      await Promise.all([agent.isCutOff(), new Promise((resolve) => setTimeout(resolve, CUT_MS))]);
      network.restore();
      return begins();
    }),
  turns(1) * TURN_MS,
);

test(
  "a second PC",
  () =>
    recovers("sign-in at a second PC", turns(1), async () => {
      const { page, context } = await open();
      await phoneHere(context, agent.id);
      const before = agent.page;
      agent.page = page;
      timeline.watch(page);
      const since = await signedIn();
      await before.locator("[data-testid=phone-line][data-line=elsewhere]").waitFor();
      return since;
    }),
  turns(1) * TURN_MS,
);
