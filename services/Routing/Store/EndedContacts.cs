using CallCenter.Hosting;
using CallCenter.Routing.Leading;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CallCenter.Routing;

/// <summary>
/// Drops what Routing keeps of contacts that ended long ago, with their positions, so that its tables stay as large as a month's work. The
/// ledger and the reports keep their own. What is still open is never dropped, however old it is.
/// </summary>
internal sealed class EndedContacts(
    [FromKeyedServices(RoutingService.Name)] ServiceDatabase database, LeaderFence leader, TimeProvider clock, ILogger<EndedContacts> logger) : BackgroundService
{
    /// <summary>As long as it is remembered who served a caller last; and one day more.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromDays(31);

    private const int Batch = 1_000;

    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>Drops all that ended contacts which began before that moment left; the number of contacts.</summary>
    public async Task<int> DropBefore(DateTimeOffset moment, CancellationToken ct)
    {
        var tenants = await database.OperatorWide(Tenants, ct);
        var dropped = 0;
        if (tenants.Length == 0)
        {
            return dropped;
        }

        int batch;
        do
        {
            batch = await database.InTenants(tenants, (connection, transaction) => DropBatch(connection, transaction, moment, ct), ct);
            dropped += batch;
        }
        while (batch == Batch);
        return dropped;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Log.ContactsDropped(logger, await DropBefore(clock.GetUtcNow() - Keep, stoppingToken));
            }
            catch (NpgsqlException failure)
            {
                Log.ContactsNotDropped(logger, failure);
            }
        }
    }

    private static async Task<Guid[]> Tenants(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        await using var command = new NpgsqlCommand("SELECT array(SELECT DISTINCT unnest(tenants) FROM pools)", connection, transaction);
        return await command.ExecuteScalarAsync() as Guid[] ?? [];
    }

    private async Task<int> DropBatch(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset moment, CancellationToken ct)
    {
        await leader.Require(connection, transaction, ct);
        // Ids are in the order of time (RFC 9562, section 5.7).
        const string sql = """
            WITH ended AS (
              DELETE FROM contacts WHERE id IN (SELECT id FROM contacts WHERE at_rest AND id < $1 ORDER BY id LIMIT $2) RETURNING tenant, id),
            received AS (DELETE FROM inbox AS i USING ended AS e WHERE i.stream = e.id),
            told AS (DELETE FROM outbox_streams AS o USING ended AS e WHERE o.tenant = e.tenant AND o.stream = e.id)
            SELECT count(*)::int FROM ended
            """;
        await using var command = new NpgsqlCommand(sql, connection, transaction)
        {
            Parameters = { new() { Value = Guid.CreateVersion7(moment) }, new() { Value = Batch } },
        };
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }
}
