using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Hosting;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Queues;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CallCenter.Routing.Callbacks;

/// <summary>What has to be known before a callback is planned.</summary>
internal interface ICallbackPlans
{
    /// <summary>The plan of a first try, with what the queue and the tenant say; null when this customer's callback is pending already, with a better place.</summary>
    /// <param name="contact">The one that is to call back.</param>
    Task<CallbackPlan?> Complete(Guid tenant, Guid contact, CallbackPlan plan, CancellationToken ct);
}

/// <summary>Callbacks that are pending, read from the contacts' rows.</summary>
internal sealed class CallbackStore(
    [FromKeyedServices(RoutingService.Name)] ServiceDatabase database, RoutingStore store, [FromKeyedServices(RoutingService.Name)] ConfigurationSnapshots snapshots) : ICallbackPlans
{
    /// <summary>A list's greatest length.</summary>
    public const int ListMax = 1_000;

    /// <summary>How many are pending in the queue.</summary>
    public Task<long> Count(Guid tenant, Guid queue, CancellationToken ct) => Scalar(
        tenant, "SELECT count(*) FROM contacts WHERE tenant = $1 AND callback_queue = $2 AND NOT at_rest", [tenant, queue.ToString()], ct);

    /// <summary>How many are pending of the tenant.</summary>
    public Task<long> Count(Guid tenant, CancellationToken ct) => Scalar(
        tenant, "SELECT count(*) FROM contacts WHERE tenant = $1 AND callback_queue IS NOT NULL AND NOT at_rest", [tenant], ct);

    /// <inheritdoc/>
    public async Task<CallbackPlan?> Complete(Guid tenant, Guid contact, CallbackPlan plan, CancellationToken ct)
    {
        if (await IsPending(tenant, plan.Queue, plan.Number, contact, ct))
        {
            return null;
        }

        var queue = await store.Find<QueueRecord>(StateTable.Queues, tenant, plan.Queue, ct);
        var offer = queue?.State.Callback ?? new CallbackOffer();
        var zone = snapshots.Tenant(tenant)?.TimeZone ?? "UTC";
        return plan with { Offer = offer, Zone = zone, Until = plan.DueAt.AddMilliseconds(offer.WithinMs), DueAt = CallbackHours.NextOpen(plan.DueAt, offer, zone) };
    }

    /// <summary>Whether another contact than that is to call the number back.</summary>
    private async Task<bool> IsPending(Guid tenant, Guid queue, string number, Guid but, CancellationToken ct) => await Scalar(
        tenant,
        "SELECT count(*) FROM contacts WHERE tenant = $1 AND callback_queue = $2 AND caller = $3 AND id <> $4 AND NOT at_rest",
        [tenant, queue.ToString(), number, but], ct) > 0;

    /// <summary>Those of the tenants, the earliest due first.</summary>
    public Task<IReadOnlyList<ContactState>> List(IReadOnlyCollection<Guid> tenants, CancellationToken ct) => tenants.Count == 0
        ? Task.FromResult<IReadOnlyList<ContactState>>([])
        : database.InTenants<IReadOnlyList<ContactState>>(tenants, async (connection, transaction) =>
        {
            const string sql = "SELECT body FROM contacts WHERE tenant = ANY($1) AND callback_queue IS NOT NULL AND NOT at_rest ORDER BY body::jsonb -> 'callback' ->> 'dueAt', id LIMIT $2";
            await using var command = new NpgsqlCommand(sql, connection, transaction)
            {
                Parameters = { new() { Value = tenants.ToArray() }, new() { Value = ListMax } },
            };
            await using var reader = await command.ExecuteReaderAsync(ct);
            var found = new List<ContactState>();
            while (await reader.ReadAsync(ct))
            {
                found.Add(JsonSerializer.Deserialize<ContactState>(reader.GetString(0), EventCatalog.Json)!);
            }

            return found;
        }, ct);

    private Task<long> Scalar(Guid tenant, string sql, object[] values, CancellationToken ct) => database.InTenant(tenant, async (connection, transaction) =>
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return (long)(await command.ExecuteScalarAsync(ct))!;
    }, ct);
}
