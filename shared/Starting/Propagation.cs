using System.Net.Http.Json;
using CallCenter.Contracts;
using CallCenter.Contracts.Tenancy;

namespace CallCenter.Starting;

/// <summary>Knows when every service works with the configuration that Tenancy holds now.</summary>
/// <param name="api">With the service's token.</param>
/// <param name="hosts">The processes to ask.</param>
internal sealed class Propagation(HttpClient api, IReadOnlyList<Uri> hosts, TimeProvider clock)
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);

    /// <exception cref="StartException">A service does not follow.</exception>
    public async Task Wait(CancellationToken ct)
    {
        var wanted = await Versions(ct);
        var until = clock.GetUtcNow() + Within;
        foreach (var host in hosts)
        {
            while (await Behind(host, wanted, ct) is { } service)
            {
                if (clock.GetUtcNow() > until)
                {
                    throw new StartException($"{service} does not follow the configuration within {Within.TotalSeconds:0} s: start again, and look at its log when it stays so");
                }
                await Task.Delay(Between, clock, ct);
            }
        }
    }

    /// <summary>A service of the host that works with an older configuration; null when there is none.</summary>
    private async Task<string?> Behind(Uri host, Dictionary<Guid, long> wanted, CancellationToken ct)
    {
        var services = (await api.GetFromJsonAsync<Dictionary<string, Dictionary<Guid, long>>>(new Uri(host, "/health/configuration"), ct))!;
        return services.Where(s => !wanted.All(w => s.Value.GetValueOrDefault(w.Key) >= w.Value)).Select(s => s.Key).FirstOrDefault();
    }

    private async Task<Dictionary<Guid, long>> Versions(CancellationToken ct)
    {
        var of = await api.GetFromJsonAsync<OperatorSnapshot>("/api/snapshots/operator", EventCatalog.Json, ct)
            ?? throw new StartException("Tenancy tells no operator: the database is not one of this application, choose another with --data");
        var versions = new Dictionary<Guid, long> { [of.Operator] = of.Version };
        foreach (var tenant in of.Tenants)
        {
            versions[tenant] = (await api.GetFromJsonAsync<TenantSnapshot>($"/api/snapshots/{tenant}", EventCatalog.Json, ct))!.Version;
        }
        return versions;
    }
}
