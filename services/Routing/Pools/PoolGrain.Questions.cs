using CallCenter.Contracts;

namespace CallCenter.Routing.Pools;

/// <summary>What others ask of the queues; nothing changes.</summary>
internal sealed partial class PoolGrain
{
    public Task<List<Guid>?> FreeAgents(Guid tenant, Guid queue) => Task.FromResult(pool.FreeAgents(tenant, queue));

    public Task<List<QueueFigures>> Figures(List<Guid> queues) => Task.FromResult(WaitReports.Of(pool, forecasts, queues));

    public Task<PlaceReport?> PlaceOf(Guid contact, TellMessage? before) => Task.FromResult(WaitReports.Of(pool, forecasts, contact, before, clock.Now()));
}
