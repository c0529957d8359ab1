/** Ranges of a report as local dates of the tenant's zone; the server cuts them by that zone's wall clock. */
export const ranges = ["day", "yesterday", "week", "month"] as const;
export type RangeName = (typeof ranges)[number];

export const intervals = ["15m", "30m", "hour", "day", "week", "month"] as const;
export type IntervalName = (typeof intervals)[number];

export const usualInterval: Record<RangeName, IntervalName> = {
  day: "30m",
  yesterday: "30m",
  week: "day",
  month: "day",
};

/** yyyy-mm-dd of the zone, so many days from the time. */
export function localDate(time: number, timeZone: string, days: number): string {
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" }).format(time);
  const date = new Date(`${today}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

export function rangeOf(name: RangeName, now: number, timeZone: string): { from: string; to: string } {
  const day = (days: number) => localDate(now, timeZone, days);
  switch (name) {
    case "day":
      return { from: day(0), to: day(1) };
    case "yesterday":
      return { from: day(-1), to: day(0) };
    case "week":
      return { from: day(-6), to: day(1) };
    case "month":
      return { from: day(-29), to: day(1) };
  }
}
