using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace CallCenter.Hosting;

/// <summary>What every service stands on; the same in one process and in many.</summary>
public static class CallCenterDefaults
{
    private sealed class Added;

    /// <summary>Configuration, telemetry, health, bus, sign-in, problem details, OpenAPI. Calling it again changes nothing.</summary>
    public static void AddCallCenterDefaults(this IHostApplicationBuilder builder)
    {
        if (builder.Services.Any(d => d.ServiceType == typeof(Added)))
        {
            return;
        }
        builder.Services.AddSingleton<Added>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton(_ => DataFolder.From(builder.Configuration));
        builder.Registered<Databases>();
        builder.Services.AddSingleton<RolePasswords>();
        builder.Services.AddSingleton<PostgresConnections>();
        builder.Services.AddHostedService<MigrationService>();
        builder.Services.AddSingleton<TenantKeys>();
        builder.AddBus();
    }
}
