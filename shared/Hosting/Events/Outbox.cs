using CallCenter.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace CallCenter.Hosting;

/// <summary>
/// Events leave a service with the state that they tell of: their rows are stored in the same transaction and sent after the
/// commit, again and again until every subscribed endpoint with an inbox has applied them.
/// </summary>
public sealed class Outbox
{
    private readonly string _service;
    private readonly OutboxDispatcher _dispatcher;
    private readonly TimeProvider _clock;

    internal Outbox(string service, OutboxDispatcher dispatcher, TimeProvider clock)
    {
        _service = service;
        _dispatcher = dispatcher;
        _clock = clock;
    }

    /// <summary>Stores stamped events (<see cref="EventStamp"/>), of one tenant or several, in one statement.</summary>
    public static async Task Store(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<DomainEvent> stamped, CancellationToken ct)
    {
        if (stamped.Count == 0)
        {
            return;
        }
        const string insert = """
            INSERT INTO outbox (event_id, tenant, stream, sequence, type, body)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6)
            """;
        await using var command = new NpgsqlCommand(insert, connection, transaction)
        {
            Parameters =
            {
                Column(stamped, e => e.EventId, NpgsqlDbType.Uuid),
                Column(stamped, e => e.Tenant, NpgsqlDbType.Uuid),
                Column(stamped, e => e.Stream, NpgsqlDbType.Uuid),
                Column(stamped, e => e.Sequence, NpgsqlDbType.Bigint),
                Column(stamped, e => e.GetType().Name, NpgsqlDbType.Text),
                Column(stamped, EventCatalog.Write, NpgsqlDbType.Text),
            },
        };
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <inheritdoc cref="Store"/>
    public Task Add(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<DomainEvent> stamped, CancellationToken ct)
    {
        var foreign = stamped.FirstOrDefault(e => e.Source != _service || e.Sequence < 1 || e.EventId == Guid.Empty);
        return foreign is null
            ? Store(connection, transaction, stamped, ct)
            : throw new ArgumentException($"{foreign.GetType().Name} is not stamped as an event of '{_service}'.", nameof(stamped));
    }

    /// <summary>
    /// Stamps events with the service's next sequences, kept in <c>outbox_streams</c>, and stores them. The transaction must be
    /// in the events' tenants. Hand the result to <see cref="Committed"/> after the commit.
    /// </summary>
    public async Task<IReadOnlyList<DomainEvent>> Publish(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<DomainEvent> unstamped, CancellationToken ct)
    {
        var publication = Begin(unstamped);
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { publication.Command } };
        await using var rows = await batch.ExecuteReaderAsync(ct);
        return await publication.Read(rows, ct);
    }

    /// <summary>The same among other statements, in batches of the caller's: see <see cref="Publication"/>.</summary>
    /// <param name="unstamped">At least one.</param>
    public Publication Begin(IReadOnlyList<DomainEvent> unstamped) => new(_service, unstamped, _clock);

    /// <summary>The transaction is committed: the events are sent at once, from memory.</summary>
    public void Committed(IReadOnlyList<DomainEvent> stamped) => _dispatcher.Send(stamped);

    /// <summary>A commit's outcome is not known (the connection broke): what was stored is found in the table and sent.</summary>
    public void CommitUnknown() => _dispatcher.LookIntoTable();

    internal static NpgsqlParameter Column<TRow, T>(IReadOnlyList<TRow> rows, Func<TRow, T> value, NpgsqlDbType type)
    {
        var values = new T[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(rows[i]);
        }
        return new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}
