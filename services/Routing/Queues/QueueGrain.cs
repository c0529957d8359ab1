using CallCenter.Routing.Pools;
using Orleans;

namespace CallCenter.Routing.Queues;

/// <summary>One queue: its settings and live figures. Key: tenant/queue.</summary>
internal interface IQueueGrain : IGrainWithStringKey
{
    /// <summary>Stores the settings and gives them to the pool, where they hold at once.</summary>
    /// <param name="settings">A <see cref="QueueRecord"/> in JSON.</param>
    Task Configure(string settings);

    /// <summary>The settings in JSON; null when there is no such queue.</summary>
    Task<string?> Read();
}

/// <inheritdoc cref="IQueueGrain"/>
internal sealed class QueueGrain(RoutingStore store) : Grain, IQueueGrain
{
    private QueueRecord? queue;
    private long version;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var (tenant, id) = Keys.Parse(this.GetPrimaryKeyString());
        if (await store.Find<QueueRecord>(StateTable.Queues, tenant, id, cancellationToken) is { } stored)
        {
            (queue, version) = (stored.State, stored.Version);
        }
    }

    public async Task Configure(string settings)
    {
        var next = System.Text.Json.JsonSerializer.Deserialize<QueueRecord>(settings, Contracts.EventCatalog.Json)!;
        try
        {
            await store.Commit(new Change([new Row(StateTable.Queues, next.Id, next.Tenant, version, settings, AtRest: true)], []));
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }

        (queue, version) = (next, version + 1);
        await GrainFactory.GetGrain<IPoolGrain>(Keys.Pool).QueueChanged(next.Tenant, next.Id, settings);
    }

    public Task<string?> Read() => Task.FromResult(queue is null ? null : RoutingStore.Write(queue));
}
