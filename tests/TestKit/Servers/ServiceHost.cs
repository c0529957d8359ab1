using System.Collections.Concurrent;
using System.Net.Http.Headers;
using CallCenter.Contracts;
using CallCenter.Contracts.Tenancy;
using CallCenter.Hosting;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CallCenter.TestKit;

/// <summary>
/// One service on Kestrel at a free port, as its Program.cs makes it, with Tenancy's snapshots of the given tenants beside it.
/// Events of other services are told with <see cref="Tell"/>.
/// </summary>
public sealed class ServiceHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ConcurrentDictionary<(Guid Stream, string Source), long> _sequences;

    private ServiceHost(WebApplication app, ConcurrentDictionary<(Guid Stream, string Source), long> sequences) => (App, _sequences) = (app, sequences);

    /// <summary>The host.</summary>
    public WebApplication App { get; }

    /// <summary>Starts a host. <paramref name="before"/>: an earlier host of the same data, whose numbering of told events goes on.</summary>
    public static async Task<ServiceHost> Start(
        IDictionary<string, string?> configuration, IReadOnlyList<Guid> tenants, Action<WebApplicationBuilder> add, Action<WebApplication> map, ServiceHost? before = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await builder.UseSidecar();
        builder.AddCallCenterDefaults();
        add(builder);
        var app = builder.Build();
        app.MapCallCenterDefaults();
        MapSnapshots(app, tenants);
        map(app);
        await app.StartAsync();
        return new(app, before?._sequences ?? []);
    }

    /// <summary>A service of the host.</summary>
    public T Get<T>() where T : notnull => App.Services.GetRequiredService<T>();

    /// <summary>A keyed service of the host.</summary>
    public T Get<T>(string service) where T : notnull => App.Services.GetRequiredKeyedService<T>(service);

    /// <summary>A client that is signed in.</summary>
    public HttpClient As(Role role, Guid? user = null, params Guid[] tenants)
    {
        var client = new HttpClient { BaseAddress = new(App.Urls.First()) };
        var token = Get<TokenIssuer>().Issue(new Caller(user ?? Guid.CreateVersion7(), "test", role, tenants)).Token;
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Tells an event as its source would, numbered; completes when every inbox of the host has applied it. Returns it as it was sent.</summary>
    public async Task<DomainEvent> Tell(DomainEvent e, string source = "telephony/test")
    {
        var stamped = e.Stamped(source, _sequences.AddOrUpdate((e.Stream, source), 1, (_, last) => last + 1), TimeProvider.System);
        var delivered = Get<DeliveryTracker>().Delivered(stamped);
        await Get<IBus>().Publish(stamped, stamped.GetType());
        await delivered.WaitAsync(Patience);
        return stamped;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
    }

    private static void MapSnapshots(WebApplication app, IReadOnlyList<Guid> tenants)
    {
        var keys = app.Services.GetRequiredService<TenantKeys>();
        var all = tenants.ToDictionary(t => t, t => new TenantSnapshot(t, 1, "Tenant", "fi", "Europe/Helsinki", [new("+358800100200", "tollFree", null, new(null, null, 60))], new(10, 10), keys.NewWrappedKey()));
        var operatorSnapshot = new OperatorSnapshot(Guid.CreateVersion7(), 1, "Operator", "test", [.. tenants], [], []);
        app.MapGet("/api/snapshots/operator", () => Results.Json(operatorSnapshot, EventCatalog.Json)).RequireRoles(Role.Service);
        app.MapGet("/api/snapshots/{id:guid}", (Guid id) => all.TryGetValue(id, out var tenant) ? Results.Json(tenant, EventCatalog.Json) : Results.NotFound()).RequireRoles(Role.Service);
    }
}
