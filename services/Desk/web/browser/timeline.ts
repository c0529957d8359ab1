/** The steps of a recovery, as the page's requests, its SIP socket and its marks show them, and the CPU time that the page needs for them. */
import type { CDPSession, Page, Request, WebSocket } from "playwright-core";
import { tell, tellAmounts } from "./measure";

const STEPS = [
  "page",
  "who is in",
  "microphone asked",
  "microphone",
  "token asked",
  "token",
  "socket",
  "REGISTER",
  "registered",
  "INVITE",
  "answered",
  "sound's way",
] as const;
type Step = (typeof STEPS)[number];

/** What Chromium has counted of a page's process, in seconds. */
const COSTS = { ProcessTime: "process", ScriptDuration: "scripts", LayoutDuration: "layout" } as const;
type Costs = Map<string, number>;

export class Timeline {
  /** The recovery's beginning. */
  since = 0;
  private begun = 0;
  private readonly at = new Map<Step, number>();
  private readonly told = new Map<Step, number[]>();
  private readonly spent = new Map<string, number[]>();
  private readonly watched = new WeakMap<Page, CDPSession>();
  private costs: Costs = new Map();

  /** What the page does counts from the last `begin` on, what it costs from here on. */
  async watch(page: Page): Promise<void> {
    if (!this.watched.has(page)) {
      const session = await page.context().newCDPSession(page);
      await session.send("Performance.enable");
      this.watched.set(page, session);
      page.on("request", (request) => this.asked(request));
      page.on("response", (response) => {
        if (pathOf(response.request()) === "/api/sign-in/sip") this.mark("token");
      });
      page.on("websocket", (socket) => this.opened(socket));
    }
    this.costs = await this.costsOf(page);
  }

  begin(): void {
    this.begun = performance.now();
    this.at.clear();
  }

  /** The latest step since `begin`. */
  last(): string {
    const [step, at] = [...this.at].sort(([, one], [, other]) => other - one)[0] ?? [];
    return step === undefined || at === undefined ? "nothing" : `${step} after ${Math.round(at - this.begun)} ms`;
  }

  /** Keeps what was seen since `begin`; the page tells of its microphone and its sound by marks (`phoneHere`). */
  async end(page: Page): Promise<void> {
    const after = await this.costsOf(page);
    const marks = await page.evaluate(() =>
      performance
        .getEntriesByType("mark")
        .map(({ name, startTime }) => ({ name, at: performance.timeOrigin + startTime })),
    );
    for (const { name, at } of marks) {
      const since = at - performance.timeOrigin;
      if ((STEPS as readonly string[]).includes(name) && since > this.since) this.mark(name as Step, since);
    }
    for (const [step, at] of this.at) if (at >= this.since) append(this.told, step, at - this.since);
    for (const [name, seconds] of after) {
      const before = this.costs.get(name) ?? 0;
      // A page that got another process begins from nothing.
      append(this.spent, name, (seconds >= before ? seconds - before : seconds) * 1_000);
    }
  }

  tell(what: string): void {
    for (const step of STEPS) {
      const times = this.told.get(step);
      if (times) tell(`${what}: ${step}`, times);
    }
    for (const [name, times] of this.spent) tellAmounts(`${what}: CPU of the page's ${name}`, times, "ms");
    this.told.clear();
    this.spent.clear();
  }

  private async costsOf(page: Page): Promise<Costs> {
    const { metrics } = (await this.watched.get(page)?.send("Performance.getMetrics")) ?? { metrics: [] };
    const names: Record<string, string> = COSTS;
    return new Map(metrics.flatMap(({ name, value }) => (names[name] ? [[names[name], value] as const] : [])));
  }

  private asked(request: Request): void {
    const path = pathOf(request);
    if (path === "/") this.mark("page");
    if (path === "/api/desk/me") this.mark("who is in");
    if (path === "/api/sign-in/sip") this.mark("token asked");
  }

  private opened(socket: WebSocket): void {
    if (!socket.url().endsWith("/sip")) return;
    this.mark("socket");
    socket.on("framesent", ({ payload }) => {
      const text = String(payload);
      if (text.startsWith("REGISTER")) this.mark("REGISTER");
      if (text.startsWith("SIP/2.0 200") && /^CSeq: \d+ INVITE/m.test(text)) this.mark("answered");
    });
    socket.on("framereceived", ({ payload }) => {
      const text = String(payload);
      if (text.startsWith("INVITE")) this.mark("INVITE");
      if (text.startsWith("SIP/2.0 200") && /^CSeq: \d+ REGISTER/m.test(text)) this.mark("registered");
    });
  }

  private mark(step: Step, at = performance.now()): void {
    if (!this.at.has(step)) this.at.set(step, at);
  }
}

function append<K>(lists: Map<K, number[]>, key: K, value: number): void {
  lists.set(key, [...(lists.get(key) ?? []), value]);
}

function pathOf(request: Request): string {
  return new URL(request.url()).pathname;
}
