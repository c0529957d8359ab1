namespace CallCenter.Routing.Pools;

/// <summary>The tenants that a pool serves; a new one is stored once, however many of its queues and contacts come at the same time.</summary>
internal sealed class KnownTenants(IStateStore store)
{
    private readonly HashSet<Guid> known = [];
    private readonly Dictionary<Guid, Task> adding = [];

    public void Load(IEnumerable<Guid> tenants) => known.UnionWith(tenants);

    /// <summary>Completes when the pool's next activation will load the tenant's rows. Called in the turns of one grain.</summary>
    /// <exception cref="FencedException">The pool was activated elsewhere.</exception>
    public async Task Know(Fence fence, Guid tenant)
    {
        if (known.Contains(tenant))
        {
            return;
        }

        if (!adding.TryGetValue(tenant, out var work))
        {
            adding[tenant] = work = store.AddTenant(fence, tenant, CancellationToken.None);
        }

        try
        {
            await work;
            known.Add(tenant);
        }
        finally
        {
            adding.Remove(tenant);
        }
    }
}
