/** An agent at work in a browser of its own, whose microphone speaks a tone. */
import type { BrowserContext, Page } from "playwright-core";
import { api, type Machine, open, signIn } from "./stage";
import { hears, phoneHere } from "./voice";

/** What the house says of an agent. */
export type AgentItem = { id: string; user: string; status: string; state: string; contact: string | null };

export type Desk = {
  id: string;
  page: Page;
  context: BrowserContext;
  press(...keys: string[]): Promise<void>;
  agent(): Promise<AgentItem>;
  /** Waits until the contact in hand is in that state. */
  state(name: string): Promise<void>;
  /** Waits until there is no contact in hand, and the agent is so. */
  rest(name: string): Promise<void>;
  see(test: string): Promise<void>;
  gone(test: string): Promise<void>;
  hears(...hertz: number[]): Promise<void>;
  /** Takes the call that rings. */
  answers(): Promise<void>;
  /** Ends the wrap-up with its first code. */
  finishes(): Promise<void>;
};

/** Signs the user in, with the phone in this browser; nothing is offered yet. */
export async function deskOf(
  user: string,
  hertz: number,
  prepare: (context: BrowserContext) => Promise<unknown> = async () => {},
  where: { at?: string; machine?: Machine } = {},
): Promise<Desk> {
  const supervisor = await api("sanna");
  const { items } = await supervisor<{ items: AgentItem[] }>("GET", "/api/agents");
  const id = items.find((one) => one.user === user)?.id;
  if (!id) throw new Error(`the demo has no agent ${user}`);
  const context = where.machine?.context ?? (await open({ hertz })).context;
  const page = context.pages()[0] ?? (await context.newPage());
  await phoneHere(context, id);
  await prepare(context);
  page.on("console", (message) => message.type() === "error" && console.log(`${user}'s browser:`, message.text()));
  await signIn(page, user, where.at);
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const state = (name: string) => page.locator(`[data-contact-state=${name}]`).waitFor();
  const rest = (name: string) => page.locator(`[data-rest-state=${name}]`).waitFor();
  return {
    id,
    page,
    context,
    agent: () => supervisor<AgentItem>("GET", `/api/agents/${id}`),
    press,
    state,
    rest,
    see: (test) => page.locator(`[data-testid=${test}]`).first().waitFor(),
    gone: (test) => page.locator(`[data-testid=${test}]`).first().waitFor({ state: "detached" }),
    hears: (...tones) => hears(page, ...tones),
    answers: async () => {
      await page.locator("[data-testid=answer]:not([data-disabled])").waitFor();
      await press("a");
    },
    finishes: async () => {
      await state("wrapUp");
      await press("1", "Enter");
      await rest("ready");
    },
  };
}

/** The shift begins: without the sound check, which has a test of its own. */
export async function begin(desk: Desk, user: string): Promise<void> {
  await (await api(user))("PUT", `/api/agents/${desk.id}/status`, { status: "Available" });
  await desk.page.locator("[data-testid=phone-line][data-line=ready]").waitFor();
  await desk.rest("ready");
}
