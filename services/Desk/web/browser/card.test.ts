/** A card is typed by the caller: the agent sees how far and what became of it, never a digit; and the contact's page afterwards. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { begin, type Desk, deskOf } from "./desk";
import { expectAccessibleInBoth, expectFits, shoot } from "./looks";
import { seen, watch } from "./marks";
import { tell } from "./measure";
import { api, type Call, call, clear, close, demo, lineTo, open, setQueue, signIn } from "./stage";
import { AGENT_HERTZ, CALLER_HERTZ } from "./voice";

const energia = demo.tenants.find((tenant) => tenant.name.includes("Energia"));
const queue = energia?.queues.find((one) => one.name === "Myynti");
if (!energia || !queue) throw new Error("the demo has no Myynti");
const SECRET = "a-secret-of-this-test-alone";
/** A number of no bank that passes the check digit, and one that does not. */
const GOOD = "4111111111111111";
const WRONG = "4111111111111112";
const FROM = "+358408888881";

type Asked = { reference: string | null; number: string; expiry: string; securityCode: string };

let aino: Desk;
let caller: Call;
let service: Server;
const asked: Asked[] = [];
const arrived: string[] = [];

/** The tenant's payment service: takes what is paid for "Order 17", declines the rest. */
function takePayments(): Promise<Server> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const card = JSON.parse(body) as Asked;
    asked.push(card);
    const isAccepted = card.reference === "Order 17" && request.headers.authorization === `Bearer ${SECRET}`;
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ accepted: isAccepted, reference: isAccepted ? "R-17" : null }));
  });
  return new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(server)));
}

const card = (state: string) => aino.page.locator(`[data-testid=card][data-card=${state}]`).waitFor();

async function begins(reference: string): Promise<void> {
  await aino.page.getByTestId("collect-card").click();
  await aino.page.getByTestId("card-reference").fill(reference);
  await aino.page.getByTestId("card-start").click();
  await card("typing");
}

/** The caller types all; the time from the last key's being sent to what is said of it. */
async function types(number: string, end: string): Promise<number> {
  await watch(aino.page, "ended", `[data-testid=card][data-card=${end}]`);
  await watch(aino.page, "sent", "[data-testid=card][data-card=sent], [data-testid=card]:not([data-card=typing])");
  await caller.presses(`${number}#1229123#`);
  const ended = await seen(aino.page, "ended");
  return ended - (await seen(aino.page, "sent"));
}

beforeAll(async () => {
  await clear();
  service = await takePayments();
  const { port } = service.address() as AddressInfo;
  const admin = await api("maarit");
  await admin("PUT", `/api/tenants/${energia.id}/payment`, { url: `http://127.0.0.1:${port}/pay`, secret: SECRET });
  await setQueue(queue.id, () => ({ wrapUpSeconds: 120, offerTimeoutSeconds: 30, popSeconds: 1 }));
  const number = await lineTo(queue.id);
  aino = await deskOf("aino", AGENT_HERTZ);
  aino.page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => arrived.push(String(payload))));
  await aino.page.reload();
  await begin(aino, "aino");
  caller = await call(number, FROM);
  await aino.state("offered");
  await aino.answers();
  await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AGENT_HERTZ)]);
});
afterAll(async () => {
  await (await api("maarit"))("DELETE", `/api/tenants/${energia.id}/payment`);
  await close();
  service.close();
});

test("what is paid is said first", async () => {
  await aino.page.getByTestId("collect-card").click();
  await aino.page.getByRole("dialog").waitFor();
  await expectAccessibleInBoth(aino.page, "card-open");
  await expectFits(aino.page, "card-open");
  await aino.page.getByTestId("card-reference").focus();
  await aino.press("Escape");
  await aino.page.getByRole("dialog").waitFor({ state: "detached" });
});

test("digits are counted and never seen, while both go on talking and the recording is silent", async () => {
  await begins("Order 17");
  await aino.see("paused");
  await caller.presses("4111");
  await aino.page.locator("[data-testid=card-dots]", { hasText: "••••" }).waitFor();
  await expectAccessibleInBoth(aino.page, "card-typing");
  await expectFits(aino.page, "card-typing");
  await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AGENT_HERTZ)]);
  const took = await types(GOOD.slice(4), "accepted");
  tell("card complete to the service's word on the screen", [took]);
  expect(await aino.page.getByTestId("card").textContent()).toContain("R-17");
  await aino.gone("paused");
  await expectAccessibleInBoth(aino.page, "card-accepted");
  expect(asked).toEqual([expect.objectContaining({ number: GOOD, expiry: "1229", securityCode: "123" })]);
  await aino.page.getByTestId("card-close").click();
  await aino.gone("card");
});

test("declined, mistyped and cancelled are said, and nothing is sent of what is not whole", async () => {
  await begins("Order 18");
  await types(GOOD, "declined");
  await expectAccessibleInBoth(aino.page, "card-declined");
  expect(asked).toHaveLength(2);
  await begins("Order 19");
  await types(WRONG, "mistyped");
  await shoot(aino.page, "card-mistyped");
  await begins("Order 20");
  await caller.presses("41");
  await aino.page.locator("[data-testid=card-dots]", { hasText: "••" }).waitFor();
  await aino.page.getByTestId("card-cancel").click();
  await card("cancelled");
  expect(asked).toHaveLength(2);
  await aino.page.getByTestId("card-close").click();
});

test("in Finnish", async () => {
  await aino.page.evaluate(() => localStorage.setItem("callcenter.language", "fi"));
  await aino.page.reload();
  await aino.state("talking");
  await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AGENT_HERTZ)]);
  await begins("Tilaus 21");
  await expectFits(aino.page, "card-finnish");
  await aino.page.getByTestId("card-cancel").click();
  await card("cancelled");
  await aino.page.evaluate(() => localStorage.setItem("callcenter.language", "en"));
});

test("no digit of the card ever came to the page", async () => {
  const all = arrived.join("\n") + (await aino.page.content());
  expect(arrived.length).toBeGreaterThan(10);
  for (const digits of [GOOD, WRONG, GOOD.slice(4), "1229123"]) expect(all).not.toContain(digits);
  await caller.ends();
  await aino.finishes();
});

test("the contact's page says who spoke when", async () => {
  const { page } = await open();
  await signIn(page, "sanna");
  type Contact = { id: string; caller: string; endedAt: string | null };
  const supervisor = await api("sanna");
  await vi.waitFor(
    async () => {
      const { items } = await supervisor<{ items: Contact[] }>("GET", "/api/contacts?limit=200");
      const found = items.find((one) => one.caller === FROM);
      const detail = found && (await supervisor<{ speech: unknown }>("GET", `/api/contacts/${found.id}`));
      expect(detail?.speech).toBeTruthy();
    },
    { timeout: 60_000, interval: 500 },
  );
  await page.getByRole("link", { name: "Contacts" }).click();
  await page.locator("[data-testid=contact-row]", { hasText: FROM }).getByRole("button").click();
  await page.locator("[data-testid=speech]").waitFor();
  const lanes = page.locator("[data-testid=speech] [role=img]");
  expect(await lanes.count()).toBe(2);
  for (const lane of await lanes.all()) expect(await lane.locator("span").count()).toBeGreaterThan(0);
  await page.locator("[data-testid=speech]").scrollIntoViewIfNeeded();
  await expectAccessibleInBoth(page, "contact-speech");
  await expectFits(page, "contact-speech");
});
