/** From one party of a consult to the other and back, as often as wanted: who hears whom, and what each screen says. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { begin, type Desk, deskOf } from "./desk";
import { expectAccessibleInBoth, expectFits } from "./looks";
import { tell, timed, turns, within } from "./measure";
import { call, clear, close, demo, lineTo, setQueue } from "./stage";
import { CALLER_HERTZ } from "./voice";

const AINO = 1_000;
const ONNI = 1_700;
/** The system's own tune of a caller who waits. */
const TUNE = 261.6;

const energia = demo.tenants.find((tenant) => tenant.name.includes("Energia"));
const queueOf = (name: string) => {
  const found = energia?.queues.find((one) => one.name === name);
  if (!found) throw new Error(`the demo has no ${name}`);
  return found.id;
};
const [sales, bills] = [queueOf("Myynti"), queueOf("Laskutus")];

let aino: Desk;
let onni: Desk;
let number: string;

beforeAll(async () => {
  await clear();
  for (const queue of [sales, bills]) await setQueue(queue, () => ({ wrapUpSeconds: 300, offerTimeoutSeconds: 120 }));
  number = await lineTo(sales);
  [aino, onni] = await Promise.all([deskOf("aino", AINO), deskOf("onni", ONNI)]);
  await Promise.all([begin(aino, "aino"), begin(onni, "onni")]);
});
afterAll(close);

const second = (state: string) => aino.page.locator(`[data-testid=second][data-second=${state}]`).waitFor();
const asked = (word: string) => onni.page.locator(`[data-testid=asked-by][data-asked="${word}"]`).waitFor();

test(
  "who is left meanwhile waits, and is there again",
  async () => {
    const caller = await call(number);
    await aino.state("offered");
    await aino.answers();
    await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AINO)]);
    await aino.press("t");
    await aino.page.locator("[data-testid=transfer-dialog][data-read]").waitFor();
    await aino.page.keyboard.type("onn");
    await aino.press("Enter");
    await onni.state("offered");
    await onni.answers();
    await Promise.all([aino.state("consulting"), caller.hears(TUNE), aino.hears(ONNI), onni.hears(AINO)]);
    const times: number[] = [];
    for (let turn = 0; turn < turns(2); turn++) {
      times.push(
        await timed(async () => {
          await aino.press("o");
          await Promise.all([second("waiting"), aino.state("talking"), asked("second.waitingApart")]);
          await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AINO), onni.hears()]);
        }),
      );
      if (turn === 0) {
        await expectAccessibleInBoth(aino.page, "consult-waiting");
        await expectAccessibleInBoth(onni.page, "consult-waits");
        await expectFits(aino.page, "consult-waiting");
      }
      times.push(
        await timed(async () => {
          await aino.press("o");
          await Promise.all([second("consulting"), aino.state("consulting"), asked("second.talkingApart")]);
          await Promise.all([aino.hears(ONNI), onni.hears(AINO), caller.hears(TUNE)]);
        }),
      );
    }
    tell("from one party of a consult to the other and its sound", times);
    expect(times).toHaveLength(2 * turns(2));
    await aino.press("o");
    await second("waiting");
    await aino.press("f");
    await Promise.all([aino.finishes(), onni.hears(CALLER_HERTZ), caller.hears(ONNI)]);
    await caller.ends();
    await onni.finishes();
  },
  within(turns(2), 40),
);
