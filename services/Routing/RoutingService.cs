using CallCenter.Contracts;
using CallCenter.Grains;
using CallCenter.Hosting;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Events;
using CallCenter.Routing.Pools;

namespace CallCenter.Routing;

/// <summary>Contacts, agents, queues and who gets whom.</summary>
public static class RoutingService
{
    internal const string Name = "routing";

    /// <summary>Adds Routing to a host.</summary>
    public static void AddRouting(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        builder.AddDatabase(Name, typeof(RoutingService).Assembly);
        services.AddSingleton<Telemetry>();
        services.AddSingleton<GroupCommitter>();
        services.AddSingleton<RoutingStore>();
        services.AddSingleton<IReminderStore, ReminderStore>();
        services.AddSingleton<IGateways, BusGateways>();
        services.AddSingleton<CallControl>();

        // Started in this order and stopped in the other: events stop first, then grains, then what writes for them.
        builder.AddOutbox(Name);
        services.AddHostedService(provider => provider.GetRequiredService<GroupCommitter>());
        services.AddEmbeddedGrains(null, typeof(RoutingService).Assembly);
        services.AddHostedService<PoolStart>();
        builder.AddOrderedEvents<RoutingEvents>(Name, EventCatalog.From("Telephony"), EventCatalog.From("Ivr"));
    }
}
