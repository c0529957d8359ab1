using System.Globalization;
using Microsoft.AspNetCore.Mvc;

namespace CallCenter.Reporting.Contacts;

/// <summary>Which contacts a list is asked for: those that started in [From, To).</summary>
internal sealed record ContactFilter(Guid? Tenant, DateTimeOffset From, DateTimeOffset To, Guid? Agent, Cursor? After, int Limit)
{
    private const int DefaultLimit = 100, MostLimit = 500;
    private static readonly TimeSpan DefaultRange = TimeSpan.FromHours(24);

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
            Id("tenant", query.Tenant, errors), from, to, Id("agent", query.Agent, errors), Page(query.Cursor, errors), Count(query.Limit, errors));
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
internal sealed record ContactQuery(
    [FromQuery(Name = "tenant")] string? Tenant, [FromQuery(Name = "from")] string? From, [FromQuery(Name = "to")] string? To,
    [FromQuery(Name = "agent")] string? Agent, [FromQuery(Name = "cursor")] string? Cursor, [FromQuery(Name = "limit")] string? Limit);
