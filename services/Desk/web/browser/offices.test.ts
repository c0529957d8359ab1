import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { expectAccessibleInBoth, expectNoSidewaysScroll, shoot } from "./looks";
import { api, call, close, demo, lineTo, open, setQueue, signIn, url } from "./stage";

const energia = demo.tenants.find((tenant) => tenant.name.includes("Energia"));

// One call, so that lists and reports have something to tell: no short abandon, so the service level is marked.
beforeAll(async () => {
  const queue = energia?.queues[0];
  if (!queue) throw new Error("the demo has no Energia");
  await setQueue(queue.id, () => ({ shortAbandonSeconds: 0 }));
  const caller = await call(await lineTo(queue.id));
  const client = await api("kalle");
  const entered = () => client<{ items: { queue: string | null }[] }>("GET", "/api/contacts");
  await vi.waitFor(async () => expect((await entered()).items.some((item) => item.queue !== null)).toBe(true), {
    timeout: 60_000,
  });
  await caller.ends();
});
afterAll(close);

/** Each link of the bar, as a person goes through them. */
async function visit(page: Page, name: string, part: string): Promise<void> {
  await page.getByRole("link", { name, exact: true }).click();
  await page.locator(`[data-testid=${part}]`).waitFor();
  await page.locator("table, dl, [data-testid=wallboard]").first().waitFor();
  await expectAccessibleInBoth(page, `administrator-${name.toLowerCase()}`);
  await expectNoSidewaysScroll(page, name);
}

test("the administrator reads tenants, numbers, queues, users and health", async () => {
  const { page } = await open();
  await signIn(page, "maarit");
  for (const name of ["Tenants", "Numbers", "Queues", "Users"]) await visit(page, name, "listing");
  await page.keyboard.press("/");
  await page.keyboard.type("kalle");
  await expect.poll(() => page.locator("tbody tr").count()).toBe(1);
  await visit(page, "Health", "health");
});

test("a client sees its own report, and nothing of another tenant", async () => {
  const { page, context } = await open();
  const bodies: Promise<string>[] = [];
  page.on("response", (response) => response.url().includes("/api/") && bodies.push(response.text().catch(() => "")));
  page.on("websocket", (socket) =>
    socket.on("framereceived", (frame) => bodies.push(Promise.resolve(String(frame.payload)))),
  );
  await signIn(page, "kalle");
  await page.locator("[data-testid=intervals]").waitFor();
  await expectAccessibleInBoth(page, "report");
  await expectNoSidewaysScroll(page, "report");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download CSV" }).click();
  expect((await download).suggestedFilename()).toBe("queues.csv");
  await page.getByRole("link", { name: "Contacts" }).click();
  await page.locator("[data-testid=contact-row]").first().waitFor();
  await expectAccessibleInBoth(page, "client-contacts");
  await page.goto(`${url}/wallboard`);
  await page.getByText("There is no such page").waitFor();

  const others = demo.tenants.filter((tenant) => tenant.id !== energia?.id);
  const seen = (await Promise.all(bodies)).join("\n");
  expect(seen).toContain(energia?.id);
  for (const other of others) {
    for (const secret of [other.id, other.name, ...other.queues.map((queue) => queue.id)])
      expect(seen).not.toContain(secret);
  }
  await context.close();
});

test("a client's requests with another tenant's ids find nothing", async () => {
  const client = await api("kalle");
  const other = demo.tenants.find((tenant) => tenant.id !== energia?.id);
  for (const path of [
    `/api/desk/wallboard?tenant=${other?.id}`,
    `/api/reports/queues?tenant=${other?.id}&interval=day`,
    `/api/contacts?tenant=${other?.id}`,
    `/api/customers?tenant=${other?.id}`,
  ]) {
    await expect(client("GET", path), path).rejects.toThrow("404");
  }
});

test("narrow window", async () => {
  const { page } = await open({ width: 420, height: 800 });
  await signIn(page, "kalle");
  // One queue has one goal, so its service level is marked, well or badly.
  await page.getByLabel("Queue", { exact: true }).first().click();
  await page.getByRole("option", { name: energia?.queues[0]?.name ?? "", exact: true }).click();
  await page.locator("[data-testid=intervals] [data-mark]:not([data-mark=none])").first().waitFor();
  await expectNoSidewaysScroll(page, "report, narrow");
  await shoot(page, "report-narrow");
});
