import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessibleInBoth, expectNoSidewaysScroll, setScheme, shoot } from "./looks";
import { tell } from "./measure";
import { api, call, clear, close, demo, lineTo, open, outside, phone, setQueue, signIn } from "./stage";

const energia = demo.tenants.find((tenant) => tenant.name.includes("Energia"));
const queue = energia?.queues.find((one) => one.name === "Laskutus");
if (!queue) throw new Error("the demo has no Laskutus");

let page: Page;
let number: string;
let agent: Awaited<ReturnType<typeof api>>;
let id: string;

const row = (user: string) => page.locator(`[data-testid=agent-row][data-user=${user}]`);
const choose = (status: string) => agent("PUT", `/api/agents/${id}/status`, { status });

beforeAll(async () => {
  await clear();
  await setQueue(queue.id, () => ({ wrapUpSeconds: 1 }));
  number = await lineTo(queue.id);
  await phone.on("onni");
  agent = await api("onni");
  const { items } = await agent<{ items: { id: string }[] }>("GET", "/api/agents");
  id = items[0]?.id ?? "";
  await choose("Available");
  ({ page } = await open());
  await signIn(page, "sanna");
  await row("onni").waitFor();
});
afterAll(async () => {
  await choose("LoggedOut");
  await phone.off("onni");
  await close();
});

/** Resolves in the page when the agent's row has the state, with the browser's own time. */
function whenShown(user: string, state: string): Promise<number> {
  return page.evaluate(
    ([name, wanted]) =>
      new Promise<number>((done) => {
        const look = () => {
          const shown = document
            .querySelector(`[data-testid=agent-row][data-user=${name}]`)
            ?.getAttribute("data-state");
          if (shown === wanted) requestAnimationFrame(() => done(performance.timeOrigin + performance.now()));
          else requestAnimationFrame(look);
        };
        look();
      }),
    [user, state] as const,
  );
}

test("a change is on the wallboard within a second of its event", async () => {
  const times: number[] = [];
  for (let turn = 0; turn < 20; turn++) {
    const [status, state] = turn % 2 === 0 ? (["Break", "break"] as const) : (["Available", "ready"] as const);
    const shown = whenShown("onni", state);
    const { statusSince } = (await choose(status)) as { statusSince: string };
    times.push((await shown) - Date.parse(statusSince));
  }
  tell("event to wallboard", times);
  expect(Math.max(...times)).toBeLessThan(20_000);
});

test("a call is followed from waiting to wrap-up, and the wall can be read from afar", async () => {
  await choose("Break");
  await page.locator("[data-testid=agent-row][data-user=onni][data-state=break]").waitFor();
  const caller = await call(number);
  const waiting = page.locator(`[data-testid=queue-row][data-queue="${queue.id}"] [data-testid=waiting]`);
  await expect.poll(() => waiting.textContent(), { timeout: 30_000 }).toBe("1");
  await expectAccessibleInBoth(page, "wallboard-waiting");
  await expectNoSidewaysScroll(page, "wallboard");
  await expectWall();
  await choose("Available");
  await page.locator("[data-testid=agent-row][data-user=onni][data-state=talking]").waitFor();
  await expectAccessibleInBoth(page, "wallboard-talking");
  await caller.ends();
  await page.locator("[data-testid=agent-row][data-user=onni][data-state=ready]").waitFor();
});

async function expectWall(): Promise<void> {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.keyboard.press("w");
  await page.locator("[data-testid=wall]").waitFor();
  const size = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((el) => Number.parseFloat(getComputedStyle(el).fontSize) / innerHeight);
  expect(await size("[data-testid=wall-figure]")).toBeGreaterThanOrEqual(0.0609);
  expect(await size("[data-testid=wall] thead th")).toBeGreaterThanOrEqual(0.0489);
  expect(await size("[data-testid=wall-row] th")).toBeGreaterThanOrEqual(0.0489);
  await expectAccessibleInBoth(page, "wall");
  await expectNoSidewaysScroll(page, "wall");
  await page.keyboard.press("w");
  await page.setViewportSize({ width: 1366, height: 768 });
}

