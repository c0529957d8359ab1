/** Sounds of the phone: the caller on the speaker, the ring on the ringer. */
const RATE = 8_000;
const RING = { toneMs: 1_000, pauseMs: 2_000, hertz: [440, 554] } as const;
const FADE_MS = 15;

type Sinkable = HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> };

/** Plays on that device, or on the standard one when it is gone or the browser has no choice of devices. */
export async function playOn(audio: HTMLAudioElement, device: string | null): Promise<void> {
  const { setSinkId } = audio as Sinkable;
  if (setSinkId) await setSinkId.call(audio, device ?? "").catch(() => setSinkId.call(audio, ""));
  await audio.play();
}

/** The ring: a WAV of one tone and one pause, to be looped. */
export function ringTone(): Blob {
  const tone = (RATE * RING.toneMs) / 1_000;
  const all = tone + (RATE * RING.pauseMs) / 1_000;
  const wav = new DataView(new ArrayBuffer(44 + all));
  const text = (at: number, what: string) => {
    for (let n = 0; n < what.length; n++) wav.setUint8(at + n, what.charCodeAt(n));
  };
  text(0, "RIFF");
  wav.setUint32(4, 36 + all, true);
  text(8, "WAVEfmt ");
  wav.setUint32(16, 16, true);
  wav.setUint16(20, 1, true);
  wav.setUint16(22, 1, true);
  wav.setUint32(24, RATE, true);
  wav.setUint32(28, RATE, true);
  wav.setUint16(32, 1, true);
  wav.setUint16(34, 8, true);
  text(36, "data");
  wav.setUint32(40, all, true);
  const fade = (RATE * FADE_MS) / 1_000;
  for (let n = 0; n < all; n++) {
    const edge = n < tone ? Math.min(1, n / fade, (tone - n) / fade) : 0;
    const wave = RING.hertz.reduce((sum, hertz) => sum + Math.sin((2 * Math.PI * hertz * n) / RATE), 0);
    wav.setUint8(44 + n, 128 + Math.round(edge * wave * 40));
  }
  return new Blob([wav], { type: "audio/wav" });
}

/** Rings until it is stopped. */
export class Ringer {
  private readonly audio = new Audio();

  async ring(device: string | null): Promise<void> {
    if (!this.audio.src) this.audio.src = URL.createObjectURL(ringTone());
    this.audio.loop = true;
    this.audio.currentTime = 0;
    await playOn(this.audio, device);
  }

  stop(): void {
    this.audio.pause();
  }

  close(): void {
    this.stop();
    URL.revokeObjectURL(this.audio.src);
    this.audio.removeAttribute("src");
  }
}
