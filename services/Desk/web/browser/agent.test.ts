import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessibleInBoth, expectNoSidewaysScroll, shoot } from "./looks";
import { tell, timed } from "./measure";
import { call, clear, close, demo, lineTo, open, phone, setQueue, signIn, url } from "./stage";

const USER = "aino";
const energia = demo.tenants.find((tenant) => tenant.name.includes("Energia"));
if (!energia) throw new Error("the demo has no Energia");
const queue = energia.queues.find((one) => one.name === "Myynti");
if (!queue) throw new Error("the demo has no Myynti");

let page: Page;
let number: string;
let refuses = false;
const state = (name: string) => page.locator(`[data-contact-state=${name}]`).waitFor();
const rest = (name: string) => page.locator(`[data-rest-state=${name}]`).waitFor();

type Marks = { pending: number; confirmed: number };
/** A wrap-up long enough to look at, and forty codes. */
async function prepareQueue(id: string): Promise<void> {
  await setQueue(id, ({ codes }) => ({
    wrapUpSeconds: 120,
    codes: [
      ...codes,
      ...Array.from({ length: 40 - codes.length }, (_, n) => ({ code: `q${n}`, label: `Q${n} lisäaihe` })),
    ],
  }));
}

beforeAll(async () => {
  await clear();
  await prepareQueue(queue.id);
  number = await lineTo(queue.id);
  ({ page } = await open());
  // From the beginning: a page that is told to intercept lets what is under way through.
  await page.route("**/api/agents/*/status", (route) =>
    refuses
      ? route.fulfill({
          status: 409,
          contentType: "application/problem+json",
          body: JSON.stringify({ status: 409, detail: "The shift is over." }),
        })
      : route.continue(),
  );
  page.on("console", (message) => message.type() === "error" && console.log("browser:", message.text()));
});
afterAll(async () => {
  await phone.off(USER);
  await close();
});

test("sign-in", async () => {
  const { page: before, context } = await open();
  await before.goto(url);
  await before.locator("input[name=user]").waitFor();
  await expectAccessibleInBoth(before, "sign-in");
  await before.locator("input[name=user]").fill("nobody");
  await before.locator("input[name=password]").fill("wrong");
  await before.keyboard.press("Enter");
  await before.locator("[role=alert]").waitFor();
  expect(await before.locator("[role=alert]").textContent()).toContain("wrong");
  await context.close();
});

test("from offline to Ready with one key, status changes are marked at once", async () => {
  await phone.on(USER, "Ring");
  await signIn(page, USER);
  await rest("offline");
  await expectAccessibleInBoth(page, "agent-offline");
  await page.keyboard.press("r");
  await rest("ready");
  await expectAccessibleInBoth(page, "agent-idle");
  await expectNoSidewaysScroll(page, "idle");
});

test("a status change is seen as pending at once and confirmed", async () => {
  const pending: number[] = [];
  const confirmed: number[] = [];
  for (let turn = 0; turn < 10; turn++) {
    const to = turn % 2 === 0 ? "break" : "ready";
    // In the page, so that the way to the browser is not measured with it.
    await page.evaluate((wanted) => {
      const marks = new Promise<Marks>((done) => {
        let from = 0;
        let pending = 0;
        addEventListener(
          "keydown",
          () => {
            from = performance.now();
          },
          { once: true, capture: true },
        );
        // Every change of the page counts, also one that is over before the next frame.
        const observer = new MutationObserver((changes) => {
          const now = performance.now() - from;
          if (!pending && changes.some((change) => change.attributeName === "data-pending")) pending = now;
          const state = document.querySelector("[data-testid=status]")?.getAttribute("data-state");
          if (!pending || state !== wanted) return;
          observer.disconnect();
          done({ pending, confirmed: now });
        });
        observer.observe(document.body, { subtree: true, childList: true, attributes: true });
      });
      Object.assign(globalThis, { marks });
    }, to);
    await page.keyboard.press(to === "break" ? "b" : "r");
    const mark = await page.evaluate(() => (globalThis as unknown as { marks: Promise<Marks> }).marks);
    pending.push(mark.pending);
    confirmed.push(mark.confirmed);
  }
  tell("status change seen as pending", pending);
  tell("status change confirmed", confirmed);
  expect(Math.max(...pending)).toBeLessThan(2_000);
});

test("a refused status change is rolled back with the reason", async () => {
  refuses = true;
  await page.keyboard.press("b");
  const trouble = page.locator("[data-testid=status-trouble]");
  await trouble.waitFor();
  expect(await trouble.textContent()).toContain("The shift is over.");
  expect(await page.locator("[data-testid=status]").getAttribute("data-state")).toBe("ready");
  await expectAccessibleInBoth(page, "agent-refused");
  refuses = false;
  await trouble.getByRole("button").click();
});

test("a call from the pop to Ready again, by keys alone", async () => {
  const caller = await call(number);
  await state("offered");
  expect(await page.title()).toContain("Esimerkki Energia Oy");
  expect(await page.locator("[data-testid=greeting]").textContent()).toBe(
    "Esimerkki Energian myynti, hyvää päivää. Kuinka voin auttaa?",
  );
  expect(await page.locator("[data-testid=queue]").textContent()).toBe("Myynti");
  expect(await page.locator("[data-testid=caller]").textContent()).toBe("+358401234567");
  await phone.rings(USER);
  await expectAccessibleInBoth(page, "agent-ringing");

  await phone.answers(USER);
  await state("talking");
  await page.locator("[data-testid=customer-name]").waitFor();
  await expectAccessibleInBoth(page, "agent-talking");
  await expectNoSidewaysScroll(page, "talking");
  await expectInSight(page);

  await page.keyboard.press("h");
  await state("held");
  await expectAccessibleInBoth(page, "agent-held");
  await page.keyboard.press("h");
  await state("talking");

  await page.keyboard.press("e");
  await state("wrapUp");
  await expectAccessibleInBoth(page, "agent-wrap-up");
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await rest("ready");
  await caller.ends();
});

