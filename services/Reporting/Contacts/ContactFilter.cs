using System.Globalization;
using CallCenter.Contracts.Routing;
using Microsoft.AspNetCore.Mvc;

namespace CallCenter.Reporting.Contacts;

/// <summary>Which contacts a list is asked for: those that started in [From, To).</summary>
internal sealed record ContactFilter(Guid? Tenant, DateTimeOffset From, DateTimeOffset To, Guid? Agent, Cursor? After, int Limit)
{
    /// <summary>Rows of one CSV file.</summary>
    public const int MostRows = 50_000;

    private const int DefaultLimit = 100, MostLimit = 500, MostDaysSearched = 400, LongestCaller = 64, MostSeconds = 86_400;
    private static readonly TimeSpan DefaultRange = TimeSpan.FromHours(24);

    /// <summary>Contacts that entered this queue.</summary>
    public Guid? Queue { get; init; }

    /// <summary>A kind of termination, whatever its reason.</summary>
    public string? Termination { get; init; }

    /// <summary>A part of the caller's number.</summary>
    public string? Caller { get; init; }

    /// <summary>Contacts that lasted at least so long, from the first ring to the end of the last work.</summary>
    public int? MinSeconds { get; init; }

    private bool Searches => (Queue, Termination, Caller, MinSeconds) != (null, null, null, null);

    /// <summary>Reads the query; every mistake is told at once.</summary>
    public static (ContactFilter Filter, IReadOnlyList<string> Errors) Read(ContactQuery query, DateTimeOffset now)
    {
        var errors = new List<string>();
        var to = Time("to", query.To, errors) ?? now;
        var from = Time("from", query.From, errors) ?? Before(to, DefaultRange);
        if (errors.Count == 0 && from >= to)
        {
            errors.Add("'from' must be before 'to'.");
        }

        var filter = new ContactFilter(
            Id("tenant", query.Tenant, errors), from, to, Id("agent", query.Agent, errors), Page(query.Cursor, errors), Count(query.Limit, errors))
        {
            Queue = Id("queue", query.Queue, errors),
            Termination = Kind(query.Termination, errors),
            Caller = Number(query.Caller, errors),
            MinSeconds = Seconds(query.MinSeconds, errors),
        };
        if (filter.Searches && to - from > TimeSpan.FromDays(MostDaysSearched))
        {
            errors.Add($"A search by queue, termination, caller or minSeconds goes over at most {MostDaysSearched} days: bring 'from' and 'to' closer.");
        }

        return (filter, errors);
    }

    private static DateTimeOffset Before(DateTimeOffset to, TimeSpan range) => to - DateTimeOffset.MinValue > range ? to - range : DateTimeOffset.MinValue;

    private static DateTimeOffset? Time(string name, string? text, List<string> errors)
    {
        // A plus sign that was not escaped in the query arrives as a space.
        var given = text?.Contains('T', StringComparison.Ordinal) == true ? text.Replace(' ', '+') : text;
        if (string.IsNullOrEmpty(given))
        {
            return null;
        }

        if (DateTimeOffset.TryParse(given, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time.ToUniversalTime();
        }

        errors.Add($"'{name}' is no time: give it like 2026-03-02T09:00:00Z.");
        return null;
    }

    private static Guid? Id(string name, string? text, List<string> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (Guid.TryParse(text, out var id))
        {
            return id;
        }

        errors.Add($"'{name}' is no id: give a UUID.");
        return null;
    }

    private static string? Kind(string? text, List<string> errors)
    {
        if (string.IsNullOrEmpty(text) || Enum.GetNames<TerminationKind>().Contains(text))
        {
            return string.IsNullOrEmpty(text) ? null : text;
        }

        errors.Add($"There is no termination '{text}': use {string.Join(", ", Enum.GetNames<TerminationKind>())}.");
        return null;
    }

    private static string? Number(string? text, List<string> errors)
    {
        if (text?.Length > LongestCaller)
        {
            errors.Add($"'caller' has {text.Length} characters: at most {LongestCaller}.");
        }

        // A plus sign that was not escaped in the query arrives as a space.
        return string.IsNullOrWhiteSpace(text) ? null : text[0] == ' ' ? "+" + text[1..] : text;
    }

    private static int? Seconds(string? text, List<string> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= MostSeconds)
        {
            return seconds;
        }

        errors.Add($"'minSeconds' must be from 0 to {MostSeconds}.");
        return null;
    }

    private static Cursor? Page(string? text, List<string> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var cursor = Cursor.Read(text);
        if (cursor is null)
        {
            errors.Add("'cursor' is not one of ours: give 'next' of the page before, or none for the first page.");
        }

        return cursor;
    }

    private static int Count(string? text, List<string> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return DefaultLimit;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= MostLimit)
        {
            return limit;
        }

        errors.Add($"'limit' must be from 1 to {MostLimit}.");
        return DefaultLimit;
    }
}

/// <summary>The query of a list as it came in.</summary>
/// <param name="Tenant">Contacts of this tenant only; default all that the caller may read.</param>
/// <param name="From">ISO 8601; default 24 hours before <paramref name="To"/>.</param>
/// <param name="To">ISO 8601, not included; default now.</param>
/// <param name="Agent">Contacts with a leg of this agent only.</param>
/// <param name="Cursor">`next` of the page before.</param>
/// <param name="Limit">1 to 500, default 100.</param>
/// <param name="Queue">Contacts that entered this queue only.</param>
/// <param name="Termination">Contacts with this kind of termination only, such as Completed or Rejected.</param>
/// <param name="Caller">Contacts whose caller's number has this part only.</param>
/// <param name="MinSeconds">Contacts that lasted at least so long only.</param>
/// <param name="Format">"csv" for CSV of all pages together, at most 50,000 rows; so does Accept: text/csv.</param>
internal sealed record ContactQuery(
    [FromQuery(Name = "tenant")] string? Tenant, [FromQuery(Name = "from")] string? From, [FromQuery(Name = "to")] string? To,
    [FromQuery(Name = "agent")] string? Agent, [FromQuery(Name = "cursor")] string? Cursor, [FromQuery(Name = "limit")] string? Limit,
    [FromQuery(Name = "queue")] string? Queue = null, [FromQuery(Name = "termination")] string? Termination = null, [FromQuery(Name = "caller")] string? Caller = null,
    [FromQuery(Name = "minSeconds")] string? MinSeconds = null, [FromQuery(Name = "format")] string? Format = null);
