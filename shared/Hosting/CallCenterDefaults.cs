using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace CallCenter.Hosting;

/// <summary>What every service stands on; the same in one process and in many.</summary>
public static class CallCenterDefaults
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(10);

    private sealed class Added;

    /// <summary>Configuration, telemetry, health, bus, sign-in, problem details, OpenAPI. Calling it again changes nothing.</summary>
    public static void AddCallCenterDefaults(this IHostApplicationBuilder builder)
    {
        if (builder.Services.Any(d => d.ServiceType == typeof(Added)))
        {
            return;
        }
        builder.RequireSidecar();
        builder.Services.AddSingleton<Added>();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = StopTime);
        TelemetryService.Add(builder);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton(_ => DataFolder.From(builder.Configuration));
        builder.Registered<Databases>();
        builder.Services.AddSingleton<RolePasswords>();
        builder.Services.AddSingleton<PostgresConnections>();
        builder.Services.AddSingleton<MigrationService>();
        builder.Services.AddHostedService(services => services.GetRequiredService<MigrationService>());
        builder.Services.AddSingleton<TenantKeys>();
        builder.Services.AddSingleton<OwnAddress>();
        builder.AddWebDefaults();
        builder.AddBus();
    }

    /// <summary>/health/live, /health/ready, /openapi/v1.json, authentication, errors. Before the services' own Map calls; calling it again changes nothing.</summary>
    public static void MapCallCenterDefaults(this WebApplication app)
    {
        var endpoints = (IEndpointRouteBuilder)app;
        if (!endpoints.DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Any(e => e.RoutePattern.RawText == "/health/live"))
        {
            app.UseWebDefaults();
        }
    }
}
