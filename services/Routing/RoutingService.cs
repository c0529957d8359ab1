using CallCenter.Contracts;
using CallCenter.Grains;
using CallCenter.Hosting;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Callbacks;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Events;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;
using CallCenter.Routing.Settings;

namespace CallCenter.Routing;

/// <summary>Contacts, agents, queues and who gets whom.</summary>
public static class RoutingService
{
    internal const string Name = "routing";

    /// <summary>Part of the time that a host has to stop.</summary>
    private static readonly TimeSpan GrainsDrain = TimeSpan.FromSeconds(4);

    /// <summary>Adds Routing to a host.</summary>
    public static void AddRouting(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        builder.AddConfigurationSnapshots(Name);
        builder.AddDatabase(Name, typeof(RoutingService).Assembly);
        services.AddSingleton<Telemetry>();
        services.AddSingleton<GroupCommitter>();
        services.AddSingleton<RowReader>();
        services.AddSingleton<RoutingStore>();
        services.AddSingleton<IStateStore>(provider => provider.GetRequiredService<RoutingStore>());
        services.AddSingleton<CallbackStore>();
        services.AddSingleton<IReminderStore, ReminderStore>();
        services.AddSingleton<IGateways, BusGateways>();
        services.AddSingleton<CallControl>();
        services.AddSingleton<SettingsDesk>();

        // Started in this order and stopped in the other: events stop first, then grains, then what writes for them.
        builder.AddOutbox(Name);
        services.AddHostedService(provider => provider.GetRequiredService<GroupCommitter>());
        services.AddEmbeddedGrains(options => options.DrainDeadline = GrainsDrain, typeof(RoutingService).Assembly);
        services.AddSingleton<PoolStart>();
        services.AddHostedService(provider => provider.GetRequiredService<PoolStart>());
        services.AddSingleton<EndedContacts>();
        services.AddHostedService(provider => provider.GetRequiredService<EndedContacts>());
        services.AddHealthChecks().AddCheck<PoolHealth>("routing-pool", tags: ["ready"]);
        builder.AddOrderedEvents<RoutingEvents>(Name, EventCatalog.From("Telephony"), EventCatalog.From("Ivr"));
    }

    /// <summary>Maps /api/agents, /api/queues and /api/routing.</summary>
    public static void MapRouting(this IEndpointRouteBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapAgents();
        app.MapDesk();
        app.MapTransfers();
        app.MapMonitor();
        app.MapQueues();
        app.MapSettings();
        app.MapPlaces();
        app.MapExplain();
        app.MapCallbacks();
    }
}
