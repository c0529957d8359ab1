import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessibleInBoth, expectNoSidewaysScroll } from "./looks";
import { tell, timed } from "./measure";
import { api, type Call, call, clear, close, demo, lineTo, open, setQueue, signIn } from "./stage";
import { AGENT_HERTZ, CALLER_HERTZ, hears, phoneHere } from "./voice";

const USER = "aino";
const energia = demo.tenants.find((tenant) => tenant.name.includes("Energia"));
const queue = energia?.queues.find((one) => one.name === "Myynti");
if (!queue) throw new Error("the demo has no Myynti");

let context: BrowserContext;
let page: Page;
let number: string;
let agent: string;
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
  const found = items.find(({ user }) => user === USER);
  if (!found) throw new Error(`the demo has no agent ${USER}`);
  agent = found.id;
  ({ page, context } = await open());
  await phoneHere(context, agent);
  page.on("console", (message) => message.type() === "error" && console.log("browser:", message.text()));
});
afterAll(close);

test("a shift begins with the sound check: the agent speaks and hears itself by the gateway's echo", async () => {
  await signIn(page, USER);
  await rest("offline");
  const echoed = hears(page, AGENT_HERTZ);
  await page.keyboard.press("r");
  const took = await timed(async () => {
    await page.locator("[data-check=playing]").waitFor();
    await echoed;
    await page.locator("[data-check=asking]").waitFor();
    const figures = await page.locator("[data-testid=check] [data-testid=quality]").textContent();
    expect(figures).toMatch(/Round trip \d+ ms, jitter \d+ ms, loss \d+\s?%, MOS \d\.\d/);
    console.log("sound check:", figures);
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
  await page.locator("[data-testid=reject]:not([data-disabled])").waitFor();
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
    await page.locator("[data-testid=reject]:not([data-disabled])").waitFor();
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

/** The switch of the phone's settings. */
async function keepLineOpen(): Promise<void> {
  await page.locator("[data-testid=phone-settings]").click();
  await page.locator("[data-testid=standing]").setChecked(true);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
}

test("a line that stays open for the shift: callers come one after the other without a ring", async () => {
  await keepLineOpen();
  const open = page.locator("[data-testid=standing-leg][data-leg=up]");
  await open.waitFor();
  const times: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const caller = await call(number);
    await state("offered");
    times.push(
      await timed(async () => {
        await Promise.all([hears(page, CALLER_HERTZ), caller.hears(AGENT_HERTZ)]);
      }),
    );
    await state("talking");
    await page.keyboard.press("h");
    await state("held");
    await page.keyboard.press("h");
    await state("talking");
    await Promise.all([hears(page, CALLER_HERTZ), caller.hears(AGENT_HERTZ)]);
    if (turn === 0) await page.keyboard.press("e");
    else await caller.ends();
    await finish();
    await open.waitFor();
  }
  tell("offered on an open line to two-way audio, the announcement's second included", times);
  // A supervisor's choice counts without a reload.
  await (await api("sanna"))("PUT", `/api/agents/${agent}/standing-leg`, { wanted: false });
  await page.locator("[data-testid=standing-leg]").waitFor({ state: "detached" });
});

/** An agent talks to a caller. */
async function talk(): Promise<Call> {
  const caller = await call(number);
  await state("offered");
  await page.keyboard.press("a");
  await state("talking");
  await Promise.all([hears(page, CALLER_HERTZ), caller.hears(AGENT_HERTZ)]);
  return caller;
}

test("reload in a call: the caller waits, the new page takes the call again by itself", async () => {
  const times: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const caller = await talk();
    times.push(
      await timed(async () => {
        await page.reload();
        await hears(page, CALLER_HERTZ);
        await caller.hears(AGENT_HERTZ);
      }),
    );
    await state("talking");
    await caller.ends();
    await finish();
  }
  tell("reload to two-way audio", times);
});

test("a killed tab: the next window takes the call again after the sign-in", async () => {
  const caller = await talk();
  await page.close();
  page = await context.newPage();
  await signIn(page, USER);
  await hears(page, CALLER_HERTZ);
  await caller.hears(AGENT_HERTZ);
  await state("talking");
  await caller.ends();
  await finish();
});

test("a second tab is a view, and has the phone when the first is gone", async () => {
  const second = await context.newPage();
  await signIn(second, USER);
  await second.locator("[data-testid=phone-line][data-line=otherTab]").waitFor();
  await expectAccessibleInBoth(second, "phone-other-tab");
  const took = await timed(async () => {
    await page.close();
    await second.locator("[data-testid=phone-line][data-line=ready]").waitFor();
  });
  tell("a second tab takes over", [took]);
  page = second;
  await rest("ready");
});

test("a second window elsewhere takes the phone over, and gives it back", async () => {
  const { page: elsewhere, context: other } = await open();
  await phoneHere(other, agent);
  await signIn(elsewhere, USER);
  await elsewhere.locator("[data-testid=phone-line][data-line=ready]").waitFor();
  await line("elsewhere");
  await expectAccessibleInBoth(page, "phone-elsewhere");
  await page.locator("[data-testid=take-over]").click();
  await line("ready");
  await elsewhere.locator("[data-testid=phone-line][data-line=elsewhere]").waitFor();
  await other.close();
});

test("a microphone pulled out: not reachable, with the steps to mend it; plugged in again, reachable by itself", async () => {
  const took = await timed(async () => {
    await page.evaluate(() => {
      const devices = navigator.mediaDevices;
      const list = devices.enumerateDevices.bind(devices);
      Object.assign(devices, {
        enumerateDevices: async () => [],
        plugIn: () => Object.assign(devices, { enumerateDevices: list }),
      });
      devices.dispatchEvent(new Event("devicechange"));
    });
    await page.locator("[data-testid=no-microphone][data-why=unplugged]").waitFor();
    await rest("notResponding");
  });
  tell("microphone pulled out to not reachable", [took]);
  await expectAccessibleInBoth(page, "phone-no-microphone");
  await page.evaluate(() => {
    (navigator.mediaDevices as unknown as { plugIn(): void }).plugIn();
    navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
  });
  await rest("ready");
});

test("settings: devices, ringer, Finnish", async () => {
  await page.locator("[data-testid=phone-settings]").click();
  await page.getByRole("dialog").waitFor();
  await expectAccessibleInBoth(page, "phone-settings");
  await page.keyboard.press("Escape");
  await page.evaluate(() => localStorage.setItem("callcenter.language", "fi"));
  await page.reload();
  await line("ready");
  await expectNoSidewaysScroll(page, "Finnish");
  await expectAccessibleInBoth(page, "phone-finnish");
});

test("a microphone that is refused: the steps to allow it, no shift without one", async () => {
  const { page: refused, context: other } = await open();
  await phoneHere(other, agent);
  await other.clearPermissions();
  await signIn(refused, USER);
  await refused.locator("[data-testid=no-microphone][data-why=denied]").waitFor();
  await expectAccessibleInBoth(refused, "phone-refused");
  await other.close();
});
