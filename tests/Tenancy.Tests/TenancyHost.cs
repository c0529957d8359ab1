using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace CallCenter.Tenancy.Tests;

/// <summary>The service alone on Kestrel and a real database, shared by the tests of the assembly: each makes tenants of its own.</summary>
public sealed class TenancyHost : IAsyncDisposable
{
    public const string Administrator = "admin", Password = "correct horse";

    private readonly SemaphoreSlim _starting = new(1);
    private WebApplication? _app;

    public PostgresFixture Postgres { get; } = new();

    public IServiceProvider Services => _app!.Services;

    public Dictionary<string, string?> Configuration { get; private set; } = [];

    /// <summary>A client of nobody.</summary>
    public async Task<HttpClient> Client()
    {
        await _starting.WaitAsync();
        try
        {
            if (_app is null)
            {
                Configuration = await Postgres.NewConfiguration();
                Configuration["Tenancy:Administrator:User"] = Administrator;
                Configuration["Tenancy:Administrator:Password"] = Password;
                _app = await Start(Configuration);
            }
        }
        finally
        {
            _starting.Release();
        }
        return new HttpClient { BaseAddress = new(_app.Urls.First()) };
    }

    /// <summary>A client with the token of a role.</summary>
    public async Task<HttpClient> Client(Role role, params Guid[] tenants)
    {
        var client = await Client();
        client.DefaultRequestHeaders.Authorization = new("Bearer", Services.GetRequiredService<TokenIssuer>().Issue(new(Guid.CreateVersion7(), "Test", role, tenants)).Token);
        return client;
    }

    /// <summary>Another run of the service.</summary>
    public static async Task<WebApplication> Start(Dictionary<string, string?> configuration, Action<WebApplicationBuilder>? add = null, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddCallCenterDefaults();
        builder.AddTenancy();
        add?.Invoke(builder);
        var app = builder.Build();
        app.MapCallCenterDefaults();
        app.MapTenancy();
        map?.Invoke(app);
        await app.StartAsync();
        return app;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        await Postgres.DisposeAsync();
        _starting.Dispose();
    }
}

/// <summary>Calls as the tests make them.</summary>
internal static class Calls
{
    public static object Tenant(string name = "Aurora") => new { name, language = "fi", timeZone = "Europe/Helsinki", limits = new { concurrentCalls = 10, callsPerSecond = 5 } };

    public static object Number(Guid tenant, Guid? flow = null) => new { tenant, kind = "geographic", flow, fallback = new { longestHoldSeconds = 30 } };

    public static async Task<JsonElement> Read(this HttpClient http, string path) =>
        await Body(await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken), HttpStatusCode.OK);

    public static async Task<HttpStatusCode> Status(this HttpClient http, string path)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    public static async Task<JsonElement> Put(this HttpClient http, string path, object body, HttpStatusCode expected = HttpStatusCode.OK) =>
        await Body(await http.PutAsJsonAsync(new Uri(path, UriKind.Relative), body, TestContext.Current.CancellationToken), expected);

    public static async Task<JsonElement> SignIn(this HttpClient http, string user, string password, HttpStatusCode expected = HttpStatusCode.OK) =>
        await Body(await http.PostAsJsonAsync(new Uri("/api/sign-in", UriKind.Relative), new { user, password }, TestContext.Current.CancellationToken), expected);

    public static async Task<Guid> NewTenant(this HttpClient administrator, string name = "Aurora")
    {
        var id = Guid.CreateVersion7();
        await administrator.Put($"/api/tenants/{id}", Tenant(name));
        return id;
    }

    public static string NewNumber() => $"+358{Random.Shared.NextInt64(100_000_000, 999_999_999)}";

    public static List<JsonElement> Items(this JsonElement list) => [.. list.GetProperty("items").EnumerateArray()];

    private static async Task<JsonElement> Body(HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(expected, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
