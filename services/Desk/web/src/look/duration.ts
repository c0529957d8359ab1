/** 0:07, 12:05, 1:02:09. Never negative: a clock that runs ahead shows 0:00. */
export function duration(milliseconds: number): string {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** From a time to now, both by the server. */
export function since(time: string | null | undefined, now: number): string {
  return time ? duration(now - Date.parse(time)) : "";
}
