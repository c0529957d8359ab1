import type { NoMicrophone } from "./phoneState";

export type Sound = { device: string | null; processing: boolean };

/** A microphone's track, or why there is none. */
export type Opened = { track: MediaStreamTrack } | { why: NoMicrophone };

/** Opens the chosen microphone, or the standard one when it is not there. */
export async function openMicrophone({ device, processing }: Sound): Promise<Opened> {
  if (!navigator.mediaDevices) return { why: "insecure" };
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: {
        ...(device !== null && { deviceId: { ideal: device } }),
        echoCancellation: processing,
        noiseSuppression: processing,
        autoGainControl: processing,
      },
    });
    const track = stream.getAudioTracks()[0];
    return track ? { track } : { why: "missing" };
  } catch (error) {
    return { why: reasonOf(error) };
  }
}

/** The names that getUserMedia gives its failures (Media Capture and Streams, section 10.2.1). */
export function reasonOf(error: unknown): NoMicrophone {
  switch (error instanceof Error ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "missing";
  }
}

export type Devices = { microphones: MediaDeviceInfo[]; outputs: MediaDeviceInfo[] };

/** Whether the microphone opens without a question; false where that is not known. */
export async function isAllowed(): Promise<boolean> {
  return (await permission()) === "granted";
}

export async function isForbidden(): Promise<boolean> {
  return (await permission()) === "denied";
}

async function permission(): Promise<PermissionState | null> {
  try {
    return (await navigator.permissions.query({ name: "microphone" as PermissionName })).state;
  } catch {
    return null;
  }
}

/** What is plugged in; names are there once the microphone is allowed. */
export async function listDevices(): Promise<Devices> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const named = all.filter(({ deviceId }) => deviceId !== "");
  return {
    microphones: named.filter(({ kind }) => kind === "audioinput"),
    outputs: named.filter(({ kind }) => kind === "audiooutput"),
  };
}

/** Calls back when something is plugged in or pulled out, or the permission changes. */
export function onDevicesChanged(changed: () => void): () => void {
  navigator.mediaDevices?.addEventListener("devicechange", changed);
  let permission: PermissionStatus | null = null;
  navigator.permissions
    ?.query({ name: "microphone" as PermissionName })
    .then((status) => {
      permission = status;
      status.addEventListener("change", changed);
    })
    // A browser that does not know this permission tells of a change by the track's end alone.
    .catch(() => {});
  return () => {
    navigator.mediaDevices?.removeEventListener("devicechange", changed);
    permission?.removeEventListener("change", changed);
  };
}
