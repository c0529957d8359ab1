namespace CallCenter.Hosting;

/// <summary>
/// A tenant as the label <c>callcenter.tenant</c> of a metric. Each value is a time series in every store of metrics, so a process
/// names the first <see cref="TenantsMax"/> that it meets and counts the rest together as <see cref="Rest"/>. Spans and logs name
/// every tenant: they are no series.
/// </summary>
public sealed class TenantLabel
{
    /// <summary>The label's name.</summary>
    public const string Name = "callcenter.tenant";

    /// <summary>So many tenants have series of their own in a process.</summary>
    public const int TenantsMax = 200;

    /// <summary>The value for all tenants beyond.</summary>
    public const string Rest = "other";

    private static readonly TenantLabel OfProcess = new();

    private readonly Lock _naming = new();
    private volatile Dictionary<Guid, string> _named = [];

    /// <summary>The label of a tenant in this process; the same as long as the process lives.</summary>
    public static KeyValuePair<string, object?> Of(Guid tenant) => new(Name, OfProcess.Value(tenant));

    internal string Value(Guid tenant) =>
        _named.TryGetValue(tenant, out var known) ? known : _named.Count >= TenantsMax ? Rest : Admit(tenant);

    // Copied, at most 200 times, so that reading needs no lock.
    private string Admit(Guid tenant)
    {
        lock (_naming)
        {
            if (_named.TryGetValue(tenant, out var known))
            {
                return known;
            }
            if (_named.Count >= TenantsMax)
            {
                return Rest;
            }
            var value = tenant.ToString();
            _named = new(_named) { [tenant] = value };
            return value;
        }
    }
}
