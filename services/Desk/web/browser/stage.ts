/** The stage: a running system with real phones and callers, moved by HTTP (tests/Desk.Web.Tests/Stage.cs). */
import { randomInt, randomUUID } from "node:crypto";
import { type Browser, type BrowserContext, type BrowserServer, chromium, type Page } from "playwright-core";
import { vi } from "vitest";
import { AGENT_HERTZ, voiceSwitches } from "./voice";

const address = process.env.DESK_STAGE;
if (!address) throw new Error("DESK_STAGE is not set: run the tests of tests/Desk.Web.Tests, which open the stage");

type Demo = {
  tenants: {
    id: string;
    name: string;
    numbers: { number: string }[];
    queues: { id: string; name: string; digit: string }[];
  }[];
  users: { user: string; password: string; role: string; tenants: string[] }[];
};

async function send(method: string, path: string): Promise<Response> {
  const response = await fetch(new URL(path, address), { method });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response;
}

const told = (await (await send("GET", "/")).json()) as { url: string; demo: Demo };
export const { demo } = told;
/** Where the pages are: the system itself, or a development server before it. */
export const url = process.env.DESK_URL ?? told.url.replace(/\/$/, "");

export const phone = {
  on: (user: string, when: "Answer" | "Ring" | "Reject" = "Answer") => send("POST", `/phones/${user}/on?when=${when}`),
  off: (user: string) => send("POST", `/phones/${user}/off`),
  rings: (user: string) => send("POST", `/phones/${user}/rings`),
  answers: (user: string) => send("POST", `/phones/${user}/answers`),
  rejects: (user: string) => send("POST", `/phones/${user}/rejects`),
  ends: (user: string) => send("POST", `/phones/${user}/ends`),
  /** Waits until the phone's newest call hears those tones and nothing else. */
  hears: (user: string, ...hertz: number[]) => send("POST", `/phones/${user}/hears?${tones(hertz)}`),
};

const tones = (hertz: readonly number[]) => hertz.map((tone) => `hertz=${tone}`).join("&");

/** A phone outside, `outside` among the phones, behind a trunk of its own that allows numbers that begin so. */
export async function outside(
  destination: string,
  hertz: number,
  when: "Answer" | "Ring" | "Reject" = "Answer",
): Promise<void> {
  const response = await send("POST", `/outside/on?hertz=${hertz}&when=${when}`);
  const { address: target } = (await response.json()) as { address: string };
  const admin = await api("maarit");
  await admin("PUT", "/api/trunks/outside", {
    trustedNetworks: ["127.0.0.9/32"],
    concurrentCalls: 10,
    callsPerSecond: 10,
    target,
    destinations: [destination],
  });
}

export type Call = {
  ends(): Promise<unknown>;
  /** Waits until the caller hears those tones and nothing else. */
  hears(...hertz: number[]): Promise<unknown>;
  /** The caller presses keys, one after the other. */
  presses(keys: string): Promise<unknown>;
  /** Waits until the caller hears that key. */
  hearsKey(digit: string): Promise<unknown>;
};

/** Somebody calls the number; returns when the system has answered. */
export async function call(number: string, from = "+358401234567"): Promise<Call> {
  const path = `/calls?number=${encodeURIComponent(number)}&from=${encodeURIComponent(from)}&digit=1`;
  const { id } = (await (await send("POST", path)).json()) as { id: string };
  return {
    ends: () => send("POST", `/calls/${id}/ends`),
    presses: (keys) => send("POST", `/calls/${id}/presses?keys=${encodeURIComponent(keys)}`),
    hears: (...hertz) => send("POST", `/calls/${id}/hears?${tones(hertz)}`),
    hearsKey: (digit) => send("POST", `/calls/${id}/hears-key?digit=${encodeURIComponent(digit)}`),
  };
}

type Flow = {
  tenant: string;
  language: string;
  steps: Record<string, { queue?: { queue: string; agentLost: string } | null }>;
};
type Line = { tenant: string; kind: string; fallback: unknown };

/** A number of its own that leads straight into the queue, without the menu; with more of the flow's step, such as offers. */
export async function lineTo(queue: string, more: object = {}): Promise<string> {
  const admin = await api("maarit");
  const { items: flows } = await admin<{ items: Flow[] }>("GET", "/api/flows");
  const flow = flows.find((one) => Object.values(one.steps).some((step) => step.queue?.queue === queue));
  const step = Object.values(flow?.steps ?? {}).find((one) => one.queue?.queue === queue);
  const { items: numbers } = await admin<{ items: Line[] }>("GET", "/api/numbers");
  const like = numbers.find((one) => one.tenant === flow?.tenant);
  if (!flow || !step?.queue || !like) throw new Error(`no flow leads to the queue ${queue}`);
  const { tenant, language } = flow;
  const { agentLost } = step.queue;
  const id = randomUUID();
  const steps = { queue: { queue: { queue, music: null, agentLost, ...more } } };
  await admin("PUT", `/api/flows/${id}`, { tenant, name: "Direct", language, start: "queue", steps });
  const number = `+35899${String(randomInt(1_000_000)).padStart(6, "0")}`;
  await admin("PUT", `/api/numbers/${encodeURIComponent(number)}`, {
    tenant,
    kind: like.kind,
    flow: id,
    fallback: like.fallback,
  });
  await reached(number);
  return number;
}

