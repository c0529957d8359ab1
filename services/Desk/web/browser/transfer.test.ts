import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { begin, type Desk, deskOf } from "./desk";
import { expectAccessibleInBoth, expectFits, shoot } from "./looks";
import { tell, timed } from "./measure";
import { lengthOf, silences } from "./recording";
import { api, type Call, call, clear, close, demo, download, lineTo, outside, phone, setQueue } from "./stage";
import { CALLER_HERTZ } from "./voice";

/** Aino has the caller, Onni is asked; Eero is there with a SIP phone, and somebody outside. */
const AINO = 1_000;
const ONNI = 1_700;
const OUTSIDE = 620;
/** The system's own tune of a caller who waits. */
const TUNE = 261.6;
const DESTINATION = "+35850";

const energia = demo.tenants.find((tenant) => tenant.name.includes("Energia"));
const queueOf = (name: string) => {
  const found = energia?.queues.find((one) => one.name === name);
  if (!found) throw new Error(`the demo has no ${name}`);
  return found.id;
};
// Aino alone serves Myynti while Eero and Helmi are off, Onni alone Laskutus.
const [sales, bills] = [queueOf("Myynti"), queueOf("Laskutus")];

let aino: Desk;
let onni: Desk;
let number: string;

beforeAll(async () => {
  await clear();
  // It rings long: what is on the screens meanwhile is looked at.
  for (const queue of [sales, bills]) await setQueue(queue, () => ({ wrapUpSeconds: 300, offerTimeoutSeconds: 120 }));
  number = await lineTo(sales);
  await outside(DESTINATION, OUTSIDE);
  [aino, onni] = await Promise.all([deskOf("aino", AINO), deskOf("onni", ONNI)]);
  await Promise.all([begin(aino, "aino"), begin(onni, "onni")]);
});
afterEach(async ({ task }) => {
  if (task.result?.state !== "fail") return;
  await Promise.all([shoot(aino.page, "failed-aino"), shoot(onni.page, "failed-onni")]);
});
afterAll(async () => {
  await phone.off("outside");
  await close();
});

/** Aino talks to a caller. */
async function talk(): Promise<Call> {
  const caller = await call(number);
  await aino.state("offered");
  await aino.answers();
  await aino.state("talking");
  await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AINO)]);
  return caller;
}

/** By keys alone: a few letters and Enter, with Shift to hand the caller on at once. */
async function ask(desk: Desk, whom: string, key: "Enter" | "Shift+Enter"): Promise<void> {
  await desk.see("transfer");
  await desk.press("t");
  await desk.page.locator("[data-testid=transfer-dialog][data-read]").waitFor();
  await desk.page.keyboard.type(whom);
  await desk.press(key);
  await desk.gone("transfer-dialog");
}

const second = (desk: Desk, state: string) => desk.page.locator(`[data-testid=second][data-second=${state}]`).waitFor();

let caller: Call;

test("consult by keys: the two agents speak, the caller hears music; back, and again", async () => {
  caller = await talk();
  await aino.press("t");
  await aino.page.locator("[data-testid=transfer-dialog][data-read]").waitFor();
  await expectAccessibleInBoth(aino.page, "transfer-dialog");
  await expectFits(aino.page, "transfer-dialog");
  await aino.page.keyboard.type("onn");
  await aino.press("Enter");
  await second(aino, "ringing");
  await onni.state("offered");
  expect(await onni.page.locator("[data-testid=asked-by]").textContent()).toContain("Aino Virta");
  await Promise.all([
    expectAccessibleInBoth(aino.page, "consult-ringing"),
    expectAccessibleInBoth(onni.page, "consult-asked"),
  ]);
  await onni.answers();
  await Promise.all([aino.state("consulting"), onni.state("consulting"), second(aino, "consulting")]);
  await Promise.all([aino.hears(ONNI), onni.hears(AINO), caller.hears(TUNE)]);
  await Promise.all([
    expectAccessibleInBoth(aino.page, "consult-agent"),
    expectAccessibleInBoth(onni.page, "consult-colleague"),
  ]);
  await expectFits(aino.page, "consult-agent");

  await aino.press("g");
  await Promise.all([aino.state("talking"), aino.gone("second"), onni.finishes()]);
  await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AINO)]);

  await ask(aino, "onn", "Enter");
  await onni.state("offered");
  await onni.answers();
  await Promise.all([aino.state("consulting"), caller.hears(TUNE)]);
});

test("a conference of three: each hears the two others; who leaves leaves two", async () => {
  await aino.press("n");
  await Promise.all([second(aino, "conference"), aino.state("talking"), onni.state("talking")]);
  await Promise.all([aino.hears(CALLER_HERTZ, ONNI), onni.hears(CALLER_HERTZ, AINO), caller.hears(AINO, ONNI)]);
  expect(await onni.page.locator("[data-testid=asked-by]").textContent()).toContain("Aino Virta");
  await Promise.all([
    expectAccessibleInBoth(aino.page, "conference-agent"),
    expectAccessibleInBoth(onni.page, "conference-colleague"),
  ]);
  await expectFits(aino.page, "conference-agent");
  await aino.press("e");
  await aino.finishes();
  await Promise.all([onni.hears(CALLER_HERTZ), caller.hears(ONNI), onni.gone("asked-by")]);
});

