import { C } from "jssip";
import type { IncomingInfoEvent, OutgoingInfoEvent, RTCSession } from "jssip/lib/RTCSession";
import type { Path } from "./phoneState";

const DECLINE = 603;
const UNAVAILABLE = 480;
const DIGIT_MS = 100;
const DIGIT_GAP_MS = 70;
/** Chromium heals by itself for a while after it says `disconnected`; then a restart is quicker than to wait for `failed`. */
const HEAL_MS = 3_000;

/** What a call asks of the line that it came by. */
export type CallLine = {
  /** Whether a request can leave: JsSIP ends a call whose request cannot. */
  isReady(): boolean;
  /** The way of the sound is lost: is the line's too? */
  probe(): void;
  /** `isUnknown`: the gateway still has the call. */
  over(call: SipCall, isUnknown: boolean): void;
};

export type CallEvents = {
  accepted(): void;
  heard(stream: MediaStream): void;
  path(path: Path): void;
  /** The gateway said something by INFO. */
  told?(contentType: string, text: string): void;
  ended(): void;
};

/** One call of the gateway to this browser, or of this browser to the gateway itself: answer, mute, digits, and its sound sought anew when the way is lost. */
export class SipCall {
  private events: CallEvents | null = null;
  private healing: ReturnType<typeof setTimeout> | undefined;
  private isOver = false;
  private isAnswered = false;

  constructor(
    private readonly session: RTCSession,
    private readonly line: CallLine,
    /** The agent was cut off from this caller: it is answered without a word (RFC 5373). */
    readonly isResumed: boolean,
  ) {
    // An outgoing call has its connection already.
    if (session.connection) this.watch(session.connection);
    session.on("peerconnection", ({ peerconnection }) => this.watch(peerconnection));
    // One candidate is enough: the gateway learns the address from the checks (ICE-lite), waiting for more costs seconds.
    session.on("icecandidate", ({ ready }) => ready());
    session.on("accepted", () => this.events?.accepted());
    session.on("newInfo", ({ originator, info }: IncomingInfoEvent | OutgoingInfoEvent) => {
      if (String(originator) === "remote") this.events?.told?.(info.contentType, info.body);
    });
    session.on("ended", ({ cause }) => this.end(cause));
    session.on("failed", ({ cause }) => this.end(cause));
  }

  listen(events: CallEvents): void {
    this.events = events;
    if (this.isOver) events.ended();
  }

  answer(microphone: MediaStreamTrack): void {
    if (this.isOver || this.isAnswered) return;
    this.isAnswered = true;
    this.session.answer({
      mediaStream: new MediaStream([microphone]),
      pcConfig: { iceServers: [] },
    });
  }

  reject(): void {
    if (!this.isOver) this.session.terminate({ status_code: DECLINE });
  }

  /** It cannot be taken here: no miss of the agent's. */
  refuse(): void {
    if (!this.isOver) this.session.terminate({ status_code: UNAVAILABLE });
  }

  hangUp(): void {
    if (!this.isOver) this.session.terminate();
  }

  /** It rings: neither answered nor over. */
  get isRinging(): boolean {
    return !this.isOver && this.session.isInProgress();
  }

  /** The way of its sound is lost at present. */
  get isCutOff(): boolean {
    return this.session.isEstablished() && this.session.connection?.connectionState !== "connected";
  }

  mute(on: boolean): void {
    if (on) this.session.mute({ audio: true });
    else this.session.unmute({ audio: true });
  }

  /** A key of the keypad as RFC 4733 events. */
  press(digit: string): void {
    this.session.sendDTMF(digit, {
      transportType: C.DTMF_TRANSPORT.RFC2833,
      duration: DIGIT_MS,
      interToneGap: DIGIT_GAP_MS,
    });
  }

  /** Another microphone takes the place of the one that was pulled out. */
  async replace(microphone: MediaStreamTrack): Promise<void> {
    const sender = this.session.connection?.getSenders().find(({ track }) => track?.kind === "audio");
    microphone.enabled = !this.session.isMuted().audio;
    await sender?.replaceTrack(microphone);
  }

  async stats(): Promise<Record<string, unknown>[]> {
    const stats: Record<string, unknown>[] = [];
    const report = await this.session.connection?.getStats();
    report?.forEach((one: Record<string, unknown>) => {
      stats.push(one);
    });
    return stats;
  }

  /** The line is registered again: what was lost of the sound's way meanwhile is sought anew. */
  lineIsBack(): void {
    const state = this.session.connection?.connectionState;
    if (state === "failed" || state === "disconnected") this.restart();
  }

  private watch(connection: RTCPeerConnection): void {
    connection.addEventListener("track", ({ track, streams }) => {
      this.events?.heard(streams[0] ?? new MediaStream([track]));
    });
    connection.addEventListener("connectionstatechange", () => {
      clearTimeout(this.healing);
      switch (connection.connectionState) {
        case "connected":
          this.events?.path("connected");
          break;
        case "disconnected":
          this.events?.path("mending");
          this.line.probe();
          this.healing = setTimeout(() => this.restart(), HEAL_MS);
          break;
        case "failed":
          this.events?.path("mending");
          this.restart();
          break;
      }
    });
  }

  /** ICE anew by a re-INVITE; without a line it waits until that is back. */
  private restart(): void {
    if (this.isOver || !this.line.isReady() || !this.session.isReadyToReOffer()) return;
    this.session.renegotiate({ rtcOfferConstraints: { iceRestart: true } });
  }

  private end(cause: string): void {
    this.isOver = true;
    clearTimeout(this.healing);
    // Ended here alone, because a request of ours did not get through: the gateway does not know.
    const isUnknown = cause === C.causes.CONNECTION_ERROR || cause === C.causes.REQUEST_TIMEOUT;
    this.line.over(this, isUnknown);
    this.events?.ended();
  }
}
