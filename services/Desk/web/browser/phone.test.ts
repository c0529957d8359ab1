import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessibleInBoth, expectNoSidewaysScroll } from "./looks";
import { tell, timed } from "./measure";
import { api, call, clear, close, demo, lineTo, open, setQueue, signIn } from "./stage";
import { AGENT_HERTZ, CALLER_HERTZ, hears, phoneHere } from "./voice";

const USER = "aino";
const energia = demo.tenants.find((tenant) => tenant.name.includes("Energia"));
const queue = energia?.queues.find((one) => one.name === "Myynti");
if (!queue) throw new Error("the demo has no Myynti");

let context: BrowserContext;
let page: Page;
let number: string;
const state = (name: string) => page.locator(`[data-contact-state=${name}]`).waitFor();
const rest = (name: string) => page.locator(`[data-rest-state=${name}]`).waitFor();
const line = (name: string) => page.locator(`[data-testid=phone-line][data-line=${name}]`).waitFor();

/** The wrap-up's first code. */
async function finish(): Promise<void> {
  await state("wrapUp");
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await rest("ready");
}

beforeAll(async () => {
  await clear();
  await setQueue(queue.id, () => ({ wrapUpSeconds: 120 }));
  number = await lineTo(queue.id);
  const { items } = await (await api("sanna"))<{ items: { id: string; user: string }[] }>("GET", "/api/agents");
  const agent = items.find(({ user }) => user === USER);
  if (!agent) throw new Error(`the demo has no agent ${USER}`);
  ({ page, context } = await open());
  await phoneHere(context, agent.id);
  page.on("console", (message) => message.type() === "error" && console.log("browser:", message.text()));
});
afterAll(close);

test("a shift begins with the sound check: the agent speaks and hears itself", async () => {
  await signIn(page, USER);
  await rest("offline");
  await page.keyboard.press("r");
  const took = await timed(async () => {
    await page.locator("[data-check=playing]").waitFor();
    await expectAccessibleInBoth(page, "phone-check");
    await page.locator("[data-testid=check-good]").click();
    await rest("ready");
  });
  tell("sound check to Ready", [took]);
  await line("ready");
  await expectAccessibleInBoth(page, "phone-ready");
  await expectNoSidewaysScroll(page, "ready");
});

test("a call by keys: both hear each other, mute, keypad, hold, end", async () => {
  const caller = await call(number);
  await state("offered");
  await page.locator("[data-testid=answer]:not([data-disabled])").waitFor();
  await expectAccessibleInBoth(page, "phone-ringing");
  await page.keyboard.press("a");
  await state("talking");
  await Promise.all([hears(page, CALLER_HERTZ), caller.hears(AGENT_HERTZ)]);
  await page.locator("[data-testid=quality]").waitFor();
  await expectAccessibleInBoth(page, "phone-talking");
  await expectNoSidewaysScroll(page, "talking");

  await page.keyboard.press("m");
  await page.locator("[data-testid=voice-trouble][data-trouble=talkingWhileMuted]").waitFor();
  await expectAccessibleInBoth(page, "phone-muted");
  await page.keyboard.press("m");
  await caller.hears(AGENT_HERTZ);

  await page.keyboard.press("k");
  await page.getByRole("dialog").waitFor();
  await expectAccessibleInBoth(page, "phone-keypad");
  await Promise.all([caller.hearsKey("7"), page.keyboard.press("7")]);
  await page.keyboard.press("Escape");

  await page.keyboard.press("h");
  await state("held");
  await page.keyboard.press("h");
  await state("talking");
  await Promise.all([hears(page, CALLER_HERTZ), caller.hears(AGENT_HERTZ)]);
  await page.keyboard.press("e");
  await finish();
});

test("answer to two-way audio", async () => {
  const times: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    const caller = await call(number);
    await state("offered");
    const shown = performance.now();
    await page.locator("[data-testid=answer]:not([data-disabled])").waitFor();
    const both = Promise.all([hears(page, CALLER_HERTZ), caller.hears(AGENT_HERTZ)]);
    const pressed = performance.now();
    await page.keyboard.press("a");
    await both;
    // The pop is seen for a second before the answer goes out.
    times.push(performance.now() - Math.max(pressed, shown + 1_000));
    await caller.ends();
    await finish();
  }
  tell("answer to two-way audio", times);
  expect(times).toHaveLength(5);
});
