using CallCenter.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace CallCenter.Hosting;

/// <summary>
/// Events on their way into the outbox among other statements of a transaction: 1. <see cref="Command"/> numbers and stores them; 2. <see cref="Read"/> reads its result;
/// 3. after the commit what it gave is told to <see cref="Outbox.Committed"/>.
/// </summary>
public sealed class Publication
{
    // A stored event's number is that of its column; its body was written before the number was known.
    private const string Sql = """
        WITH numbered AS (
          INSERT INTO outbox_streams AS s (tenant, stream, sequence) SELECT * FROM unnest($1, $2, $3)
          ON CONFLICT (tenant, stream) DO UPDATE SET sequence = s.sequence + excluded.sequence
          RETURNING stream, sequence),
        stored AS (
          INSERT INTO outbox (event_id, tenant, stream, sequence, type, body)
          SELECT e.id, e.tenant, e.stream, n.sequence - e.following, e.type, e.body
          FROM unnest($4, $5, $6, $7, $8, $9) AS e (id, tenant, stream, following, type, body) JOIN numbered n ON n.stream = e.stream)
        SELECT stream, sequence FROM numbered
        """;

    private readonly List<Unnumbered> _events;

    internal Publication(string service, IReadOnlyList<DomainEvent> unstamped, TimeProvider clock)
    {
        // In order of id: two transactions never wait for each other crosswise.
        var streams = unstamped.GroupBy(e => (e.Tenant, e.Stream)).OrderBy(g => g.Key.Stream).ToList();
        var following = streams.ToDictionary(g => g.Key.Stream, g => (long)g.Count());
        _events = [.. unstamped.Select(e => new Unnumbered(e.Stamped(service, 0, clock), --following[e.Stream]))];
        Command = new(Sql)
        {
            Parameters =
            {
                Outbox.Column(streams, g => g.Key.Tenant, NpgsqlDbType.Uuid),
                Outbox.Column(streams, g => g.Key.Stream, NpgsqlDbType.Uuid),
                Outbox.Column(streams, g => (long)g.Count(), NpgsqlDbType.Bigint),
                Outbox.Column(_events, e => e.Event.EventId, NpgsqlDbType.Uuid),
                Outbox.Column(_events, e => e.Event.Tenant, NpgsqlDbType.Uuid),
                Outbox.Column(_events, e => e.Event.Stream, NpgsqlDbType.Uuid),
                Outbox.Column(_events, e => e.Following, NpgsqlDbType.Bigint),
                Outbox.Column(_events, e => e.Event.GetType().Name, NpgsqlDbType.Text),
                Outbox.Column(_events, e => EventCatalog.Write(e.Event), NpgsqlDbType.Text),
            },
        };
    }

    /// <summary>Gives the events the next numbers of their streams and stores them; the transaction must be in the events' tenants.</summary>
    public NpgsqlBatchCommand Command { get; }

    /// <summary>Reads the result of <see cref="Command"/>, at which the reader stands: the events as they are stored and sent.</summary>
    public async Task<IReadOnlyList<DomainEvent>> Read(NpgsqlDataReader rows, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var last = new Dictionary<Guid, long>();
        while (await rows.ReadAsync(ct))
        {
            last[rows.GetGuid(0)] = rows.GetInt64(1);
        }
        return _events.ConvertAll(e => e.Event with { Sequence = last[e.Event.Stream] - e.Following });
    }

    /// <param name="Following">Later events of the same stream among these.</param>
    private sealed record Unnumbered(DomainEvent Event, long Following);
}