/** The gateway learns of a new number a moment later. */
async function reached(number: string): Promise<void> {
  await vi.waitFor(async () => (await call(number)).ends(), { timeout: 60_000, interval: 500 });
}

type QueueSettings = { id: string; codes: { code: string; label: string }[]; [setting: string]: unknown };

/** Changes some settings of a queue. */
export async function setQueue(id: string, changes: (now: QueueSettings) => Partial<QueueSettings>): Promise<void> {
  const admin = await api("maarit");
  const { items } = await admin<{ items: QueueSettings[] }>("GET", "/api/queues");
  const now = items.find((one) => one.id === id);
  if (!now) throw new Error(`there is no queue ${id}`);
  await admin("PUT", `/api/queues/${id}`, { ...now, ...changes(now) });
}

/** No caller on the line, no phone on, no agent signed in: how a file begins. */
export async function clear(): Promise<void> {
  await send("POST", "/clear");
  const supervisor = await api("sanna");
  type Agent = { id: string; state: string; contact: string | null };
  const { items } = await supervisor<{ items: Agent[] }>("GET", "/api/agents");
  for (const { id, state, contact } of items) {
    await supervisor("PUT", `/api/agents/${id}/status`, { status: "LoggedOut" });
    if (state === "WrapUp")
      await supervisor("POST", `/api/agents/${id}/disposition`, { contact, code: "done" }).catch(() => {});
  }
}

function passwordOf(user: string): string {
  const known = demo.users.find((one) => one.user === user);
  if (!known) throw new Error(`the demo has no user ${user}`);
  return known.password;
}

async function tokenOf(user: string): Promise<string> {
  const signed = await fetch(`${url}/api/sign-in`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user, password: passwordOf(user) }),
  });
  return ((await signed.json()) as { token: string }).token;
}

/** A file as a user; null while it is not there. */
export async function download(user: string, path: string): Promise<Buffer | null> {
  const response = await fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${await tokenOf(user)}` } });
  return response.ok ? Buffer.from(await response.arrayBuffer()) : null;
}

/** The API as a user, for what prepares a test. */
export async function api(user: string) {
  const token = await tokenOf(user);
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    const told = await response.text();
    return (told === "" ? undefined : JSON.parse(told)) as T;
  };
}

/** By the tone that their microphone speaks: it is the whole browser's. */
const browsers = new Map<number, Promise<Browser>>();
const machines: Machine[] = [];

export async function open(
  options: { language?: string; dark?: boolean; width?: number; height?: number; hertz?: number } = {},
): Promise<{
  page: Page;
  context: BrowserContext;
}> {
  const hertz = options.hertz ?? AGENT_HERTZ;
  const opening = browsers.get(hertz) ?? launch(hertz);
  browsers.set(hertz, opening);
  const context = await (await opening).newContext({
    locale: options.language ?? "en-GB",
    timezoneId: "Europe/Helsinki",
    colorScheme: options.dark ? "dark" : "light",
    reducedMotion: "reduce",
    viewport: { width: options.width ?? 1366, height: options.height ?? 768 },
  });
  context.setDefaultTimeout(30_000);
  return { page: await context.newPage(), context };
}

/** A PC of its own with one page, which can be put to sleep: all of its processes stand still. */
export class Machine {
  private constructor(
    private readonly server: BrowserServer,
    readonly context: BrowserContext,
  ) {}

  static async on(hertz: number): Promise<Machine> {
    const server = await chromium.launchServer(switches(hertz));
    const browser = await chromium.connect(server.wsEndpoint());
    const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1366, height: 768 } });
    context.setDefaultTimeout(30_000);
    const machine = new Machine(server, context);
    machines.push(machine);
    return machine;
  }

  sleeps(): void {
    this.signal("SIGSTOP");
  }

  wakes(): void {
    this.signal("SIGCONT");
  }

  async off(): Promise<void> {
    this.wakes();
    await this.server.close();
  }

  /** The browser leads a process group of its own, in which all of its processes are. */
  private signal(name: "SIGSTOP" | "SIGCONT"): void {
    process.kill(-(this.server.process().pid as number), name);
  }
}

function launch(hertz: number): Promise<Browser> {
  return chromium.launch(switches(hertz));
}

function switches(hertz: number) {
  return {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...voiceSwitches(hertz),
    ],
  };
}

export async function close(): Promise<void> {
  const opened = [...browsers.values()];
  browsers.clear();
  for (const browser of opened) await (await browser).close();
  for (const machine of machines.splice(0)) await machine.off();
}

/** Signs in; when Enter was pressed. */
export async function signIn(page: Page, user: string, at = url): Promise<number> {
  await page.goto(at);
  await page.locator("input[name=user]").fill(user);
  await page.locator("input[name=password]").fill(passwordOf(user));
  const pressed = performance.now();
  await page.keyboard.press("Enter");
  await page.locator("#content").waitFor();
  return pressed;
}

export const center = {
  dies: () => send("POST", "/center/dies"),
  starts: () => send("POST", "/center/starts"),
};