/** Identity, status, clock, controls and codes at 1366 x 768 without scrolling. */
async function expectInSight(of: Page): Promise<void> {
  for (const part of ["tenant", "status", "clock", "hold", "end", "disposition", "greeting", "finish"]) {
    const box = await of.locator(`[data-testid=${part}]`).first().boundingBox();
    expect(box, part).not.toBeNull();
    expect((box?.y ?? 0) + Math.min(box?.height ?? 0, 60), part).toBeLessThanOrEqual(768);
  }
}

test("next status is chosen while talking, taken back, and the code chosen during the call ends the wrap-up by itself", async () => {
  const caller = await call(number);
  await phone.rings(USER);
  await phone.answers(USER);
  await state("talking");
  await page.keyboard.press("b");
  await page.locator("[data-testid=next-status]").waitFor();
  await shoot(page, "agent-next-status");
  await page.locator("[data-testid=next-status] button").click();
  await page.locator("[data-testid=next-status]").waitFor({ state: "detached" });

  await page.keyboard.press("2");
  await page.keyboard.press("Enter");
  await shoot(page, "agent-settled");
  await caller.ends();
  await rest("ready");
});

test("next status is chosen and taken back while ringing and in wrap-up: the offer stands, and what was chosen last comes after the work", async () => {
  const next = page.locator("[data-testid=next-status]");
  const takeBack = async () => {
    await next.locator("button").click();
    await next.waitFor({ state: "detached" });
  };
  const caller = await call(number);
  await state("offered");
  await phone.rings(USER);
  await page.keyboard.press("b");
  await next.waitFor();
  await takeBack();
  await page.keyboard.press("b");
  await next.waitFor();
  await state("offered");
  await phone.answers(USER);
  await state("talking");
  await next.waitFor();
  await caller.ends();

  await state("wrapUp");
  await takeBack();
  await page.locator("[data-testid=status]").click();
  await page.getByRole("menuitem", { name: "Training" }).click();
  await next.filter({ hasText: "Training" }).waitFor();
  await page.locator("[data-testid=disposition] input").first().focus();
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await rest("training");
  await page.keyboard.press("r");
  await rest("ready");
});

test("a code out of forty by type-ahead in four strokes", async () => {
  await call(number);
  await phone.rings(USER);
  await phone.answers(USER);
  await state("talking");
  await page.keyboard.press("e");
  await state("wrapUp");
  for (const key of ["q", "3", "1", "Enter"]) await page.keyboard.press(key);
  await rest("ready");
});

test("hang-up to Ready with a one-key code", async () => {
  const times: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    const caller = await call(number);
    await phone.rings(USER);
    await phone.answers(USER);
    await state("talking");
    times.push(
      await timed(async () => {
        await caller.ends();
        await state("wrapUp");
        await page.keyboard.press("1");
        await page.keyboard.press("Enter");
        await rest("ready");
      }),
    );
  }
  tell("hang-up to Ready with a one-key code", times);
});

test("keys do nothing while typing, are shown, changed and switched off", async () => {
  await page.keyboard.press("Shift+?");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await expectAccessibleInBoth(page, "agent-keys");
  await dialog.getByRole("button", { name: /Go to Break/ }).click();
  await page.keyboard.press("y");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.keyboard.press("y");
  await rest("break");
  await page.keyboard.press("r");
  await rest("ready");
  await page.keyboard.press("Shift+?");
  await dialog.getByRole("switch").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.keyboard.press("y");
  await page.keyboard.press("Shift+?");
  expect(await dialog.count()).toBe(0);
  expect(await page.locator("[data-testid=status]").getAttribute("data-state")).toBe("ready");
  await page.getByRole("button", { name: "Keys" }).click();
  await dialog.getByRole("switch").focus();
  await page.keyboard.press("Space");
  await dialog.getByRole("button", { name: "Standard keys" }).click();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
});

test("a missed offer names its cause, one key returns to Ready", async () => {
  const caller = await call(number);
  await state("offered");
  await phone.rings(USER);
  await phone.rejects(USER);
  // The contact keeps its place and comes again; the second miss in a row takes the agent out.
  await phone.rings(USER);
  await phone.rejects(USER);
  await rest("break");
  const missed = page.locator("[data-testid=missed]");
  await missed.waitFor();
  expect(await missed.getAttribute("data-cause")).toBe("Rejected");
  await expectAccessibleInBoth(page, "agent-missed");
  await caller.ends();
  await page.keyboard.press("r");
  await rest("ready");
});

test("narrow window, text 40 % larger, Finnish", async () => {
  const caller = await call(number);
  await phone.rings(USER);
  await phone.answers(USER);
  await state("talking");
  await page.evaluate(() => {
    document.documentElement.style.fontSize = "140%";
  });
  await expectNoSidewaysScroll(page, "140 %");
  await shoot(page, "agent-text-140");
  await page.evaluate(() => {
    document.documentElement.style.fontSize = "";
  });
  await page.setViewportSize({ width: 420, height: 800 });
  await expectNoSidewaysScroll(page, "narrow");
  await shoot(page, "agent-narrow");
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.evaluate(() => localStorage.setItem("callcenter.language", "fi"));
  await page.reload();
  await state("talking");
  await expectNoSidewaysScroll(page, "Finnish");
  await shoot(page, "agent-finnish");
  await page.evaluate(() => localStorage.setItem("callcenter.language", "en"));
  await caller.ends();
  await state("wrapUp");
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await rest("ready");
});
