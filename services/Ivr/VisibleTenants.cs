using CallCenter.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Ivr;

/// <summary>Whose things a caller may look for when a request names no tenant: its own, or all of the operator.</summary>
internal sealed class VisibleTenants([FromKeyedServices(IvrService.Name)] ConfigurationSnapshots snapshots)
{
    /// <summary>The tenants; empty when there are none yet.</summary>
    public IReadOnlyCollection<Guid> Of(Caller caller) =>
        caller.Role is Role.Administrator or Role.Supervisor or Role.Service ? snapshots.Operator()?.Tenants ?? [] : caller.Tenants;

    /// <summary>The same for a request that may name one; null when it names one that the caller does not see.</summary>
    public IReadOnlyCollection<Guid>? Of(Caller caller, Guid? tenant) => tenant is not { } one ? Of(caller) : caller.Sees(one) ? [one] : null;
}
