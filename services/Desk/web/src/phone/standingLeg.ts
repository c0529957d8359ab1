import type { Path } from "./phoneState";
import type { SipCall } from "./sipCall";

const CALL_AGAIN_MS = 2_000;

/** What the gateway says of a leg that stands, by INFO. */
export const LEG_NEWS = "application/vnd.callcenter.standing-leg";

export type LegIs = "off" | "calling" | "up";

export type LegEvents = {
  /** The open microphone; null while there is none. */
  microphone(): MediaStreamTrack | null;
  /** Calls the gateway; null while there is no line. */
  call(microphone: MediaStreamTrack): SipCall | null;
  is(state: LegIs): void;
  /** A caller was joined: the leg is the call from now on. */
  joined(call: SipCall, sound: MediaStream | null): void;
  path(path: Path): void;
  /** The caller is gone, or the leg with it. */
  left(): void;
};

/**
 * The leg that stays up for a shift: called once, muted while there is no caller, called again two seconds after it was
 * lost. A caller that the gateway joins to it rings nothing.
 */
export class StandingLeg {
  private leg: SipCall | null = null;
  private stream: MediaStream | null = null;
  // Its own, so that its being muted is nobody else's.
  private track: MediaStreamTrack | null = null;
  private isWanted = false;
  private isJoined = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly events: LegEvents) {}

  want(isWanted: boolean): void {
    if (isWanted === this.isWanted) return;
    this.isWanted = isWanted;
    clearTimeout(this.timer);
    // A conversation goes on; the leg goes with its end.
    if (this.isJoined) return;
    if (isWanted) this.begin();
    else this.close();
  }

  has(call: SipCall | null): boolean {
    return call !== null && call === this.leg;
  }

  /** Another microphone speaks; while there is no caller it does not. */
  async replace(microphone: MediaStreamTrack): Promise<void> {
    if (!this.leg) return;
    const before = this.track;
    this.track = microphone.clone();
    await this.leg.replace(this.track);
    before?.stop();
  }

  private begin(): void {
    this.events.is("calling");
    const track = this.events.microphone()?.clone();
    const leg = track && this.events.call(track);
    if (!leg) {
      track?.stop();
      this.again();
      return;
    }
    [this.leg, this.track] = [leg, track];
    leg.listen({
      accepted: () => {
        if (this.leg !== leg) return;
        leg.mute(true);
        this.events.is("up");
      },
      heard: (stream) => {
        this.stream = stream;
      },
      path: (path) => this.isJoined && this.leg === leg && this.events.path(path),
      told: (contentType, text) => contentType === LEG_NEWS && this.leg === leg && this.told(leg, text),
      ended: () => {
        if (this.leg !== leg) return;
        this.over();
        if (this.isWanted) this.again();
      },
    });
  }

  private told(leg: SipCall, text: string): void {
    if (text === "joined" && !this.isJoined) {
      this.isJoined = true;
      leg.mute(false);
      this.events.joined(leg, this.stream);
    } else if (text === "left" && this.isJoined) {
      this.isJoined = false;
      leg.mute(true);
      this.events.left();
      if (!this.isWanted) this.close();
    }
  }

  private close(): void {
    this.leg?.hangUp();
    this.over();
  }

  private over(): void {
    this.track?.stop();
    [this.leg, this.stream, this.track] = [null, null, null];
    if (this.isJoined) {
      this.isJoined = false;
      this.events.left();
    }
    this.events.is(this.isWanted ? "calling" : "off");
  }

  private again(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.isWanted && this.begin(), CALL_AGAIN_MS);
  }
}
