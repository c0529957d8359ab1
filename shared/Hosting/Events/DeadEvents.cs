using CallCenter.Contracts;
using Npgsql;

namespace CallCenter.Hosting;

/// <summary>Events that could not be applied, kept whole with the reason in <c>dead_events</c> of the service's schema.</summary>
public static class DeadEvents
{
    private const int ErrorMax = 4000;

    /// <summary>Keeps the event; keeping it again changes nothing.</summary>
    public static async Task Add(NpgsqlConnection connection, NpgsqlTransaction transaction, DomainEvent e, string error, CancellationToken ct)
    {
        const string insert = """
            INSERT INTO dead_events (event_id, tenant, stream, source, sequence, type, body, error)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
            """;
        await using var command = new NpgsqlCommand(insert, connection, transaction)
        {
            Parameters =
            {
                new() { Value = e.EventId }, new() { Value = e.Tenant }, new() { Value = e.Stream }, new() { Value = e.Source },
                new() { Value = e.Sequence }, new() { Value = e.GetType().Name }, new() { Value = EventCatalog.Write(e) },
                new() { Value = error.Length <= ErrorMax ? error : error[..ErrorMax] },
            },
        };
        await command.ExecuteNonQueryAsync(ct);
    }
}
