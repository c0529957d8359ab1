using CallCenter.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace CallCenter.Hosting;

/// <summary>
/// Events on their way into the outbox among other statements of a transaction: 1. <see cref="Advance"/> goes into a batch; 2. <see cref="Stamp"/> reads its result;
/// 3. <see cref="Store"/> goes into a later batch; 4. after the commit <see cref="Stamped"/> is told to <see cref="Outbox.Committed"/>.
/// </summary>
public sealed class Publication
{
    private readonly string _service;
    private readonly IReadOnlyList<DomainEvent> _unstamped;
    private readonly TimeProvider _clock;
    private readonly Dictionary<Guid, int> _counts;

    internal Publication(string service, IReadOnlyList<DomainEvent> unstamped, TimeProvider clock)
    {
        (_service, _unstamped, _clock) = (service, unstamped, clock);
        foreach (var e in unstamped)
        {
            EventStamp.RequireNames(e);
        }
        // In order of id: two transactions never wait for each other crosswise.
        var streams = unstamped.GroupBy(e => (e.Tenant, e.Stream)).OrderBy(g => g.Key.Stream).ToList();
        _counts = streams.ToDictionary(g => g.Key.Stream, g => g.Count());
        const string advance = """
            INSERT INTO outbox_streams AS s (tenant, stream, sequence) SELECT * FROM unnest($1, $2, $3)
            ON CONFLICT (tenant, stream) DO UPDATE SET sequence = s.sequence + excluded.sequence
            RETURNING stream, sequence
            """;
        Advance = new(advance)
        {
            Parameters =
            {
                Outbox.Column(streams, g => g.Key.Tenant, NpgsqlDbType.Uuid),
                Outbox.Column(streams, g => g.Key.Stream, NpgsqlDbType.Uuid),
                Outbox.Column(streams, g => (long)g.Count(), NpgsqlDbType.Bigint),
            },
        };
    }

    /// <summary>Takes the next sequences of the events' streams; the transaction must be in the events' tenants.</summary>
    public NpgsqlBatchCommand Advance { get; }

    /// <summary>The events as they are stored and sent; empty before <see cref="Stamp"/>.</summary>
    public IReadOnlyList<DomainEvent> Stamped { get; private set; } = [];

    /// <summary>Reads the result of <see cref="Advance"/>, at which the reader stands.</summary>
    public async Task Stamp(NpgsqlDataReader rows, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var next = new Dictionary<Guid, long>(_counts.Count);
        while (await rows.ReadAsync(ct))
        {
            var stream = rows.GetGuid(0);
            next[stream] = rows.GetInt64(1) - _counts[stream] + 1;
        }
        var stamped = new List<DomainEvent>(_unstamped.Count);
        foreach (var e in _unstamped)
        {
            stamped.Add(e.Stamped(_service, next[e.Stream]++, _clock));
        }
        Stamped = stamped;
    }

    /// <summary>Stores <see cref="Stamped"/>.</summary>
    public NpgsqlBatchCommand Store() => Outbox.Storing(Stamped);
}
