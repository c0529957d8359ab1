using CallCenter.Reporting.Reports;

namespace CallCenter.Reporting.Tests.Reports;

/// <summary>Helsinki's wall clock by its rule, written down again: UTC+2, +3 from 01:00 UTC on March's last Sunday to 01:00 UTC on October's.</summary>
internal static class HelsinkiClock
{
    /// <summary>Names the period that a moment is in.</summary>
    public static string PeriodOf(DateTimeOffset at, Interval interval)
    {
        var offset = IsSummer(at.UtcDateTime) ? 3 : 2;
        var local = at.UtcDateTime.AddHours(offset);
        return interval switch
        {
            Interval.Month => $"{local:yyyy-MM}",
            Interval.Week => $"{local.Date.AddDays(-((int)local.DayOfWeek == 0 ? 6 : (int)local.DayOfWeek - 1)):yyyy-MM-dd}",
            Interval.Day => $"{local:yyyy-MM-dd}",
            Interval.Hour => $"{local:yyyy-MM-dd HH} +{offset}",
            Interval.HalfHour => $"{local:yyyy-MM-dd HH}:{local.Minute / 30 * 30:00} +{offset}",
            _ => $"{local:yyyy-MM-dd HH}:{local.Minute / 15 * 15:00} +{offset}",
        };
    }

    private static bool IsSummer(DateTime utc) => utc >= LastSunday(utc.Year, 3) && utc < LastSunday(utc.Year, 10);

    private static DateTime LastSunday(int year, int month)
    {
        var last = new DateTime(year, month, DateTime.DaysInMonth(year, month), 1, 0, 0, DateTimeKind.Utc);
        return last.AddDays(-(int)last.DayOfWeek);
    }
}
