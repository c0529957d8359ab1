/** What the microphone's level tells over time: pure, fed a few times a second. */
export type VoiceTrouble = "talkingWhileMuted" | "silent";

/** Loud enough to be speech, as a share of full scale (-40 dB). */
export const SPEECH_LEVEL = 0.01;
/** No microphone that is on is as quiet as this (-100 dB): it is off at the headset, or the system sends nothing. */
const DEAD_LEVEL = 0.00001;
const SPEECH_MS = 500;
const DEAD_MS = 1_500;
/** How long the word that somebody talks while muted stays after the last syllable. */
const LINGER_MS = 3_000;

export type VoiceWatch = { speechMs: number; lastSpeechAt: number | null; deadSince: number | null; at: number | null };

export const unheard: VoiceWatch = { speechMs: 0, lastSpeechAt: null, deadSince: null, at: null };

/** Root mean square of samples in -1..1. */
export function rms(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}

export function hear(watch: VoiceWatch, level: number, now: number): VoiceWatch {
  const passed = watch.at === null ? 0 : now - watch.at;
  const isSpeech = level >= SPEECH_LEVEL;
  // Speech has gaps: what was heard decays as fast as it grows, so a knock on the desk does not count.
  const speechMs = Math.min(SPEECH_MS, Math.max(0, watch.speechMs + (isSpeech ? passed : -passed / 2)));
  return {
    at: now,
    speechMs,
    lastSpeechAt: speechMs >= SPEECH_MS ? now : watch.lastSpeechAt,
    deadSince: level > DEAD_LEVEL ? null : (watch.deadSince ?? now),
  };
}

export function troubleOf(watch: VoiceWatch, isMuted: boolean, now: number): VoiceTrouble | null {
  if (isMuted) {
    const isTalking = watch.lastSpeechAt !== null && now - watch.lastSpeechAt <= LINGER_MS;
    return isTalking ? "talkingWhileMuted" : null;
  }
  return watch.deadSince !== null && now - watch.deadSince >= DEAD_MS ? "silent" : null;
}

/** A level as the share of a bar, by ear: -60 dB is empty, full scale is full. */
export function barOf(level: number): number {
  return level <= 0.001 ? 0 : Math.min(1, 1 + (20 * Math.log10(level)) / 60);
}
