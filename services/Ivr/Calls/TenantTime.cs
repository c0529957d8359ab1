using CallCenter.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Ivr.Calls;

/// <summary>A tenant's wall clock.</summary>
internal sealed class TenantTime([FromKeyedServices(IvrService.Name)] ConfigurationSnapshots snapshots, TimeProvider clock)
{
    /// <summary>The time there now; null when the tenant's configuration has not come yet or names no zone of this machine.</summary>
    public DateTime? Local(Guid tenant) =>
        snapshots.Tenant(tenant) is { } known && TimeZoneInfo.TryFindSystemTimeZoneById(known.TimeZone, out var zone)
            ? TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).DateTime
            : null;
}
