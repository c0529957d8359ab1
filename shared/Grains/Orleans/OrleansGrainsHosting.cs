using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;

namespace CallCenter.Grains;

/// <summary>Makes a host a silo of an Orleans cluster that serves the same grains as the embedded runtime.</summary>
public static class OrleansGrainsHosting
{
    private const string Npgsql = "Npgsql";

    /// <summary>Joins the cluster that is kept in the given database; reminders are kept there too.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="connectionString">PostgreSQL with Orleans' clustering and reminder tables.</param>
    /// <param name="siloPort">Where other silos connect.</param>
    /// <param name="gatewayPort">Where clients connect.</param>
    public static HostApplicationBuilder AddOrleansGrains(this HostApplicationBuilder builder, string connectionString, int siloPort, int gatewayPort)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.UseOrleans(silo => silo
            .ConfigureEndpoints(siloPort, gatewayPort)
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("callcenter", "routing"))
            .Configure<ClusterMembershipOptions>(FailFast)
            .UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Npgsql, connectionString))
            .UseAdoNetReminderService(options => (options.Invariant, options.ConnectionString) = (Npgsql, connectionString)));
        return builder;
    }

    /// <summary>A dead silo's grains answer elsewhere after half a second instead of 18 s; a false alarm costs an activation, since the fence decides who may write.</summary>
    private static void FailFast(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = TimeSpan.FromMilliseconds(500);
        options.MaxProbeTimeout = TimeSpan.FromMilliseconds(500);
        options.NumMissedProbesLimit = 2;
        options.NumVotesForDeathDeclaration = 1;
        options.TableRefreshTimeout = TimeSpan.FromSeconds(2);
    }
}
