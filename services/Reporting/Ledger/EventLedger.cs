using System.Text.RegularExpressions;
using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Reporting.Contacts;
using Npgsql;
using NpgsqlTypes;

namespace CallCenter.Reporting.Ledger;

/// <summary>The append-only table of every event. Its rows are never changed; everything else here can be made from them anew.</summary>
internal static partial class EventLedger
{
    /// <summary>A history is folded from at most so many events; a call has some 50.</summary>
    public const int MostEventsOfContact = 10_000;

    private const int AgentChangesPage = 10_000;

    private static readonly string[] Folded = [.. ContactFold.Uses.Select(t => t.Name)];

    /// <summary>Events of one tenant, in the order in which they came.</summary>
    public static async Task Append(IReadOnlyList<DomainEvent> events, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string insert = """
            insert into events (tenant, stream, kind, event_id, type, source, sequence, occurred_at, body)
            select $1, stream, kind, event_id, type, source, sequence, occurred_at, body::jsonb
            from unnest($2, $3, $4, $5, $6, $7, $8, $9) with ordinality as e (stream, kind, event_id, type, source, sequence, occurred_at, body, place)
            order by place
            """;
        T[] Column<T>(Func<DomainEvent, T> value) => [.. events.Select(value)];

        await using var batch = new NpgsqlBatch(connection, transaction);
        // A rebuild of the tenant's projections holds this lock alone: nothing is folded from half a replay.
        batch.Add("select pg_advisory_xact_lock_shared(hashtextextended($1, 0))", RebuildLock(events[0].Tenant));
        batch.Add(insert, events[0].Tenant, Column(e => e.Stream), Column(e => e is AgentEvent ? "agent" : "contact"), Column(e => e.EventId),
            Column(e => e.GetType().Name), Column(e => e.Source), Column(e => e.Sequence), Column(e => e.OccurredAt.ToUniversalTime()), Column(Body));
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The events of a contact that its history is folded from.</summary>
    public static async Task<List<ContactEvent>> OfContact(Guid tenant, Guid contact, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        // Hold is what may repeat without end: it comes last, so that the limit never cuts off how a leg ended.
        const string select = """
            select type, body from events where tenant = $1 and stream = $2 and kind = 'contact' and type = any($3)
            order by type in ('CallHeld', 'CallResumed'), occurred_at, position limit $4
            """;
        await using var command = connection.Sql(transaction, select, tenant, contact, Folded, MostEventsOfContact);
        var events = new List<ContactEvent>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            events.Add((ContactEvent)EventCatalog.Read(rows.GetString(0), rows.GetString(1)));
        }

        return events;
    }

    /// <summary>The next contacts ("contact") or agents ("agent") of a tenant in the order of their ids.</summary>
    public static async Task<List<Guid>> StreamsAfter(string kind, Guid tenant, Guid last, int limit, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string select = "select distinct stream from events where tenant = $1 and kind = $4 and stream > $2 order by stream limit $3";
        await using var command = connection.Sql(transaction, select, tenant, last, limit, kind);
        var streams = new List<Guid>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            streams.Add(rows.GetGuid(0));
        }

        return streams;
    }

    /// <summary>The next changes of an agent in order.</summary>
    public static async Task<List<AgentChanged>> AgentChangesAfter(
        Guid tenant, Guid agent, long sequence, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string select = """
            select body from events where tenant = $1 and stream = $2 and source = 'routing' and sequence > $3 and type = 'AgentChanged'
            order by sequence limit $4
            """;
        await using var command = connection.Sql(transaction, select, tenant, agent, sequence, AgentChangesPage);
        var changes = new List<AgentChanged>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            changes.Add((AgentChanged)EventCatalog.Read(nameof(AgentChanged), rows.GetString(0)));
        }

        return changes;
    }

    /// <summary>PostgreSQL's text has no U+0000, a hostile caller's number may: it is kept as U+FFFD.</summary>
    private static string Body(DomainEvent e) => Nul().Replace(EventCatalog.Write(e), @"${before}\ufffd");

    /// <summary>An escaped U+0000, not a backslash that is followed by "u0000".</summary>
    [GeneratedRegex(@"(?<!\\)(?<before>(\\\\)*)\\u0000", RegexOptions.ExplicitCapture)]
    private static partial Regex Nul();

    public static string RebuildLock(Guid tenant) => $"reporting/contacts/{tenant}";
}
