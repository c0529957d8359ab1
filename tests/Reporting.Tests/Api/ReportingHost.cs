using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Contracts.Tenancy;
using CallCenter.Hosting;
using CallCenter.Reporting.Tests.Contacts;
using MassTransit;

namespace CallCenter.Reporting.Tests.Api;

/// <summary>The service as it runs: on Kestrel, with its bus, inbox and database, and the operator's tenants as last seen.</summary>
public sealed class ReportingHost(PostgresFixture postgres) : IAsyncLifetime
{
    private WebApplication _app = null!;

    public static Guid Operator { get; } = Script.Id(1_000);

    public static Guid[] Tenants { get; } = [.. Enumerable.Range(100, 20).Select(Script.Id)];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var configuration = await postgres.NewConfiguration();
        var snapshots = Directory.CreateDirectory(Path.Combine(configuration["Data:Folder"]!, "reporting", "snapshots"));
        var known = new OperatorSnapshot(Operator, 1, "Operator", "callcenter", Tenants, [], []);
        await File.WriteAllTextAsync(Path.Combine(snapshots.FullName, "operator.json"), JsonSerializer.Serialize(known, EventCatalog.Json), Ct);
        foreach (var tenant in Tenants)
        {
            var settings = new TenantSnapshot(tenant, 1, "Tenant", "fi", "Europe/Helsinki", [], new TenantLimits(10, 10), "");
            await File.WriteAllTextAsync(Path.Combine(snapshots.FullName, $"{tenant}.json"), JsonSerializer.Serialize(settings, EventCatalog.Json), Ct);
        }

        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddCallCenterDefaults();
        builder.AddReporting();
        _app = builder.Build();
        _app.MapCallCenterDefaults();
        _app.MapReporting();
        await _app.StartAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>Sends the events over the bus; returns when Reporting has committed them.</summary>
    internal Task Tell(Script script) => Tell(script.Events);

    /// <inheritdoc cref="Tell(Script)"/>
    internal async Task Tell(IReadOnlyList<DomainEvent> events)
    {
        var (bus, deliveries) = (_app.Services.GetRequiredService<IBus>(), _app.Services.GetRequiredService<DeliveryTracker>());
        var delivered = events.Select(deliveries.Delivered).ToList();
        foreach (var e in events)
        {
            await bus.Publish(e, e.GetType(), Ct);
        }

        await Task.WhenAll(delivered).WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    /// <summary>A client signed in as the user.</summary>
    public HttpClient As(Role role, Guid? user = null, params Guid[] tenants) => As(new Caller(user ?? Guid.CreateVersion7(), "Someone", role, tenants));

    /// <summary>A supervisor who is limited to the teams.</summary>
    public HttpClient SupervisorOf(params string[] teams) => As(new Caller(Guid.CreateVersion7(), "Sanna", Role.Supervisor, []) { Teams = teams });

    private HttpClient As(Caller caller)
    {
        var client = Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _app.Services.GetRequiredService<TokenIssuer>().Issue(caller).Token);
        return client;
    }

    public HttpClient Anonymous() => new() { BaseAddress = new Uri(_app.Urls.First()) };

    public static async Task<JsonElement> Get(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Ct);
        ((int)response.StatusCode).ShouldBe(200, await response.Content.ReadAsStringAsync(Ct));
        return await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    /// <summary>The problem details of a refused call.</summary>
    public static async Task<(int Status, string Detail)> Refusal(HttpClient client, string path, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        using var response = await client.SendAsync(request, Ct);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        return ((int)response.StatusCode, problem.GetProperty("detail").GetString()!);
    }
}
