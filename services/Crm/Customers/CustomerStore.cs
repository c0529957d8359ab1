using CallCenter.Hosting;
using Npgsql;

namespace CallCenter.Crm.Customers;

/// <summary>The service's database as callers may see it.</summary>
internal sealed class CustomerStore([FromKeyedServices(CrmService.Name)] ServiceDatabase database, CustomerSight sight)
{
    /// <summary>Works in all tenants whose customers the caller may see; null when there are none.</summary>
    public async Task<T?> InSight<T>(Caller caller, Func<NpgsqlTransaction, Task<T?>> work, CancellationToken ct) where T : class =>
        sight.Tenants(caller) is { Count: > 0 } tenants ? await database.InTenants(tenants, (_, t) => work(t), ct) : null;
}
