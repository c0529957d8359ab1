import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { begin, type Desk, deskOf } from "./desk";
import { expectAccessibleInBoth, expectFits } from "./looks";
import { tell, timed } from "./measure";
import { api, type Call, call, clear, close, demo, lineTo, open, setQueue, signIn } from "./stage";
import { CALLER_HERTZ, hears, phoneHere } from "./voice";

/** A supervisor with the phone in the browser looks in on an agent's conversation: who hears whom, and what each screen says. */
const AINO = 1_000;
const SANNA = 2_300;

const queue = demo.tenants.flatMap((tenant) => tenant.queues).find((one) => one.name === "Myynti");
if (!queue) throw new Error("the demo has no Myynti");

let aino: Desk;
let supervisor: Page;
let caller: Call;

const bar = (mode: string) => supervisor.locator(`[data-testid=monitor-bar][data-mode=${mode}]`).waitFor();
const listens = (...hertz: number[]) => hears(supervisor, ...hertz);
/** What the agent is told; never that somebody looks in without saying so. */
const told = async (words: string) => {
  await aino.page.locator("[data-testid=watched]", { hasText: words }).waitFor();
};

async function choose(mode: string): Promise<void> {
  await supervisor.locator("[data-testid=agent-row][data-user=aino] [data-testid=monitor]").click();
  await supervisor.getByRole("menuitem", { name: mode }).click();
}

beforeAll(async () => {
  await clear();
  await setQueue(queue.id, () => ({ wrapUpSeconds: 120, offerTimeoutSeconds: 20 }));
  const number = await lineTo(queue.id);
  const { user } = await (await api("sanna"))<{ user: string }>("GET", "/api/desk/me");
  const opened = await open({ hertz: SANNA });
  await phoneHere(opened.context, user);
  supervisor = opened.page;
  [aino] = await Promise.all([deskOf("aino", AINO), signIn(supervisor, "sanna")]);
  await begin(aino, "aino");
  caller = await call(number);
  await aino.state("offered");
  await aino.answers();
  await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AINO)]);
});
afterAll(close);

test("the supervisor's phone is in the browser", async () => {
  await supervisor.getByTestId("supervisor-phone").click();
  await supervisor.locator("[data-testid=phone-line][data-line=ready]").waitFor();
  await expectAccessibleInBoth(supervisor, "supervisor-phone");
  await supervisor.keyboard.press("Escape");
  await supervisor.locator("[data-testid=phone-line]").waitFor({ state: "hidden" });
});

test("monitor: the supervisor hears both and is heard by nobody, and the agent is told", async () => {
  const took = await timed(async () => {
    await choose("Monitor");
    await Promise.all([bar("listen"), listens(AINO, CALLER_HERTZ)]);
  });
  tell("monitor: click to sound", [took]);
  await told("A supervisor listens.");
  await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AINO)]);
  await Promise.all([
    expectAccessibleInBoth(supervisor, "monitor-listen"),
    expectAccessibleInBoth(aino.page, "monitor-listened"),
  ]);
  await expectFits(supervisor, "monitor-listen");
  await expectFits(aino.page, "monitor-listened");
});

test("coach: only the agent hears the supervisor", async () => {
  await supervisor.getByTestId("mode-whisper").click();
  await bar("whisper");
  await told("A supervisor coaches you");
  await Promise.all([aino.hears(CALLER_HERTZ, SANNA), caller.hears(AINO), listens(AINO, CALLER_HERTZ)]);
  await expectAccessibleInBoth(aino.page, "monitor-coached");
});

test("barge in: all hear each other; the supervisor takes part on every page", async () => {
  await supervisor.getByTestId("mode-barge").click();
  await bar("barge");
  await told("A supervisor is in the call.");
  await Promise.all([aino.hears(CALLER_HERTZ, SANNA), caller.hears(AINO, SANNA), listens(AINO, CALLER_HERTZ)]);
  await supervisor.getByRole("link", { name: "Contacts" }).click();
  await bar("barge");
  await caller.hears(AINO, SANNA);
  await expectAccessibleInBoth(aino.page, "monitor-barged");
});

test("the supervisor leaves, and the two talk on", async () => {
  await supervisor.getByTestId("leave").click();
  await supervisor.getByTestId("monitor-bar").waitFor({ state: "detached" });
  await aino.gone("watched");
  await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AINO)]);
});

test("take over: the supervisor has the caller, the agent is told and finishes", async () => {
  await supervisor.getByRole("link", { name: "Wallboard" }).click();
  await choose("Take over");
  await aino.state("wrapUp");
  await aino.see("taken-over");
  await Promise.all([bar("up"), listens(CALLER_HERTZ), caller.hears(SANNA)]);
  await Promise.all([
    expectAccessibleInBoth(supervisor, "monitor-took-over"),
    expectAccessibleInBoth(aino.page, "monitor-taken-over"),
  ]);
  await aino.finishes();
  expect(await supervisor.getByTestId("monitor-bar").textContent()).toContain("Aino Virta");
  await caller.ends();
  await supervisor.getByTestId("monitor-bar").waitFor({ state: "detached" });
});
