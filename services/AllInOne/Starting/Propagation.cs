using System.Net.Http.Json;
using CallCenter.Contracts;
using CallCenter.Contracts.Tenancy;
using CallCenter.Hosting;

namespace CallCenter.AllInOne.Starting;

/// <summary>Knows when every service of this process works with the configuration that Tenancy holds now.</summary>
internal sealed class Propagation(IServiceProvider services, TimeProvider clock)
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);

    /// <exception cref="StartException">A service does not follow.</exception>
    public async Task Wait(HttpClient api, CancellationToken ct)
    {
        var wanted = await Versions(api, ct);
        var until = clock.GetUtcNow() + Within;
        foreach (var snapshots in services.GetKeyedServices<ConfigurationSnapshots>(KeyedService.AnyKey))
        {
            while (!Has(snapshots, wanted))
            {
                if (clock.GetUtcNow() > until)
                {
                    throw new StartException($"a service does not follow the configuration within {Within.TotalSeconds:0} s: start again, and look at its log when it stays so");
                }
                await Task.Delay(Between, clock, ct);
            }
        }
    }

    private static bool Has(ConfigurationSnapshots snapshots, Dictionary<Guid, long> wanted) => wanted.All(w =>
        (snapshots.Operator() is { } of && of.Operator == w.Key ? of.Version : snapshots.Tenant(w.Key)?.Version) >= w.Value);

    private static async Task<Dictionary<Guid, long>> Versions(HttpClient api, CancellationToken ct)
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
