using System.Globalization;
using Microsoft.AspNetCore.Mvc;

namespace CallCenter.Reporting.Reports;

/// <summary>What a report is asked for: [first border, last border), cut at the borders between.</summary>
/// <param name="Subject">The one queue or agent; null for all.</param>
internal sealed record ReportRange(TimeZoneInfo Zone, IReadOnlyList<DateTimeOffset> Borders, Guid? Subject)
{
    /// <summary>A month of quarters of an hour, a year of days.</summary>
    public const int MostPeriods = 3_000;

    private const int MostDays = 400;
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), Latest = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Only what agents did while they were in one of these teams; null for all.</summary>
    public IReadOnlyList<string>? Teams { get; init; }

    public DateTimeOffset From => Borders[0];

    public DateTimeOffset To => Borders[^1];

    /// <summary>The period with the number that PostgreSQL's width_bucket gives, 1 the first; in the zone's time.</summary>
    public Period Period(int bucket) => new(TimeZoneInfo.ConvertTime(Borders[bucket - 1], Zone), TimeZoneInfo.ConvertTime(Borders[bucket], Zone));

    /// <summary>The local day so far; the whole day when it has just begun.</summary>
    public static ReportRange Today(TimeZoneInfo zone, DateTimeOffset now)
    {
        var midnight = Intervals.StartOfDay(Intervals.DateOf(now, zone), zone);
        return new ReportRange(zone, [midnight, now > midnight ? now : midnight.AddMilliseconds(1)], null);
    }

    /// <summary>Reads the query; every mistake is told at once. Null when there is one.</summary>
    public static ReportRange? Read(ReportQuery query, Guid? subject, TimeZoneInfo zone, DateTimeOffset now, List<string> errors)
    {
        var to = Time("to", query.To, zone, errors) ?? now;
        var from = Time("from", query.From, zone, errors) ?? Intervals.StartOfDay(Intervals.DateOf(to.AddMilliseconds(-1), zone), zone);
        if (!Intervals.Names.TryGetValue(query.Interval ?? "day", out var interval))
        {
            errors.Add($"'interval' is '{query.Interval}': use {string.Join(", ", Intervals.Names.Keys)}.");
        }

        if (errors.Count > 0)
        {
            return null;
        }

        if (from >= to)
        {
            errors.Add("'from' must be before 'to'.");
        }
        else if (from < Earliest || to > Latest || to - from > TimeSpan.FromDays(MostDays))
        {
            errors.Add($"'from' to 'to' may be at most {MostDays} days between the years 2000 and 2100: ask for a shorter range.");
        }
        else if (Intervals.Borders(from, to, interval, zone, MostPeriods) is { } borders)
        {
            return new ReportRange(zone, borders, subject);
        }
        else
        {
            errors.Add($"The range has more than {MostPeriods} periods: ask for a shorter range or a longer interval.");
        }

        return null;
    }

    /// <summary>ISO 8601; without an offset the wall clock of the zone.</summary>
    private static DateTimeOffset? Time(string name, string? text, TimeZoneInfo zone, List<string> errors)
    {
        // A plus sign that was not escaped in the query arrives as a space.
        var given = text?.Contains('T', StringComparison.Ordinal) == true ? text.Replace(' ', '+') : text;
        if (string.IsNullOrEmpty(given))
        {
            return null;
        }

        if (!DateTime.TryParse(given, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var wallClock))
        {
            errors.Add($"'{name}' is no time: give it like 2026-03-02, 2026-03-02T09:00 (both local) or 2026-03-02T09:00:00Z.");
            return null;
        }

        var instant = wallClock.Kind == DateTimeKind.Unspecified
            ? wallClock.Year is > 1999 and < 2101 ? Intervals.Instant(wallClock, zone) : new DateTimeOffset(wallClock, TimeSpan.Zero)
            : DateTimeOffset.Parse(given, CultureInfo.InvariantCulture);
        return DateTimeOffset.FromUnixTimeMilliseconds(instant.ToUnixTimeMilliseconds());
    }
}

/// <summary>The query of a report as it came in.</summary>
/// <param name="Tenant">Whose figures; may be left out by those who see one tenant only.</param>
/// <param name="From">ISO 8601; without an offset the zone's wall clock. Default the local midnight before `to`.</param>
/// <param name="To">ISO 8601, not included; default now.</param>
/// <param name="Interval">15m, 30m, hour, day (default), week or month, by the zone's wall clock; the first and the last period are cut at `from` and `to`.</param>
/// <param name="Format">"csv" for CSV, as Accept: text/csv.</param>
internal record ReportQuery(
    [FromQuery(Name = "tenant")] string? Tenant, [FromQuery(Name = "from")] string? From, [FromQuery(Name = "to")] string? To,
    [FromQuery(Name = "interval")] string? Interval, [FromQuery(Name = "format")] string? Format);
