import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessibleInBoth, shoot } from "./looks";
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

/** A background as it is set: #rrggbb. */
async function colourOf(page: Page, selector: string): Promise<string> {
  const shown = await page
    .locator(selector)
    .first()
    .evaluate((one) => getComputedStyle(one).backgroundColor);
  const parts = [...shown.matchAll(/\d+/g)].slice(0, 3).map(([part]) => Number(part).toString(16).padStart(2, "0"));
  return `#${parts.join("")}`;
}

async function expectIdentity(page: Page, target: Target, caller: string, inCall: boolean): Promise<void> {
  const text = (part: string) => page.locator(`[data-testid=${part}]`).first().textContent();
  expect(await text("tenant")).toBe(target.tenant.name);
  expect(await text("greeting")).toBe(target.queue.greeting ?? target.tenant.brand.greeting);
  expect(await text("queue")).toBe(target.queue.name);
  expect(await text("called")).toBe(target.number);
  expect(await text("caller")).toBe(caller);
  expect(await page.title()).toContain(target.tenant.name);
  expect(await colourOf(page, "header:has([data-testid=tenant])")).toBe(target.tenant.brand.colour);
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

/** Resolves when the wallboard has the element, with the browser's own time. */
function whenShown(page: Page, selector: string): Promise<number> {
  return page.evaluate(
    (wanted) =>
      new Promise<number>((done) => {
        const look = () => {
          if (document.querySelector(wanted))
            requestAnimationFrame(() => done(performance.timeOrigin + performance.now()));
          else requestAnimationFrame(look);
        };
        look();
      }),
    selector,
  );
}

test("the supervisor's wallboard follows one agent through the contacts of two tenants, by push", async () => {
  const supervisor = await api("sanna");
  type Agent = { id: string; user: string; stateSince: string };
  const { items } = await supervisor<{ items: Agent[] }>("GET", "/api/agents");
  const idOf = (user: string) => items.find((one) => one.user === user)?.id;
  const choose = (user: string, status: string) =>
    supervisor("PUT", `/api/agents/${idOf(user)}/status`, { status, ...(status === "Break" && { reason: "Lunch" }) });
  const { page: board } = await open();
  await signIn(board, "sanna");
  const row = (state: string) => `[data-testid=agent-row][data-user=eero][data-state=${state}]`;
  const queueRow = (queue: string) => `[data-testid=queue-row][data-queue="${queue}"]`;
  const waiting = (queue: string) => board.locator(`${queueRow(queue)} [data-testid=waiting]`).textContent();
  await board.locator(row("ready")).waitFor();
  const readAgain: string[] = [];
  board.on("request", (request) => request.url().includes("/api/desk/wallboard") && readAgain.push(request.url()));
  await choose("helmi", "Break");
  await choose("eero", "Break");
  await board.locator(row("break")).waitFor();

  // A caller of each tenant waits; both queues have their tenant's name and colour.
  const both = targets.filter(({ queue }) => queue.name === "Laskutus" || queue.name === "Доставка");
  const callers = new Map<string, Call>();
  for (const { queue, tenant, number } of both) {
    callers.set(queue.id, await call(number, `+3584013${String(10_000 + callers.size)}`));
    await expect.poll(() => waiting(queue.id), { timeout: 30_000 }).toBe("1");
    expect(await board.locator(`${queueRow(queue.id)} small`).textContent()).toBe(tenant.name);
    expect(await colourOf(board, `${queueRow(queue.id)} th > span`)).toBe(tenant.brand.colour);
  }
  await expectAccessibleInBoth(board, "wallboard-two-tenants");

  const page = pages.get("eero");
  if (!page) throw new Error("no page of eero");
  const late: number[] = [];
  await choose("eero", "Available");
  for (const [turn, target] of both.entries()) {
    const { queue } = target;
    await page.locator("[data-contact-state=offered]").waitFor();
    await expectIdentity(page, target, `+3584013${String(10_000 + turn)}`, false);
    const shown = whenShown(board, row("talking"));
    await phone.rings("eero");
    await phone.answers("eero");
    const shownAt = await shown;
    const { stateSince } = await supervisor<Agent>("GET", `/api/agents/${idOf("eero")}`);
    late.push(shownAt - Date.parse(stateSince));
    await expect.poll(() => waiting(queue.id), { timeout: 30_000 }).toBe("0");
    for (const other of both.slice(turn + 1)) expect(await waiting(other.queue.id)).toBe("1");
    await expectIdentity(page, target, `+3584013${String(10_000 + turn)}`, true);
    await shoot(page, `tenants-agent-${turn + 1}`);
    await shoot(board, `tenants-wallboard-${turn + 1}`);
    await callers.get(queue.id)?.ends();
    await board.locator(row("wrapUp")).waitFor();
    await page.locator("[data-contact-state=wrapUp]").waitFor();
    await page.keyboard.press("1");
    await page.keyboard.press("Enter");
  }
  await board.locator(row("ready")).waitFor();
  tell("answer to wallboard", late);
  expect(Math.max(...late)).toBeLessThan(20_000);
  expect(readAgain, "nothing of the wallboard is asked for again").toEqual([]);
});
