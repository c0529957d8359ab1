/** What a recording holds: downloaded as a supervisor does, looked at channel by channel. */
import { vi } from "vitest";
import { api, download } from "./stage";

type Contact = { id: string; caller: string; endedAt: string | null; recordings: string[] };

/** A channel's stretches of a tone, in seconds from the recording's beginning. */
export type Stretch = { from: number; to: number };

const WINDOW_SECONDS = 0.05;
/** A packet that came late moves a tone's phase: a break so short is none. */
const BREAK_SECONDS = 0.3;

export class Recording {
  constructor(
    private readonly channels: [Float64Array, Float64Array],
    private readonly rate: number,
  ) {}

  get seconds(): number {
    return this.channels[0].length / this.rate;
  }

  caller(hertz: number): Stretch[] {
    return this.stretches(0, hertz);
  }

  agent(hertz: number): Stretch[] {
    return this.stretches(1, hertz);
  }

  private stretches(channel: 0 | 1, hertz: number): Stretch[] {
    const samples = this.channels[channel];
    const size = Math.round(this.rate * WINDOW_SECONDS);
    const found: Stretch[] = [];
    for (let at = 0; at + size <= samples.length; at += size) {
      if (share(samples.subarray(at, at + size), hertz, this.rate) < 0.6) continue;
      const [from, to] = [at / this.rate, (at + size) / this.rate];
      const last = found.at(-1);
      if (last && from - last.to <= BREAK_SECONDS) last.to = to;
      else found.push({ from, to });
    }
    return found;
  }
}

/** The longest time of the recording that is in none of the stretches. */
export function longestGap(stretches: Stretch[], seconds: number): number {
  const edges = [{ from: 0, to: 0 }, ...stretches, { from: seconds, to: seconds }];
  return Math.max(...edges.slice(1).map(({ from }, n) => from - (edges[n]?.to ?? 0)));
}

/** The only contact of that caller's number, once it has ended and all of it is stored. */
export async function endedContact(from: string): Promise<Contact> {
  const supervisor = await api("sanna");
  return vi.waitFor(
    async () => {
      const { items } = await supervisor<{ items: Contact[] }>("GET", "/api/contacts?limit=200");
      const [one, ...others] = items.filter(({ caller }) => caller === from);
      if (!one || others.length > 0)
        throw new Error(`${items.length} contacts, ${others.length + (one ? 1 : 0)} of ${from}`);
      if (!one.endedAt) throw new Error(`the contact of ${from} has not ended`);
      const { items: stored } = await supervisor<{ items: { sealed: boolean }[] }>(
        "GET",
        `/api/recordings?contact=${one.id}`,
      );
      if (stored.length !== one.recordings.length || stored.some(({ sealed }) => !sealed))
        throw new Error("not all is stored");
      return one;
    },
    { timeout: 30_000, interval: 250 },
  );
}

export async function recordingOf(id: string): Promise<Recording> {
  const wav = await download("sanna", `/api/recordings/${id}/audio`);
  if (!wav) throw new Error(`there is no recording ${id}`);
  const [channels, rate, bits] = [wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34)];
  if (channels !== 2 || bits !== 16) throw new Error(`${channels} channels of ${bits} bits`);
  const frames = Math.floor((wav.length - 44) / 4);
  const read = (channel: number) =>
    Float64Array.from({ length: frames }, (_, n) => wav.readInt16LE(44 + n * 4 + channel * 2) / 32_768);
  return new Recording([read(0), read(1)], rate);
}

/** The share of the power that is at that frequency, 0..1; 0 where there is next to none (below -45 dB). By Goertzel. */
function share(samples: Float64Array, hertz: number, rate: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * hertz) / rate);
  let [before, last, power] = [0, 0, 0];
  for (const sample of samples) {
    [before, last] = [last, sample + turn * last - before];
    power += sample * sample;
  }
  if (power / samples.length < 10 ** -4.5) return 0;
  const tone = last * last + before * before - turn * last * before;
  return Math.min(1, (2 * tone) / (samples.length * power));
}
