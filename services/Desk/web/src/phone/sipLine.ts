import { UA } from "jssip";
import type { RTCSession } from "jssip/lib/RTCSession";
import type { IncomingRTCSessionEvent, OutgoingRTCSessionEvent } from "jssip/lib/UA";
import { type CallLine, SipCall } from "./sipCall";
import { SipSocket } from "./sipSocket";
import { isTakenOver, type SipSignIn, signInPhone, untilRenewal } from "./sipToken";

/** Close code of the gateway: the telephone was signed in anew elsewhere. */
const SUPERSEDED = 4001;
const REGISTER_SECONDS = 300;
const RETRY_MS = [500, 1_000, 2_000, 4_000];
const BUSY_HERE = 486;

/** What a page may call: user parts of the gateway's own URIs. */
export type GatewayService = "echo" | "standing-leg";

export type LineEvents = {
  registering(): void;
  registered(): void;
  lost(): void;
  superseded(): void;
  invited(call: SipCall): void;
};

/**
 * The registration: a token of the sign-in, a socket, REGISTER; each comes back by itself for as long as the line is
 * open. With `sipCall.ts` the only door to JsSIP.
 */
export class SipLine {
  private isOpen = false;
  /** Asked for before the line is opened. */
  private prepared: { signIn: Promise<SipSignIn>; socket: SipSocket } | null = null;
  private signIn: SipSignIn | null = null;
  private ua: UA | null = null;
  private socket: SipSocket | null = null;
  private call: SipCall | null = null;
  /** Calls of this page to the gateway itself. */
  private readonly own = new Set<SipCall>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  /** Of what was begun the newest counts. */
  private turn = 0;

  constructor(private readonly events: LineEvents) {}

  /** The line will be opened in a moment: token and socket are asked for; nobody can be rung before REGISTER. */
  prepare(): void {
    if (this.isOpen || this.ua || this.prepared) return;
    const signIn = signInPhone(this.signIn?.epoch ?? null);
    signIn.catch(() => {});
    this.prepared = { signIn, socket: newSocket() };
    this.prepared.socket.connect();
  }

  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.attempt = 0;
    void this.begin();
  }

  close(): void {
    this.isOpen = false;
    clearTimeout(this.timer);
    this.ua?.stop();
    this.ua = null;
    this.socket = null;
    this.prepared?.socket.disconnect();
    this.prepared = null;
  }

  /** Forgets the sign-in: the next `open` takes the telephone over. */
  forget(): void {
    this.signIn = null;
  }

  /** The network has changed or was asleep: a line that is down is tried at once, one that looks alive is asked for a sign of life. */
  networkChanged(): void {
    if (!this.isOpen) return;
    this.attempt = 0;
    if (!this.ua) void this.begin();
    else if (this.ua.isConnected()) this.socket?.probe();
    // JsSIP would wait for a second or more.
    else (this.ua as unknown as { _transport: { connect(): void } })._transport.connect();
  }

  /** Calls the gateway itself; null while the line is not registered. */
  callGateway(service: GatewayService, microphone: MediaStreamTrack): SipCall | null {
    if (!this.ua?.isRegistered()) return null;
    const session = this.ua.call(service, {
      mediaStream: new MediaStream([microphone]),
      mediaConstraints: { audio: true, video: false },
      pcConfig: { iceServers: [] },
    });
    const line: CallLine = {
      isReady: () => this.ua?.isRegistered() === true,
      probe: () => this.socket?.probe(),
      over: (over) => this.own.delete(over),
    };
    const call = new SipCall(session, line, false);
    this.own.add(call);
    return call;
  }

  private async begin(): Promise<void> {
    const turn = ++this.turn;
    clearTimeout(this.timer);
    // A token that is renewed leaves the registration as it is: JsSIP says nothing of a REGISTER that only prolongs it.
    if (!this.ua?.isRegistered()) this.events.registering();
    const prepared = this.prepared;
    this.prepared = null;
    try {
      const signIn = await (prepared?.signIn ?? signInPhone(this.signIn?.epoch ?? null));
      if (!this.isOpen || turn !== this.turn) {
        prepared?.socket.disconnect();
        return;
      }
      this.keep(signIn);
      if (!this.ua) this.connect(signIn, prepared?.socket ?? newSocket());
      // Without a socket JsSIP registers by itself as soon as it has one.
      else if (this.ua.isConnected()) this.ua.register();
    } catch (error) {
      prepared?.socket.disconnect();
      if (!this.isOpen || turn !== this.turn) return;
      if (isTakenOver(error)) this.supersede();
      else this.again();
    }
  }

  private keep(signIn: SipSignIn): void {
    this.signIn = signIn;
    this.ua?.set("authorization_jwt", `Bearer ${signIn.token}`);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.begin(), untilRenewal(signIn));
  }

  /** Tries again; the first time soon, then ever more seldom. */
  private again(): void {
    this.events.lost();
    clearTimeout(this.timer);
    const wait = RETRY_MS[Math.min(this.attempt++, RETRY_MS.length - 1)];
    this.timer = setTimeout(() => void this.begin(), wait);
  }

  private connect({ uri, token }: SipSignIn, socket: SipSocket): void {
    const ua = new UA({
      sockets: socket,
      uri,
      authorization_jwt: `Bearer ${token}`,
      register_expires: REGISTER_SECONDS,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 2,
      no_answer_timeout: 120,
      user_agent: "CallCenter desk",
    });
    this.ua = ua;
    this.socket = socket;
    ua.on("registered", () => {
      this.attempt = 0;
      this.events.registered();
      for (const call of [this.call, ...this.own]) call?.lineIsBack();
    });
    ua.on("registrationFailed", () => this.isOpen && this.ua === ua && ua.isConnected() && this.again());
    ua.on("disconnected", ({ code }) => {
      if (!this.isOpen || this.ua !== ua) return;
      // The gateway ends what rings by a socket that it has lost; its CANCEL has no way here any more.
      if (this.call?.isRinging) this.call.hangUp();
      if (code === SUPERSEDED) this.supersede();
      else this.events.lost();
    });
    ua.on("newRTCSession", ({ originator, session, request }: IncomingRTCSessionEvent | OutgoingRTCSessionEvent) => {
      if (String(originator) === "remote") this.invited(session, request.getHeader("Answer-Mode") === "Auto");
    });
    ua.start();
  }

  private invited(session: RTCSession, isResumed: boolean): void {
    // One whose sound is gone, or that still rings, is over for the gateway too: it would not call otherwise.
    if (this.call?.isCutOff || this.call?.isRinging) this.call.hangUp();
    if (this.call) {
      session.terminate({ status_code: BUSY_HERE });
      return;
    }
    const line: CallLine = {
      isReady: () => this.ua?.isRegistered() === true,
      probe: () => this.socket?.probe(),
      over: (over, isUnknown) => {
        if (this.call === over) this.call = null;
        if (isUnknown) this.renew();
      },
    };
    const call = new SipCall(session, line, isResumed);
    this.call = call;
    this.events.invited(call);
  }

  /** Registers as another page would: the gateway ends what the old one had, and calls here for it. */
  private renew(): void {
    if (!this.isOpen) return;
    this.ua?.stop();
    this.ua = null;
    this.again();
  }

  private supersede(): void {
    this.close();
    this.forget();
    this.events.superseded();
  }
}

function newSocket(): SipSocket {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return new SipSocket(`${scheme}//${location.host}/sip`);
}
