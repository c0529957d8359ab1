namespace CallCenter.Reporting.Reports;

/// <summary>Lengths of periods in reports.</summary>
internal enum Interval { Quarter, HalfHour, Hour, Day, Week, Month }

/// <summary>A period of a report: [From, To).</summary>
internal readonly record struct Period(DateTimeOffset From, DateTimeOffset To);

/// <summary>
/// Cuts time into periods of a time zone's wall clock. Days, weeks (from Monday) and months begin at local midnight, or at the
/// first moment of a day whose midnight is skipped; shorter periods begin when the wall clock shows a multiple of their length,
/// so that an hour that comes twice is two periods and one that is skipped is none.
/// </summary>
internal static class Intervals
{
    /// <summary>Zones differ from UTC by multiples of this.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(15);

    /// <summary>By the names of the API.</summary>
    public static readonly IReadOnlyDictionary<string, Interval> Names = new Dictionary<string, Interval>(StringComparer.Ordinal)
    {
        ["15m"] = Interval.Quarter, ["30m"] = Interval.HalfHour, ["hour"] = Interval.Hour,
        ["day"] = Interval.Day, ["week"] = Interval.Week, ["month"] = Interval.Month,
    };

    /// <summary>The borders of [from, to): from, every beginning of a period in between, to. At most <paramref name="most"/> periods, else null.</summary>
    public static IReadOnlyList<DateTimeOffset>? Borders(DateTimeOffset from, DateTimeOffset to, Interval interval, TimeZoneInfo zone, int most)
    {
        var borders = new List<DateTimeOffset> { from };
        foreach (var border in Beginnings(from, interval, zone).SkipWhile(b => b <= from))
        {
            if (border >= to)
            {
                break;
            }

            if (borders.Count == most)
            {
                return null;
            }

            borders.Add(border);
        }

        return [.. borders, to];
    }

    /// <summary>The first moment of a local date.</summary>
    public static DateTimeOffset StartOfDay(DateOnly date, TimeZoneInfo zone) => Instant(date.ToDateTime(TimeOnly.MinValue), zone);

    /// <summary>The local date of a moment.</summary>
    public static DateOnly DateOf(DateTimeOffset at, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    /// <summary>When the wall clock shows the time: the first moment of two, the next that exists when it is skipped.</summary>
    public static DateTimeOffset Instant(DateTime wallClock, TimeZoneInfo zone)
    {
        var time = wallClock;
        while (zone.IsInvalidTime(time))
        {
            time = time.Date + TimeSpan.FromTicks((time.TimeOfDay.Ticks / Step.Ticks + 1) * Step.Ticks);
        }

        var offset = zone.IsAmbiguousTime(time) ? zone.GetAmbiguousTimeOffsets(time).Max() : zone.GetUtcOffset(time);
        return new DateTimeOffset(time, offset).ToUniversalTime();
    }

    private static IEnumerable<DateTimeOffset> Beginnings(DateTimeOffset from, Interval interval, TimeZoneInfo zone)
    {
        for (var date = First(DateOf(from, zone), interval); ;)
        {
            var next = interval switch
            {
                Interval.Week => date.AddDays(7),
                Interval.Month => date.AddMonths(1),
                _ => date.AddDays(1),
            };
            var (start, end) = (StartOfDay(date, zone), StartOfDay(next, zone));
            foreach (var border in interval >= Interval.Day ? [start] : WithinDay(start, end, interval, zone))
            {
                yield return border;
            }

            date = next;
        }
    }

    private static IEnumerable<DateTimeOffset> WithinDay(DateTimeOffset start, DateTimeOffset end, Interval interval, TimeZoneInfo zone)
    {
        var minutes = interval switch { Interval.Quarter => 15, Interval.HalfHour => 30, _ => 60 };
        for (var at = start; at < end; at += Step)
        {
            if (at == start || TimeZoneInfo.ConvertTime(at, zone).Minute % minutes == 0)
            {
                yield return at;
            }
        }
    }

    private static DateOnly First(DateOnly date, Interval interval) => interval switch
    {
        Interval.Week => date.AddDays(-(((int)date.DayOfWeek + 6) % 7)),
        Interval.Month => new DateOnly(date.Year, date.Month, 1),
        _ => date,
    };
}
