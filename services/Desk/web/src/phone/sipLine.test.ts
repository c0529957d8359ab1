import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SipLine } from "./sipLine";

const TOKEN_MS = 300_000;
const made = vi.hoisted(() => ({ agents: [] as FakeAgent[] }));

type Handler = (event: unknown) => void;
/** JsSIP's user agent as far as the line needs it. */
type FakeAgent = {
  isUp: boolean;
  registers: number;
  tells(event: string, about?: unknown): void;
};

vi.mock("jssip", () => ({
  UA: class {
    isUp = false;
    registers = 0;
    private readonly handlers = new Map<string, Handler>();
    constructor() {
      made.agents.push(this);
    }
    on(event: string, handler: Handler) {
      this.handlers.set(event, handler);
    }
    tells(event: string, about: unknown = {}) {
      this.isUp = event === "registered" || (this.isUp && event === "newRTCSession");
      this.handlers.get(event)?.(about);
    }
    start() {}
    stop() {}
    set() {}
    isConnected() {
      return this.isUp;
    }
    isRegistered() {
      return this.isUp;
    }
    register() {
      this.registers++;
    }
  },
  C: { causes: {} },
}));
vi.mock("./sipToken", () => ({
  signInPhone: async () => ({ uri: "sip:u@callcenter", token: "t", expiresAt: "", epoch: 1 }),
  isTakenOver: () => false,
  untilRenewal: () => TOKEN_MS - 60_000,
}));

const events = {
  registering: vi.fn(),
  registered: vi.fn(),
  lost: vi.fn(),
  superseded: vi.fn(),
  invited: vi.fn(),
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("location", { protocol: "http:", host: "desk" });
  made.agents.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});

async function registered(): Promise<FakeAgent> {
  const line = new SipLine(events);
  line.open();
  await vi.advanceTimersByTimeAsync(0);
  const agent = made.agents[0] as FakeAgent;
  agent.tells("registered");
  return agent;
}

test("a token that is renewed registers again and leaves the line as it is", async () => {
  const agent = await registered();
  expect(events.registering).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(TOKEN_MS);
  expect(agent.registers).toBe(1);
  expect(events.registering).toHaveBeenCalledTimes(1);
  expect(events.lost).not.toHaveBeenCalled();
});

test("a line whose registration is lost says so, and that it registers when its token is renewed meanwhile", async () => {
  const agent = await registered();
  agent.tells("disconnected", {});
  expect(events.lost).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(TOKEN_MS);
  expect(events.registering).toHaveBeenCalledTimes(2);
});

/** A call of the gateway that rings until it is terminated. */
function ringing() {
  const handlers = new Map<string, Handler>();
  const session = {
    isOver: false,
    connection: null,
    on: (event: string, handler: Handler) => handlers.set(event, handler),
    isInProgress: () => !session.isOver,
    isEstablished: () => false,
    terminate: () => {
      session.isOver = true;
      handlers.get("failed")?.({ cause: "Rejected" });
    },
  };
  return { originator: "remote", session, request: { getHeader: () => null } };
}

test("what rings is over when the socket is lost", async () => {
  const agent = await registered();
  const call = ringing();
  agent.tells("newRTCSession", call);
  expect(events.invited).toHaveBeenCalledTimes(1);
  agent.tells("disconnected", {});
  expect(call.session.isOver).toBe(true);
});

test("the newest of two calls that ring is the one that rings at the gateway", async () => {
  const agent = await registered();
  const [old, newest] = [ringing(), ringing()];
  agent.tells("newRTCSession", old);
  agent.tells("newRTCSession", newest);
  expect(old.session.isOver).toBe(true);
  expect(newest.session.isOver).toBe(false);
  expect(events.invited).toHaveBeenCalledTimes(2);
});