test("an attended transfer: the colleague has the caller, the agent is free", async () => {
  await ask(onni, "aino", "Enter");
  await aino.state("offered");
  await aino.answers();
  await Promise.all([second(onni, "consulting"), onni.hears(AINO)]);
  await onni.press("f");
  await Promise.all([onni.finishes(), aino.state("talking")]);
  await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AINO)]);
});

test("blind transfers: to an agent, to a queue, to a number outside", async () => {
  await ask(aino, "onni", "Shift+Enter");
  await Promise.all([aino.finishes(), onni.state("offered")]);
  await onni.answers();
  await Promise.all([onni.hears(CALLER_HERTZ), caller.hears(ONNI)]);

  await ask(onni, "myy", "Shift+Enter");
  await Promise.all([onni.finishes(), aino.state("offered")]);
  await aino.answers();
  await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AINO)]);

  await ask(aino, `${DESTINATION} 123 456`, "Shift+Enter");
  await Promise.all([aino.finishes(), phone.rings("outside")]);
  await Promise.all([caller.hears(OUTSIDE), phone.hears("outside", CALLER_HERTZ)]);
  await caller.ends();
});

test("a number outside is consulted and leaves: the caller is with the agent again, and the screen says so", async () => {
  // Who is asked rings as long as the asking agent did.
  await setQueue(sales, () => ({ offerTimeoutSeconds: 15 }));
  caller = await talk();
  await ask(aino, `${DESTINATION}777`, "Enter");
  await phone.rings("outside");
  await Promise.all([
    second(aino, "consulting"),
    aino.hears(OUTSIDE),
    phone.hears("outside", AINO),
    caller.hears(TUNE),
  ]);
  await phone.ends("outside");
  await lost("Left", `${DESTINATION}777`);
  await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AINO)]);
});

/** The screen says what became of whom was asked, and that the caller is with the agent. */
async function lost(why: string, name: string): Promise<void> {
  const told = aino.page.locator(`[data-testid=lost][data-why=${why}]`);
  await told.waitFor();
  expect(await told.textContent()).toContain(name);
  await aino.state("talking");
}

test("who is busy, does not take the call or does not answer is told in words, and the caller stays", async () => {
  await outside(DESTINATION, OUTSIDE, "Reject");
  await ask(aino, `${DESTINATION}999`, "Enter");
  await lost("Busy", `${DESTINATION}999`);

  await ask(aino, "onni", "Enter");
  await onni.state("offered");
  await onni.page.locator("[data-testid=reject]:not([data-disabled])").waitFor();
  await onni.press("x");
  await lost("Rejected", "Onni Salo");
  await expectAccessibleInBoth(aino.page, "consult-lost");
  await expectFits(aino.page, "consult-lost");

  await ask(aino, "onni", "Enter");
  await onni.state("offered");
  await lost("NoAnswer", "Onni Salo");
  await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AINO)]);
});

test("a number that may not be dialled, and a queue with nobody free, are refused in the user's language", async () => {
  const refused = async () => {
    const told = aino.page.locator("[data-testid=order-refused]");
    await told.waitFor();
    await aino.state("talking");
    return told.textContent();
  };
  await ask(aino, "+390612345", "Enter");
  expect(await refused()).toContain("+390612345 may not be dialled. The caller is with you.");
  await expectAccessibleInBoth(aino.page, "consult-refused");
  await (await api("onni"))("PUT", `/api/agents/${onni.id}/status`, { status: "Break" });
  await onni.rest("break");
  await ask(aino, "laskutus", "Enter");
  expect(await refused()).toContain("Nobody of Laskutus is free. The caller is with you.");
  await caller.hears(AINO);
});

test("a paused recording is seen and is silence in both channels", async () => {
  const me = await (await api("aino"))<{ contact: { contact: string } }>("GET", "/api/desk/me");
  await aino.press("p");
  await aino.see("paused");
  const pausedMs = await timed(async () => {
    await expectAccessibleInBoth(aino.page, "recording-paused");
    await expectFits(aino.page, "recording-paused");
    await aino.press("p");
  });
  await aino.gone("paused");
  await caller.hears(AINO);
  await aino.hears(CALLER_HERTZ);
  await aino.press("e");
  await aino.finishes();
  const last = (await recorded(me.contact.contact)).at(-1);
  tell("recording paused by the keys", [pausedMs]);
  tell("silence in the recording", [last?.length ?? 0]);
  expect(last?.length).toBeGreaterThan(pausedMs - 1_000);
});

/** The silences of the contact's recording, once it is whole; its end is no silence. */
async function recorded(contact: string): Promise<{ from: number; length: number }[]> {
  const supervisor = await api("sanna");
  const path = `/api/recordings?tenant=${energia?.id}&contact=${contact}`;
  return vi.waitFor(
    async () => {
      const { items } = await supervisor<{ items: { id: string; sealed: boolean }[] }>("GET", path);
      const wav = items[0] && (await download("sanna", `/api/recordings/${items[0].id}/audio`));
      if (!wav || !items[0]?.sealed) throw new Error(`no whole recording yet: ${JSON.stringify(items)}`);
      const end = lengthOf(wav) - 200;
      return silences(wav, 500).filter(({ from, length }) => from + length < end);
    },
    { timeout: 30_000, interval: 500 },
  );
}
