/** An agent whose phone is the browser, at work on one queue. */
import type { BrowserContext, Page } from "playwright-core";
import type { Network } from "./network";
import { api, type Call, call, clear, demo, lineTo, open, setQueue, signIn } from "./stage";
import { AGENT_HERTZ, CALLER_HERTZ, hears, phoneHere } from "./voice";

export class AgentInBrowser {
  private constructor(
    readonly user: string,
    readonly id: string,
    /** Leads straight into the agent's queue. */
    readonly number: string,
    public context: BrowserContext,
    public page: Page,
  ) {}

  /** Signed in at an open page, its shift begun. */
  static async begin(user: string, network?: Network): Promise<AgentInBrowser> {
    const queue = demo.tenants.flatMap(({ queues }) => queues).find(({ name }) => name === "Myynti");
    if (!queue) throw new Error("the demo has no Myynti");
    await setQueue(queue.id, () => ({ wrapUpSeconds: 120 }));
    const number = await lineTo(queue.id);
    const { items } = await (await api("sanna"))<{ items: { id: string; user: string }[] }>("GET", "/api/agents");
    const found = items.find((one) => one.user === user);
    if (!found) throw new Error(`the demo has no agent ${user}`);
    const { page, context } = await open();
    await phoneHere(context, found.id);
    await network?.carrySound(context);
    const agent = new AgentInBrowser(user, found.id, number, context, page);
    await signIn(page, user, network?.url);
    await agent.rest("offline");
    await page.keyboard.press("r");
    await page.locator("[data-testid=check-good]").click();
    await agent.rest("ready");
    await agent.line("ready");
    return agent;
  }

  /** After something went wrong: nobody on the line, a new page, at work and free. */
  async startOver(network: Network): Promise<void> {
    await this.context.close();
    network.restore();
    await clear();
    Object.assign(this, await open());
    await phoneHere(this.context, this.id);
    await network.carrySound(this.context);
    await signIn(this.page, this.user, network.url);
    await (await api(this.user))("PUT", `/api/agents/${this.id}/status`, { status: "Available" });
    // A wrap-up that nobody can end lasts for two minutes.
    await this.page.locator("[data-rest-state=ready]").waitFor({ timeout: 150_000 });
    await this.line("ready");
  }

  state(name: string) {
    return this.page.locator(`[data-contact-state=${name}]`).waitFor();
  }

  rest(name: string) {
    return this.page.locator(`[data-rest-state=${name}]`).waitFor();
  }

  line(name: string) {
    return this.page.locator(`[data-testid=phone-line][data-line=${name}]`).waitFor();
  }

  /** A caller whom the agent talks to: each hears the other. */
  async talk(from?: string): Promise<Call> {
    const caller = await call(this.number, from);
    await this.state("offered");
    await this.page.keyboard.press("a");
    await this.state("talking");
    await this.bothHear(caller);
    return caller;
  }

  bothHear(caller: Call): Promise<unknown> {
    return Promise.all([hears(this.page, CALLER_HERTZ), caller.hears(AGENT_HERTZ)]);
  }

  /** Waits until the page has lost its sound's way: the network is cut indeed. */
  async isCutOff(): Promise<void> {
    await this.page.waitForFunction(() => {
      const { connections } = window as unknown as { connections: RTCPeerConnection[] };
      return connections.at(-1)?.connectionState !== "connected";
    });
  }

  /** The wrap-up's first code. */
  async finish(): Promise<void> {
    await this.state("wrapUp");
    await this.page.keyboard.press("1");
    await this.page.keyboard.press("Enter");
    await this.rest("ready");
  }
}
