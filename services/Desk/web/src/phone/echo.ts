import { Meter } from "./meter";
import type { Quality } from "./quality";
import { watchQuality } from "./qualityWatch";
import type { SipCall } from "./sipCall";
import { Store } from "./store";

/** A call to the gateway's echo: what is said comes back as a caller would hear it, and is measured on its way. */
export class Echo {
  /** What comes back, once there is a way; null again when the call is over. */
  readonly sound = new Store<MediaStream | null>(null);
  /** Its level, a share of full scale, several times a second. */
  readonly level = new Store(0);
  readonly quality = new Store<Quality | null>(null);
  private readonly meter = new Meter((level) => this.level.set(level));
  // Chromium decodes what comes only while an element plays it. Nobody is to hear itself while it speaks.
  private readonly silent = new Audio();
  private stream: MediaStream | null = null;
  private stopWatching: (() => void) | null = null;

  constructor(
    private readonly call: SipCall,
    over: () => void,
  ) {
    this.silent.muted = true;
    call.listen({
      accepted: () => {
        this.stopWatching = watchQuality(call, (quality) => quality && this.quality.set(quality));
      },
      heard: (stream) => {
        this.stream = stream;
      },
      path: (path) => path === "connected" && this.begin(),
      ended: () => {
        this.close();
        over();
      },
    });
  }

  end(): void {
    this.close();
    this.call.hangUp();
  }

  private begin(): void {
    const track = this.stream?.getAudioTracks()[0];
    if (!track || this.sound.read()) return;
    this.silent.srcObject = this.stream;
    // A muted element may always play.
    void this.silent.play().catch(() => {});
    this.meter.listen(track);
    this.sound.set(this.stream);
  }

  private close(): void {
    this.stopWatching?.();
    this.meter.close();
    this.silent.srcObject = null;
    this.sound.set(null);
  }
}
