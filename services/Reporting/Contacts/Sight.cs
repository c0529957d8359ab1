using CallCenter.Hosting;

namespace CallCenter.Reporting.Contacts;

/// <summary>
/// What a reader may see: contacts of its tenants; an agent only those with a leg of its own. Both are in each WHERE, and the
/// tenants also in row-level security.
/// </summary>
internal sealed record Sight(IReadOnlyList<Guid> Tenants, Guid? OnlyOfAgent)
{
    /// <summary>The part of one tenant; null when the tenant is not in sight.</summary>
    public Sight? Of(Guid tenant) => Tenants.Contains(tenant) ? this with { Tenants = [tenant] } : null;
}

/// <summary>Finds a caller's sight.</summary>
internal sealed class Sights(ConfigurationSnapshots snapshots)
{
    /// <summary>Every tenant of the operator, as Tenancy last told; none before it ever has.</summary>
    public IReadOnlyList<Guid> AllTenants => snapshots.Operator()?.Tenants ?? [];

    /// <summary>The operator, which owns the agents; null before Tenancy ever told.</summary>
    public Guid? Operator => snapshots.Operator()?.Operator;

    /// <summary>Whose events there are: all tenants and the operator.</summary>
    public IReadOnlyList<Guid> Everything => Operator is { } known ? [.. AllTenants, known] : AllTenants;

    /// <summary>Supervisors, administrators and services see the operator's tenants, clients and agents those they belong to.</summary>
    public Sight Of(Caller caller) => caller.Role switch
    {
        Role.Supervisor or Role.Administrator or Role.Service => new Sight(AllTenants, null),
        Role.Client => new Sight(caller.Tenants, null),
        Role.Agent => new Sight(caller.Tenants.Count > 0 ? caller.Tenants : AllTenants, caller.User),
        _ => new Sight([], caller.User),
    };
}
