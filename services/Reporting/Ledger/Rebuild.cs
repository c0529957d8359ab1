using System.Diagnostics;
using CallCenter.Hosting;
using CallCenter.Reporting.Contacts;
using CallCenter.Reporting.Facts;
using Npgsql;

namespace CallCenter.Reporting.Ledger;

/// <summary>What a rebuild did.</summary>
internal sealed record RebuildResult(int Tenants, int Contacts, int Agents, long Milliseconds);

/// <summary>Drops the projections of tenants (and of the operator, which owns the agents) and folds them anew from the ledger: the same bytes come out.</summary>
internal sealed class Rebuild(ServiceDatabase database, TimeProvider clock)
{
    private const int Page = 500;

    /// <summary>One transaction a tenant: readers see the old histories until the new ones are all there.</summary>
    public async Task<RebuildResult> Run(IReadOnlyCollection<Guid> tenants, CancellationToken ct)
    {
        using var span = Telemetry.Source.StartActivity("rebuild", ActivityKind.Internal);
        var (started, contacts, agents) = (clock.GetTimestamp(), 0, 0);
        foreach (var tenant in tenants)
        {
            var replayed = await database.InTenant(tenant, (connection, transaction) => Replay(tenant, connection, transaction, ct), ct);
            (contacts, agents) = (contacts + replayed.Contacts, agents + replayed.Agents);
        }

        return new RebuildResult(tenants.Count, contacts, agents, (long)clock.GetElapsedTime(started).TotalMilliseconds);
    }

    private static async Task<(int Contacts, int Agents)> Replay(Guid tenant, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        // Alone in the tenant: events that come in meanwhile wait for the end.
        await using (var alone = connection.Sql(transaction, "select pg_advisory_xact_lock(hashtextextended($1, 0))", EventLedger.RebuildLock(tenant)))
        {
            await alone.ExecuteNonQueryAsync(ct);
        }

        await ContactProjection.Drop(tenant, connection, transaction, ct);
        var (replayed, last) = (0, Guid.Empty);
        while (await EventLedger.StreamsAfter("contact", tenant, last, Page, connection, transaction, ct) is { Count: > 0 } contacts)
        {
            foreach (var contact in contacts)
            {
                await ContactProjection.Refresh(tenant, contact, connection, transaction, ct);
            }

            (replayed, last) = (replayed + contacts.Count, contacts[^1]);
        }

        return (replayed, await AgentTimeRows.Replay(tenant, connection, transaction, ct));
    }
}
