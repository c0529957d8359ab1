import { useMemo } from "react";
import { useTranslation } from "react-i18next";

type Time = string | number;

/** Dates and times as the user's language writes them, in 24 hours; in the given zone, else the browser's. */
export function useDates(timeZone?: string) {
  const { i18n } = useTranslation();
  const locale = i18n.language === "fi" ? "fi-FI" : "en-GB";
  return useMemo(() => {
    const zone = timeZone ? { timeZone } : {};
    const format = (options: Intl.DateTimeFormatOptions) => {
      const how = new Intl.DateTimeFormat(locale, { hourCycle: "h23", ...options, ...zone });
      return (time: Time) => how.format(new Date(time));
    };
    const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
    const number = new Intl.NumberFormat(locale);
    return {
      short: format({ day: "numeric", month: "numeric", year: "numeric", hour: "2-digit", minute: "2-digit" }),
      long: format({
        day: "numeric",
        month: "numeric",
        year: "numeric",
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
      }),
      day: format({ weekday: "short", day: "numeric", month: "numeric" }),
      time: format({ hour: "2-digit", minute: "2-digit" }),
      seconds: format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
      percent: (share: number) => percent.format(share),
      number: (value: number) => number.format(value),
    };
  }, [locale, timeZone]);
}
