/** The steps of a recovery, as the page's requests and its SIP socket show them: which of them takes the time. */
import type { Page, Request, WebSocket } from "playwright-core";
import { tell } from "./measure";

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
] as const;
type Step = (typeof STEPS)[number];

export class Timeline {
  /** The recovery's beginning. */
  since = 0;
  private readonly at = new Map<Step, number>();
  private readonly told = new Map<Step, number[]>();
  private readonly watched = new WeakSet<Page>();

  /** What the page does counts from the last `begin` on. */
  watch(page: Page): void {
    if (this.watched.has(page)) return;
    this.watched.add(page);
    page.on("request", (request) => this.asked(request));
    page.on("response", (response) => {
      if (pathOf(response.request()) === "/api/sign-in/sip") this.mark("token");
    });
    page.on("websocket", (socket) => this.opened(socket));
  }

  begin(): void {
    this.since = performance.now();
    this.at.clear();
  }

  /** Keeps what was seen since `begin`; the page tells of its microphone by marks (`phoneHere`). */
  async end(page: Page): Promise<void> {
    const marks = await page.evaluate(() =>
      performance
        .getEntriesByType("mark")
        .map(({ name, startTime }) => ({ name, at: performance.timeOrigin + startTime })),
    );
    for (const { name, at } of marks) {
      const since = at - performance.timeOrigin;
      if ((STEPS as readonly string[]).includes(name) && since > this.since) this.mark(name as Step, since);
    }
    for (const [step, at] of this.at) this.told.set(step, [...(this.told.get(step) ?? []), at - this.since]);
  }

  tell(what: string): void {
    for (const step of STEPS) {
      const times = this.told.get(step);
      if (times) tell(`${what}: ${step}`, times);
    }
    this.told.clear();
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

function pathOf(request: Request): string {
  return new URL(request.url()).pathname;
}
