using CallCenter.Hosting;
using Npgsql;

namespace CallCenter.Crm.Customers;

/// <summary>The service's database as callers may see it.</summary>
internal sealed class CustomerStore([FromKeyedServices(CrmService.Name)] ServiceDatabase database, CustomerSight sight)
{
    /// <summary>Whether the caller may see the tenant's customers.</summary>
    public bool Sees(Caller caller, Guid tenant) => sight.Tenants(caller).Contains(tenant);

    /// <summary>Reads in the tenants whose customers the caller may see, or in that one of them; null when there is none.</summary>
    public async Task<T?> InSight<T>(Caller caller, Func<NpgsqlTransaction, Task<T?>> work, CancellationToken ct) where T : class =>
        sight.Tenants(caller) is { Count: > 0 } tenants ? await database.InTenants(tenants, (_, t) => work(t), ct) : null;

    /// <summary>Works in tenants that the caller was found to see.</summary>
    public Task<T> InTenants<T>(IReadOnlyCollection<Guid> tenants, Func<NpgsqlTransaction, Task<T>> work, CancellationToken ct) =>
        database.InTenants(tenants, (_, t) => work(t), ct);
}
