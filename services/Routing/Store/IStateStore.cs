using CallCenter.Routing.Pools;

namespace CallCenter.Routing;

/// <summary>A grain's state with the version of its row; 0 = not stored yet.</summary>
internal sealed record Stored<T>(T State, long Version);

/// <summary>What is durable of grains: rows with versions, and the pool's epoch that keeps two owners apart. The database, or a test's memory.</summary>
internal interface IStateStore
{
    /// <inheritdoc cref="GroupCommitter.Commit"/>
    Task Commit(Change change);

    /// <inheritdoc cref="Outcomes.Of"/>
    Task Settled(Guid? change);

    /// <summary>One row of a tenant, or null.</summary>
    Task<Stored<T>?> Find<T>(StateTable table, Guid tenant, Guid id, CancellationToken ct);

    /// <summary>One agent, or null.</summary>
    Task<Stored<T>?> FindAgent<T>(Guid id, CancellationToken ct);

    /// <summary>All agents, or those of whom something is pending.</summary>
    Task<IReadOnlyList<Stored<T>>> Agents<T>(bool all, CancellationToken ct);

    /// <summary>Versions that their agents have not taken yet.</summary>
    Task<IReadOnlyList<Stored<T>>> PendingAgentSettings<T>(CancellationToken ct);

    /// <summary>The number of the agent's last version; 0 before the first.</summary>
    Task<long> LastAgentSettings(Guid agent, CancellationToken ct);

    /// <summary>A table's rows of the tenants, or those of which something is pending.</summary>
    Task<IReadOnlyList<Stored<T>>> Rows<T>(StateTable table, IReadOnlyCollection<Guid> tenants, bool all, CancellationToken ct);

    /// <summary>The last conversation with a caller of that number, of contacts that began after that moment; null when there was none.</summary>
    Task<LastTalk?> LastTalk(Guid tenant, string caller, DateTimeOffset after, CancellationToken ct);

    /// <summary>Makes the caller the pool's one owner: nobody with an older epoch can write any more.</summary>
    Task<(long Epoch, IReadOnlyList<Guid> Tenants)> RaiseEpoch(string pool, CancellationToken ct);

    /// <summary>Remembers that the pool serves the tenant, so that its next activation loads the tenant's rows.</summary>
    /// <exception cref="FencedException">The pool was activated elsewhere.</exception>
    Task AddTenant(Fence fence, Guid tenant, CancellationToken ct);
}
