using System.Diagnostics;
using CallCenter.Contracts;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace CallCenter.Hosting;

/// <summary>
/// Applies events through a service's handler: up to 128 of one tenant in one transaction with their positions. A batch that
/// fails is applied one by one; an event that fails again and again is parked. While the database is away it waits.
/// </summary>
internal sealed class InboxSink(string service, ServiceDatabase database, IEventHandler handler, Outbox? outbox, Retries retries, ILogger logger) : IEventSink
{
    private const int Batch = 128;

    public Task<IReadOnlyDictionary<SourceKey, long>> Positions(IReadOnlyList<SourceKey> sources, CancellationToken ct) =>
        retries.UntilUp(service, () => database.OperatorWide((c, t) => ReadPositions(c, t, sources, ct), ct), ct);

    public async Task Apply(IReadOnlyList<DomainEvent> ready, CancellationToken ct)
    {
        foreach (var tenant in ready.GroupBy(e => e.Tenant))
        {
            foreach (var batch in tenant.Chunk(Batch))
            {
                await ApplyBatch(tenant.Key, batch, ct);
            }
        }
    }

    private async Task ApplyBatch(Guid tenant, DomainEvent[] events, CancellationToken ct)
    {
        for (var failures = 0; events.Length > 0;)
        {
            try
            {
                await retries.UntilUp(service, () => ApplyTogether(tenant, events, ct), ct, outbox);
                return;
            }
            catch (PositionMovedException)
            {
                events = await NotApplied(events, ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                if (events.Length > 1)
                {
                    await ApplyOneByOne(tenant, events, ct);
                    return;
                }
                if (++failures >= Retries.Attempts)
                {
                    await Park(events[0], e, ct);
                    return;
                }
                await retries.Pause(failures, ct);
            }
        }
    }

    private async Task ApplyOneByOne(Guid tenant, DomainEvent[] events, CancellationToken ct)
    {
        foreach (var e in events)
        {
            await ApplyBatch(tenant, [e], ct);
        }
    }

    private async Task<bool> ApplyTogether(Guid tenant, DomainEvent[] events, CancellationToken ct)
    {
        var done = await database.InTenant(tenant, async (connection, transaction) =>
        {
            await Advance(connection, transaction, events, ct);
            var inbox = new InboxTransaction(connection, transaction, outbox);
            foreach (var e in events)
            {
                using var span = Telemetry.Start($"{service} apply", ActivityKind.Consumer, e);
                inbox.Applying = e;
                await handler.Apply(e, inbox, ct);
            }
            await inbox.StorePublished(ct);
            return inbox;
        }, ct);
        done.Committed();
        return true;
    }

    private async Task Park(DomainEvent e, Exception error, CancellationToken ct)
    {
        Log.EventParked(logger, error, service, e.GetType().Name, e.EventId, e.Tenant, e.Stream);
        Telemetry.EventsParked.Add(1);
        await retries.UntilUp(service, () => database.InTenant(e.Tenant, async (connection, transaction) =>
        {
            await Advance(connection, transaction, [e], ct);
            await DeadEvents.Add(connection, transaction, e, error.ToString(), ct);
            return true;
        }, ct), ct);
    }

    // Advances only from below the batch's first event: when this instance's knowledge is old, nothing is applied twice.
    private static async Task Advance(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<DomainEvent> events, CancellationToken ct)
    {
        const string advance = """
            MERGE INTO inbox i
            USING (SELECT * FROM unnest($1, $2, $3, $4, $5, $6) AS u(tenant, stream, source, first, last, final)) u
            ON i.stream = u.stream AND i.source = u.source
            WHEN MATCHED AND i.sequence < u.first THEN UPDATE SET sequence = u.last, final = u.final
            WHEN NOT MATCHED THEN INSERT (tenant, stream, source, sequence, final) VALUES (u.tenant, u.stream, u.source, u.last, u.final)
            """;
        var sources = events.GroupBy(SourceKey.Of).OrderBy(g => g.Key.Stream).ThenBy(g => g.Key.Source, StringComparer.Ordinal).ToList();
        await using var command = new NpgsqlCommand(advance, connection, transaction)
        {
            Parameters =
            {
                Outbox.Column(sources, s => s.Key.Tenant, NpgsqlDbType.Uuid),
                Outbox.Column(sources, s => s.Key.Stream, NpgsqlDbType.Uuid),
                Outbox.Column(sources, s => s.Key.Source, NpgsqlDbType.Text),
                Outbox.Column(sources, s => s.First().Sequence, NpgsqlDbType.Bigint),
                Outbox.Column(sources, s => s.Last().Sequence, NpgsqlDbType.Bigint),
                Outbox.Column(sources, s => s.Last().Final, NpgsqlDbType.Boolean),
            },
        };
        try
        {
            if (await command.ExecuteNonQueryAsync(ct) != sources.Count)
            {
                throw new PositionMovedException();
            }
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new PositionMovedException();
        }
    }

    private async Task<DomainEvent[]> NotApplied(DomainEvent[] events, CancellationToken ct)
    {
        var positions = await Positions([.. events.Select(SourceKey.Of).Distinct()], ct);
        return [.. events.Where(e => e.Sequence > positions.GetValueOrDefault(SourceKey.Of(e)))];
    }

    private static async Task<IReadOnlyDictionary<SourceKey, long>> ReadPositions(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<SourceKey> sources, CancellationToken ct)
    {
        const string read = "SELECT i.tenant, i.stream, i.source, i.sequence FROM inbox i JOIN unnest($1, $2) AS u(stream, source) ON i.stream = u.stream AND i.source = u.source";
        await using var command = new NpgsqlCommand(read, connection, transaction)
        {
            Parameters = { Outbox.Column(sources, s => s.Stream, NpgsqlDbType.Uuid), Outbox.Column(sources, s => s.Source, NpgsqlDbType.Text) },
        };
        var positions = new Dictionary<SourceKey, long>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            positions.Add(new(rows.GetGuid(0), rows.GetGuid(1), rows.GetString(2)), rows.GetInt64(3));
        }
        return positions;
    }

    private sealed class PositionMovedException : Exception;
}
