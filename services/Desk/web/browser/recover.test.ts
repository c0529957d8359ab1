/** An agent is cut off in mid-call and is back: one contact, one recording, the caller heard in it throughout. */
import { randomInt } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AgentInBrowser } from "./agentInBrowser";
import { tell, tellLoad } from "./measure";
import { Network } from "./network";
import { endedContact, longestGap, recordingOf } from "./recordedTones";
import { clear, close, open, signIn } from "./stage";
import { Timeline } from "./timeline";
import { AGENT_HERTZ, CALLER_HERTZ, phoneHere } from "./voice";

/** The soak takes many turns for the share of 95 %, a test run few. */
const soak = Number(process.env.DESK_RECOVER ?? 0);
const turns = (few: number) => soak || few;
const TURN_MS = 180_000;
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
});
afterAll(async () => {
  await close();
  await network.close();
});

/** The browser is back since then; what is put in order once it was measured. */
type Back = { since: number; after?: () => Promise<unknown> };

const someCaller = () => `+35840${randomInt(1_000_000, 10_000_000)}`;

/**
 * Loses the agent in mid-call, so many times; `lose` returns when the browser is back. What goes wrong in a turn is
 * counted and told, and the next one begins with a new page.
 */
async function recovers(what: string, count: number, lose: () => Promise<Back>): Promise<void> {
  const times: number[] = [];
  const gaps: number[] = [];
  const failures: string[] = [];
  for (let turn = 1; turn <= count; turn++) {
    let doing = "begins the call";
    try {
      const from = someCaller();
      const caller = await agent.talk(from);
      await timeline.watch(agent.page);
      doing = "is cut off";
      timeline.begin();
      const { since, after } = await lose();
      timeline.since = since;
      doing = "comes back";
      await agent.bothHear(caller);
      times.push(performance.now() - since);
      await timeline.end(agent.page);
      doing = "ends the call";
      await after?.();
      await agent.state("talking");
      await caller.ends();
      await agent.finish();
      doing = "is looked up";
      gaps.push(await callerIsWhole(from));
    } catch (error) {
      failures.push(`turn ${turn} ${doing}, last seen: ${timeline.last()}: ${String(error)}`);
      await agent.startOver(network);
    }
  }
  tell(`${what} to two-way audio`, times);
  timeline.tell(what);
  tell(`${what}: the longest gap in the caller's channel`, gaps);
  tellLoad(`${what}: ${times.length} of ${count} back, ${gaps.length} of them one contact and one recording`);
  expect(failures).toEqual([]);
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
      const since = performance.now();
      await agent.page.reload();
      return { since };
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
      await timeline.watch(agent.page);
      return { since: await signIn(agent.page, agent.user, network.url) };
    }),
  turns(1) * TURN_MS,
);

test(
  "the network is gone for 20 s",
  () =>
    recovers("network back after 20 s", turns(1), async () => {
      network.cut();
      await Promise.all([agent.isCutOff(), new Promise((resolve) => setTimeout(resolve, CUT_MS))]);
      const since = performance.now();
      network.restore();
      return { since };
    }),
  turns(1) * TURN_MS,
);

test(
  "a second PC",
  () =>
    recovers("sign-in at a second PC", turns(1), async () => {
      const before = { page: agent.page, context: agent.context };
      Object.assign(agent, await open());
      await phoneHere(agent.context, agent.id);
      await network.carrySound(agent.context);
      await timeline.watch(agent.page);
      return {
        since: await signIn(agent.page, agent.user, network.url),
        // Both PCs are this machine: the one that nobody sits at any more is switched off.
        after: async () => {
          await before.page.locator("[data-testid=phone-line][data-line=elsewhere]").waitFor();
          await before.context.close();
        },
      };
    }),
  turns(1) * TURN_MS,
);
