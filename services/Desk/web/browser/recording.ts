/** What a recording holds: a WAV of 8 kHz, 16 bit, left the caller, right the agent. */
const RATE = 8_000;
const HEADER = 44;
const WINDOW_MS = 100;
/** Of full scale: far below a voice, above what a codec leaves of silence. */
const SILENT = 0.003;

/** When nothing is heard in either channel, in milliseconds from the beginning; shorter silences than `leastMs` do not count. */
export function silences(wav: Buffer, leastMs: number): { from: number; length: number }[] {
  const frames = (RATE * WINDOW_MS) / 1_000;
  const found: { from: number; length: number }[] = [];
  let length = 0;
  const windows = Math.floor((wav.length - HEADER) / (frames * 4));
  for (let n = 0; n <= windows; n++) {
    const isSilent = n < windows && loudness(wav, HEADER + n * frames * 4, frames) < SILENT;
    if (isSilent) length += WINDOW_MS;
    else {
      if (length >= leastMs) found.push({ from: n * WINDOW_MS - length, length });
      length = 0;
    }
  }
  return found;
}

/** The louder channel's root mean square, a share of full scale. */
function loudness(wav: Buffer, at: number, frames: number): number {
  const sums = [0, 0];
  for (let n = 0; n < frames * 2; n++) sums[n % 2] = (sums[n % 2] ?? 0) + (wav.readInt16LE(at + n * 2) / 32_768) ** 2;
  return Math.sqrt(Math.max(...sums) / frames);
}

export function lengthOf(wav: Buffer): number {
  return ((wav.length - HEADER) / (RATE * 4)) * 1_000;
}
