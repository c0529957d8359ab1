import { rms } from "./voice";

const PERIOD_MS = 100;

/**
 * Listens to a microphone, several times a second, also while its own track is muted. Silent until the browser lets
 * sound run, which it does after the first click of the page or while a microphone is open.
 */
export class Meter {
  private context: AudioContext | null = null;
  private source: MediaStreamAudioSourceNode | null = null;
  private copy: MediaStreamTrack | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly heard: (level: number) => void) {}

  listen(track: MediaStreamTrack): void {
    this.stop();
    this.context ??= new AudioContext();
    const context = this.context;
    this.copy = track.clone();
    this.copy.enabled = true;
    this.source = context.createMediaStreamSource(new MediaStream([this.copy]));
    const analyser = context.createAnalyser();
    analyser.fftSize = 2048;
    this.source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.timer = setInterval(() => {
      if (context.state !== "running") {
        void context.resume();
        return;
      }
      analyser.getFloatTimeDomainData(samples);
      this.heard(rms(samples));
    }, PERIOD_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.source?.disconnect();
    this.source = null;
    this.copy?.stop();
    this.copy = null;
  }

  close(): void {
    this.stop();
    void this.context?.close();
    this.context = null;
  }
}
