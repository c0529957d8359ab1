/** A PC that sleeps: nobody is offered to it meanwhile, and on waking the screen is true by itself with all that was being written. */
import { randomInt } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { begin, type Desk, deskOf } from "./desk";
import { expectAccessibleInBoth, expectFits } from "./looks";
import { tell, timed, turns, within } from "./measure";
import { call, clear, close, demo, lineTo, Machine, setQueue } from "./stage";
import { AGENT_HERTZ, CALLER_HERTZ } from "./voice";

const queue = demo.tenants.flatMap((tenant) => tenant.queues).find((one) => one.name === "Myynti");
if (!queue) throw new Error("the demo has no Myynti");
/** Longer than the house waits for any sign of life; 30 minutes in a soak. */
const SLEEP_MS = Number(process.env.DESK_SLEEP_SECONDS ?? 35) * 1_000;
/** Another one each time: what the card holds already is nothing that is being written. */
const newDraft = () => `Wants the new meter before Friday; call back about ${randomInt(1_000_000)}.`;

let machine: Machine;
let aino: Desk;
let number: string;

const is = (state: string) =>
  vi.waitFor(async () => expect((await aino.agent()).state).toBe(state), { timeout: 120_000, interval: 100 });
const asleep = () => new Promise((resolve) => setTimeout(resolve, SLEEP_MS));

beforeAll(async () => {
  await clear();
  await setQueue(queue.id, () => ({ wrapUpSeconds: 5, offerTimeoutSeconds: 30, popSeconds: 1 }));
  number = await lineTo(queue.id);
  machine = await Machine.on(AGENT_HERTZ);
  aino = await deskOf("aino", AGENT_HERTZ, undefined, { machine });
  await begin(aino, "aino");
});
afterAll(close);

test(
  "asleep at rest: not routable, and true again on waking",
  async () => {
    const gone: number[] = [];
    const screens: number[] = [];
    const lines: number[] = [];
    for (let turn = 0; turn < turns(1); turn++) {
      const over = asleep();
      machine.sleeps();
      gone.push(await timed(() => is("Unreachable")));
      const caller = await call(number);
      await over;
      // Nobody is offered to who sleeps.
      expect((await aino.agent()).state).toBe("Unreachable");
      await caller.ends();
      machine.wakes();
      const [screen, line] = await Promise.all([
        timed(async () => {
          await aino.page.locator("[data-rest-state=notResponding], [data-rest-state=ready]").waitFor();
          await aino.gone("link-lost");
        }),
        timed(async () => {
          await is("Idle");
          await aino.page.locator("[data-testid=phone-line][data-line=ready]").waitFor();
          await aino.rest("ready");
        }),
      ]);
      screens.push(screen);
      lines.push(line);
    }
    tell("asleep to not routable", gone);
    tell("awake to a live screen", screens);
    tell("awake to the phone's line and Ready", lines);
  },
  within(turns(1), 60 + SLEEP_MS / 1_000),
);

test(
  "asleep in a call, writing: what is on the screen is true, and what was written is whole",
  async () => {
    const back: number[] = [];
    let draft = "";
    for (let turn = 0; turn < turns(1); turn++) {
      draft = newDraft();
      const caller = await call(number);
      await aino.state("offered");
      await aino.answers();
      await Promise.all([aino.hears(CALLER_HERTZ), caller.hears(AGENT_HERTZ)]);
      await aino.see("customer-name");
      await aino.press("c");
      await aino.page.getByTestId("customer-notes").fill(draft);
      const over = asleep();
      machine.sleeps();
      await is("Unreachable");
      await caller.ends();
      await over;
      back.push(
        await timed(async () => {
          machine.wakes();
          await aino.page.locator("[data-testid=left-notes]", { hasText: draft }).waitFor();
          await aino.rest("ready");
          await aino.gone("link-lost");
        }),
      );
      if (turn === 0) {
        await expectAccessibleInBoth(aino.page, "left-draft");
        await expectFits(aino.page, "left-draft");
      }
      await aino.page.getByTestId("left-save").click();
      await aino.gone("left-draft");
    }
    tell("awake to the truth with the draft", back);
    const caller = await call(number);
    await aino.state("offered");
    await aino.page.getByText(draft).waitFor();
    await caller.ends();
  },
  within(turns(1), 90 + SLEEP_MS / 1_000),
);
