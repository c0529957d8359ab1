using CallCenter.Contracts;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace CallCenter.Hosting;

/// <summary>
/// Applies events through a service's handler: up to 128 of one tenant in one transaction with their positions. A batch that
/// fails is applied one by one; an event that fails again and again is parked. While the database is away it waits.
/// </summary>
internal sealed class InboxSink(string service, ServiceDatabase database, IBatchHandler handler, TimeSpan gather, Outbox? outbox, Retries retries, ILogger logger) : IEventSink
{
    private const int Batch = 128;

    public TimeSpan Gather => gather;

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
            await handler.Apply(events, inbox, ct);
            await inbox.StorePublished(ct);
            return inbox;
        }, ct);
        done.Committed();
        return true;
    }

    private async Task Park(DomainEvent e, Exception error, CancellationToken ct)
    {
        Log.EventParked(logger, error, service, e.GetType().Name, e.EventId, e.Tenant, e.Stream);
        Telemetry.Parked(service, e.Tenant);
        await retries.UntilUp(service, () => database.InTenant(e.Tenant, async (connection, transaction) =>
        {
            await Advance(connection, transaction, [e], ct);
            await DeadEvents.Add(connection, transaction, e, error.ToString(), ct);
            return true;
        }, ct), ct);
    }

    // Advances only from below the batch's first event: when this instance's knowledge is old, nothing is applied twice. An upsert
    // always goes by the key; a join with a table that was empty when the plan was made would read all of it each time.
    private static async Task Advance(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<DomainEvent> events, CancellationToken ct)
    {
        const string advance = """
            INSERT INTO inbox AS i (tenant, stream, source, first, sequence, final) SELECT * FROM unnest($1, $2, $3, $4, $5, $6)
            ON CONFLICT (stream, source) DO UPDATE SET first = excluded.first, sequence = excluded.sequence, final = excluded.final
            WHERE i.sequence < excluded.first
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
        if (await command.ExecuteNonQueryAsync(ct) != sources.Count)
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
        const string read = """
            SELECT u.place, (SELECT i.sequence FROM inbox i WHERE i.stream = u.stream AND i.source = u.source)
            FROM unnest($1, $2) WITH ORDINALITY AS u(stream, source, place)
            """;
        await using var command = new NpgsqlCommand(read, connection, transaction)
        {
            Parameters = { Outbox.Column(sources, s => s.Stream, NpgsqlDbType.Uuid), Outbox.Column(sources, s => s.Source, NpgsqlDbType.Text) },
        };
        var positions = new Dictionary<SourceKey, long>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            if (!rows.IsDBNull(1))
            {
                positions.Add(sources[(int)rows.GetInt64(0) - 1], rows.GetInt64(1));
            }
        }
        return positions;
    }

    private sealed class PositionMovedException : Exception;
}
