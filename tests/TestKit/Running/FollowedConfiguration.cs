using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CallCenter.Hosting;

namespace CallCenter.TestKit.Running;

/// <summary>Knows when every process of a running system works with the configuration that was made last.</summary>
public static class FollowedConfiguration
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    /// <summary>Waits until they do.</summary>
    public static async Task Wait(RunningCenter center)
    {
        using var http = new HttpClient();
        var token = new TokenIssuer(new DataFolder(center.Data), TimeProvider.System).IssueForService().Token;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var of = (await http.GetFromJsonAsync<JsonObject>(new Uri(center.Address, "/api/snapshots/operator")))!;
        var wanted = new Dictionary<string, long> { [(string)of["operator"]!] = (long)of["version"]! };
        foreach (var tenant in of["tenants"]!.AsArray().Select(t => (string)t!))
        {
            wanted[tenant] = (long)(await http.GetFromJsonAsync<JsonObject>(new Uri(center.Address, $"/api/snapshots/{tenant}")))!["version"]!;
        }
        foreach (var host in await center.Hosts())
        {
            await Eventually.Get($"the configuration at {host}", Within, () => Versions(http, host), services =>
                services.Values.All(known => wanted.All(w => known.GetValueOrDefault(w.Key) >= w.Value)));
        }
    }

    private static async Task<Dictionary<string, Dictionary<string, long>>> Versions(HttpClient http, Uri host) =>
        (await http.GetFromJsonAsync<Dictionary<string, Dictionary<string, long>>>(new Uri(host, "/health/configuration")))!;
}
