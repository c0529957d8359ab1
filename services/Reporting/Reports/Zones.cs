using CallCenter.Hosting;

namespace CallCenter.Reporting.Reports;

/// <summary>Time zones of tenants, as Tenancy last told.</summary>
internal sealed class Zones(ConfigurationSnapshots snapshots)
{
    public static IResult NotKnown => Problems.Unavailable("The tenant's configuration is not known yet: try again when Tenancy runs.");

    /// <summary>Null while the tenant's configuration is not known.</summary>
    public TimeZoneInfo? Of(Guid tenant) =>
        snapshots.Tenant(tenant) is { } known && TimeZoneInfo.TryFindSystemTimeZoneById(known.TimeZone, out var zone) ? zone : null;

    /// <summary>The zone of an IANA name; UTC when none is given.</summary>
    public static TimeZoneInfo? Named(string? name, List<string> errors)
    {
        if (string.IsNullOrEmpty(name))
        {
            return TimeZoneInfo.Utc;
        }

        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
        {
            return zone;
        }

        errors.Add("'timeZone' is no zone: give an IANA name like Europe/Helsinki.");
        return null;
    }
}
