using System.Net.Http.Json;
using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Hosting;

namespace CallCenter.Desk.Screens;

/// <summary>What a service finds of itself: its own or another's database, its gateway's sockets and so on.</summary>
internal sealed record HealthCheck(string Status, string? Description);

/// <summary>One service.</summary>
/// <param name="Status">Healthy, Degraded, Unhealthy, or Unreachable.</param>
internal sealed record ServiceHealth(string Name, string Status, string? Version, IReadOnlyDictionary<string, HealthCheck> Checks);

/// <summary>The house: Healthy only when every service is; all checks together.</summary>
internal sealed record HouseHealth(string Status, IReadOnlyDictionary<string, HealthCheck> Checks, IReadOnlyList<ServiceHealth> Services, DateTimeOffset At);

/// <summary><c>GET /api/desk/health</c>: every service asked for its <c>/health/ready</c>; those of one process once.</summary>
internal static class HealthApi
{
    /// <summary>The services of the house.</summary>
    public static readonly IReadOnlyList<string> Services = ["Tenancy", "Telephony", "Ivr", "Routing", "Recording", "Crm", "Reporting"];

    private const string Healthy = "Healthy";
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(3);

    public static async Task<IResult> Get(IHttpClientFactory http, IConfiguration configuration, TimeProvider clock, CancellationToken ct)
    {
        var hosts = await Task.WhenAll(Services.GroupBy(service => ServiceAddress.Of(configuration, service)).Select(async host => (Names: host, Told: await Ask(http, host.First(), clock, ct))));
        var services = hosts.SelectMany(host => host.Names.Select(name => new ServiceHealth(name, host.Told.Status, host.Told.Version, host.Told.Checks ?? Empty))).ToList();
        var checks = hosts.SelectMany(host => host.Told.Checks ?? Empty).DistinctBy(check => check.Key).ToDictionary();
        return Results.Ok(new HouseHealth(services.All(service => service.Status == Healthy) ? Healthy : "Unhealthy", checks, services, clock.Now()));
    }

    private static readonly Dictionary<string, HealthCheck> Empty = [];

    private static async Task<Report> Ask(IHttpClientFactory http, string service, TimeProvider clock, CancellationToken ct)
    {
        using var client = http.CreateClient(service);
        using var deadline = new CancellationTokenSource(AnswerWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            // An unhealthy service answers 503 with the same body.
            using var response = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), either.Token);
            return await response.Content.ReadFromJsonAsync<Report>(either.Token) ?? Unreachable("It answered nothing.");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return Unreachable(e.Message);
        }

        Report Unreachable(string why) => new("Unreachable", null, new Dictionary<string, HealthCheck> { [service] = new("Unreachable", why) });
    }

    private sealed record Report(string Status, string? Version, IReadOnlyDictionary<string, HealthCheck>? Checks);
}
