using CallCenter.Hosting;

namespace CallCenter.Crm.Numbers;

/// <summary>Which country a tenant's national numbers belong to.</summary>
internal sealed class Countries([FromKeyedServices(CrmService.Name)] ConfigurationSnapshots snapshots)
{
    /// <summary>The country of the tenant's number that was called or, when that is no E.164 number (a short code), of the tenant's first that is one; null when there is none.</summary>
    public string? Of(Guid tenant, string? called = null) =>
        (called is null ? null : E164.CountryOf(called))
        ?? snapshots.Tenant(tenant)?.Numbers.Select(n => E164.CountryOf(n.Number)).FirstOrDefault(c => c is not null);
}