test("a supervisor sets an agent's status", async () => {
  await row("onni").getByTestId("force").click();
  await page.getByRole("menuitem", { name: "Training" }).click();
  await page.locator("[data-testid=agent-row][data-user=onni][data-state=training]").waitFor();
  const { items } = await agent<{ items: { status: string }[] }>("GET", "/api/agents");
  expect(items[0]?.status).toBe("Training");
});

test("an agent's line is kept open, or rings, by the supervisor's choice", async () => {
  const onni = row("onni");
  for (const order of ["Stays open for the shift", "Rings for each call"]) {
    await onni.locator("[data-testid=line]").click();
    await page.getByRole("menuitem", { name: order }).click();
    await onni
      .locator("[data-testid=line-open]")
      .waitFor({ state: order.startsWith("Stays") ? "visible" : "detached" });
  }
});

test("contacts are searched, shown with their legs, and their recording plays", async () => {
  await page.getByRole("link", { name: "Contacts" }).click();
  await page.locator("[data-testid=contact-row]").first().waitFor();
  await expectAccessibleInBoth(page, "contacts");
  await page.locator("[data-testid=contact-row] button").first().click();
  await page.locator("[data-testid=player][data-ready]").first().waitFor();
  await expectAccessibleInBoth(page, "contact-detail");
  const slider = page.getByRole("slider", { name: "Position in the recording" });
  await page.getByRole("button", { name: "Play" }).click();
  await expect.poll(async () => Number(await slider.inputValue()), { timeout: 30_000 }).toBeGreaterThan(0);
  await page.keyboard.press("Escape");
  await page.getByRole("textbox", { name: "Caller's number" }).fill("+000");
  await page.getByText("No contact matches").waitFor();
  await expectAccessibleInBoth(page, "contacts-empty");
});

test("the supervisor sees who is to be called back, and cancels one", async () => {
  await page.getByRole("link", { name: "Wallboard" }).click();
  await row("onni").waitFor();
  await choose("Break");
  await outside("+35840", 1000);
  const administrator = await api("maarit");
  const caller = await call(
    await lineTo(queue.id, { announce: { everySeconds: 30 }, offers: { callback: { key: "1" } } }),
  );
  const waiting = page.locator(`[data-testid=queue-row][data-queue="${queue.id}"] [data-testid=waiting]`);
  await expect.poll(() => waiting.textContent(), { timeout: 30_000 }).toBe("1");
  type Pending = { items: { number: string; state: string }[] };
  const pending = async () => (await administrator<Pending>("GET", "/api/routing/callbacks")).items;
  // The key counts once the choice was told; after the callback nobody is there to press.
  await expect
    .poll(
      async () => {
        if ((await pending()).length === 0) await caller.presses("1");
        return (await pending()).length;
      },
      { timeout: 60_000, interval: 2_000 },
    )
    .toBe(1);
  const entry = page.locator("[data-testid=callback-row]");
  await entry.waitFor();
  expect(await entry.textContent()).toContain("+358401234567");
  await expectAccessibleInBoth(page, "wallboard-callbacks");
  await expectNoSidewaysScroll(page, "wallboard, callbacks");
  await entry.getByRole("button", { name: "Cancel the callback to +358401234567" }).click();
  await entry.waitFor({ state: "detached" });
  expect(await pending()).toEqual([]);
  await choose("Available");
  await page.locator("[data-testid=agent-row][data-user=onni][data-state=ready]").waitFor();
});

test("narrow window", async () => {
  await page.setViewportSize({ width: 420, height: 800 });
  await page.getByRole("link", { name: "Wallboard" }).click();
  await page.locator("[data-testid=wallboard]").waitFor();
  await setScheme(page, "light");
  await shoot(page, "wallboard-narrow");
  await expectNoSidewaysScroll(page, "wallboard, narrow");
});
