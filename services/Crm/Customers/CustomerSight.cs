using CallCenter.Hosting;

namespace CallCenter.Crm.Customers;

/// <summary>
/// Whose customers a caller may see: supervisors, administrators and services those of all the operator's tenants, agents those
/// of the tenants they serve, clients those of their own. An agent or a client of no tenant sees none.
/// </summary>
internal sealed class CustomerSight([FromKeyedServices(CrmService.Name)] ConfigurationSnapshots snapshots)
{
    public static readonly Role[] Readers = [Role.Agent, Role.Supervisor, Role.Client, Role.Administrator, Role.Service];
    public static readonly Role[] Writers = [Role.Agent, Role.Supervisor, Role.Administrator, Role.Service];

    public IReadOnlyList<Guid> Tenants(Caller caller) =>
        caller.Role is Role.Supervisor or Role.Administrator or Role.Service ? snapshots.Operator()?.Tenants ?? [] : caller.Tenants;
}
