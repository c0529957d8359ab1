import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tell } from "./measure";
import { api, type Call, call, clear, close, lineTo, open, phone, setQueue, signIn } from "./stage";

/** An agent who speaks for two tenants in turn, and one for two others: the screen never shows the wrong one. */
const TURNS = Number(process.env.DESK_TURNS ?? 6);
const agents = ["eero", "helmi"] as const;

type Queue = {
  id: string;
  tenant: string;
  name: string;
  greeting: string | null;
  codes: { code: string; label: string }[];
};
type Tenant = { id: string; name: string; brand: { greeting: string; colour: string } };
type Target = { tenant: Tenant; queue: Queue; number: string };

let targets: Target[];
const pages = new Map<string, Page>();

beforeAll(async () => {
  await clear();
  const admin = await api("maarit");
  const { items: queues } = await admin<{ items: Queue[] }>("GET", "/api/queues");
  const { items: tenants } = await admin<{ items: Tenant[] }>("GET", "/api/tenants");
  targets = [];
  for (const name of ["Laskutus", "Доставка", "Bestilling"]) {
    const queue = queues.find((one) => one.name === name);
    const tenant = tenants.find((one) => one.id === queue?.tenant);
    if (!queue || !tenant) throw new Error(`the demo has no ${name}`);
    await setQueue(queue.id, () => ({ wrapUpSeconds: 120 }));
    targets.push({ tenant, queue, number: await lineTo(queue.id) });
  }
  for (const user of agents) {
    await phone.on(user, "Ring");
    const { page } = await open();
    pages.set(user, page);
    await signIn(page, user);
    await page.keyboard.press("r");
    await page.locator("[data-rest-state=ready]").waitFor();
  }
});
afterAll(async () => {
  for (const user of agents) await phone.off(user);
  await close();
});

/** The agent whose phone rings, by the screen that shows the offer first. */
async function whoIsOffered(): Promise<string> {
  return Promise.any(
    agents.map(async (user) => {
      await pages.get(user)?.locator("[data-contact-state=offered]").waitFor();
      return user;
    }),
  );
}

async function expectIdentity(page: Page, target: Target, caller: string, inCall: boolean): Promise<void> {
  const text = (part: string) => page.locator(`[data-testid=${part}]`).first().textContent();
  expect(await text("tenant")).toBe(target.tenant.name);
  expect(await text("greeting")).toBe(target.queue.greeting ?? target.tenant.brand.greeting);
  expect(await text("queue")).toBe(target.queue.name);
  expect(await text("called")).toBe(target.number);
  expect(await text("caller")).toBe(caller);
  expect(await page.title()).toContain(target.tenant.name);
  if (!inCall) return;
  const labels = await page.locator("[data-testid=disposition] button[aria-pressed] span:last-child").allTextContents();
  expect(labels).toEqual(target.queue.codes.map((code) => code.label));
}

test(`${TURNS} calls that alternate three tenants: the right tenant, greeting, queue, number and codes in every state`, async () => {
  const beforeAnswer: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const target = targets[turn % targets.length];
    if (!target) throw new Error("no target");
    const from = `+3584012${String(10_000 + turn)}`;
    const made: Call = await call(target.number, from);
    const user = await whoIsOffered();
    const shownAt = performance.now();
    const page = pages.get(user);
    if (!page) throw new Error(`no page of ${user}`);
    await expectIdentity(page, target, from, false);
    await phone.rings(user);
    await phone.answers(user);
    await page.locator("[data-contact-state=talking]").waitFor();
    beforeAnswer.push(performance.now() - shownAt);
    await expectIdentity(page, target, from, true);
    await made.ends();
    await page.locator("[data-contact-state=wrapUp]").waitFor();
    await expectIdentity(page, target, from, true);
    await page.keyboard.press("1");
    await page.keyboard.press("Enter");
    await page.locator("[data-rest-state=ready]").waitFor();
  }
  tell("screen pop before the conversation", beforeAnswer);
});
