/**
 * The server's time, kept with the machine's monotonic clock: moving the wall clock of the PC changes nothing.
 * Each message that carries the server's time sets it; one that was delayed on its way cannot turn it back far,
 * because the earliest arrival (the largest offset) of the last samples counts.
 */
const SAMPLES = 8;

export class ServerClock {
  private offsets: number[] = [];

  constructor(
    private readonly monotonic: () => number = () => performance.now(),
    private readonly wall: () => number = () => Date.now(),
  ) {}

  /** Takes a time that the server told just now. */
  told(at: string): void {
    const time = Date.parse(at);
    if (Number.isNaN(time)) return;
    this.offsets = [...this.offsets, time - this.monotonic()].slice(-SAMPLES);
  }

  /** Forgets all samples: after a sleep the monotonic clock may have stood still. */
  forget(): void {
    this.offsets = [];
  }

  /** Milliseconds since the epoch, by the server. */
  now(): number {
    return this.offsets.length === 0 ? this.wall() : Math.max(...this.offsets) + this.monotonic();
  }
}

export const clock = new ServerClock();
