/** The agent's voice in the tests: a WAV that Chromium takes for the microphone, and what the page hears of the caller. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";

export const AGENT_HERTZ = 1_000;
export const CALLER_HERTZ = 440;
const RATE = 48_000;
const SECONDS = 10;

/** Chromium's switches for a microphone that speaks a tone; it repeats the file. */
export function voiceSwitches(hertz: number): string[] {
  const file = join(mkdtempSync(join(tmpdir(), "voice-")), "agent.wav");
  writeFileSync(file, tone(hertz));
  return ["--use-fake-device-for-media-stream", `--use-file-for-fake-audio-capture=${file}`];
}

function tone(hertz: number): Buffer {
  const samples = RATE * SECONDS;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(RATE, 24);
  wav.writeUInt32LE(RATE * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(samples * 2, 40);
  for (let n = 0; n < samples; n++) {
    wav.writeInt16LE(Math.round(9_000 * Math.sin((2 * Math.PI * hertz * n) / RATE)), 44 + n * 2);
  }
  return wav;
}

/** This browser is the agent's phone, its voice left as it is, so that a tone stays a tone; the page's connections are kept for the test. */
export async function phoneHere(context: BrowserContext, user: string): Promise<void> {
  await context.grantPermissions(["microphone", "notifications"]);
  await context.addInitScript((key) => {
    if (!localStorage.getItem(key)) localStorage.setItem(key, JSON.stringify({ where: "browser", processing: false }));
    const connections: RTCPeerConnection[] = [];
    const Original = RTCPeerConnection;
    class Kept extends Original {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        connections.push(this);
        this.addEventListener("connectionstatechange", () => {
          if (this.connectionState === "connected") performance.mark("sound's way");
        });
      }
    }
    Object.assign(window, { RTCPeerConnection: Kept, connections });
    const devices = navigator.mediaDevices;
    const open = devices?.getUserMedia.bind(devices);
    if (open)
      devices.getUserMedia = async (wanted) => {
        performance.mark("microphone asked");
        const stream = await open(wanted);
        performance.mark("microphone");
        return stream;
      };
  }, `callcenter.phone.${user}`);
}

type Voice = { speaks(is: boolean): void; goes(): void; comes(): void };

/** The page's microphone in the test's hand: it speaks or is silent, and can be blocked. */
export async function voiceAtHand(context: BrowserContext, hertz = AGENT_HERTZ): Promise<void> {
  await context.addInitScript((tone) => {
    let track: MediaStreamTrack | null = null;
    let isGone = false;
    let gain: GainNode | null = null;
    // As a browser shows a microphone that the user has blocked, and allowed again.
    const permission = new EventTarget();
    Object.defineProperty(permission, "state", { get: () => (isGone ? "denied" : "granted") });
    const query = navigator.permissions.query.bind(navigator.permissions);
    navigator.permissions.query = async (wanted) =>
      String(wanted.name) === "microphone" ? (permission as PermissionStatus) : query(wanted);
    const voice: Voice = {
      speaks: (is) => {
        if (gain) gain.gain.value = is ? 0.3 : 0;
      },
      goes: () => {
        isGone = true;
        track?.stop();
        track?.dispatchEvent(new Event("ended"));
        permission.dispatchEvent(new Event("change"));
      },
      comes: () => {
        isGone = false;
        permission.dispatchEvent(new Event("change"));
      },
    };
    navigator.mediaDevices.getUserMedia = async () => {
      if (isGone) throw new DOMException("The microphone is blocked.", "NotAllowedError");
      const audio = new AudioContext();
      const source = audio.createOscillator();
      gain = audio.createGain();
      gain.gain.value = 0.3;
      source.frequency.value = tone;
      const into = audio.createMediaStreamDestination();
      source.connect(gain).connect(into);
      source.start();
      track = into.stream.getAudioTracks()[0] ?? null;
      return into.stream;
    };
    Object.assign(window, { voice });
  }, hertz);
}

/** Moves that microphone; the page's clock when it was done. */
export function move(page: Page, how: "speaks" | "isSilent" | "goes" | "comes"): Promise<number> {
  return page.evaluate((what) => {
    const { voice } = window as unknown as { voice: Voice };
    if (what === "speaks" || what === "isSilent") voice.speaks(what === "speaks");
    else voice[what]();
    return performance.now();
  }, how);
}

/** Waits until what the page's newest call hears is those tones and nothing else that is nearly as loud; none: silence. */
export async function hears(page: Page, ...hertz: number[]): Promise<void> {
  await page.waitForFunction(
    (wanted) => {
      const kept = window as unknown as {
        connections: RTCPeerConnection[];
        probe?: { of: MediaStreamTrack; peaks(): number[] };
      };
      const track = kept.connections.at(-1)?.getReceivers()[0]?.track;
      if (!track) return false;
      if (kept.probe?.of !== track) {
        const context = new AudioContext();
        const analyser = context.createAnalyser();
        analyser.fftSize = 4096;
        analyser.smoothingTimeConstant = 0;
        context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
        const bins = new Float32Array(analyser.frequencyBinCount);
        // The tones louder than -60 dB that are within 15 dB of the loudest.
        const peaks = () => {
          analyser.getFloatFrequencyData(bins);
          const least = Math.max(-60, Math.max(...bins) - 15);
          const isPeak = (n: number) =>
            (bins[n] ?? -200) > least &&
            [-3, -2, -1, 1, 2, 3].every((by) => (bins[n + by] ?? -200) <= (bins[n] ?? -200));
          return [...bins.keys()].filter(isPeak).map((n) => (n * context.sampleRate) / analyser.fftSize);
        };
        kept.probe = { of: track, peaks };
      }
      const peaks = kept.probe.peaks();
      return peaks.length === wanted.length && wanted.every((tone) => peaks.some((peak) => Math.abs(peak - tone) < 20));
    },
    hertz,
    { polling: 20 },
  );
}
