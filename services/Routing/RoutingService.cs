using CallCenter.Contracts;
using CallCenter.Grains;
using CallCenter.Hosting;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Callbacks;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Events;
using CallCenter.Routing.Leading;
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
        services.AddSingleton<LeaderFence>();
        services.AddSingleton<LeaderLease>();
        services.AddSingleton<GroupCommitter>();
        services.AddSingleton<RowReader>();
        services.AddSingleton<RoutingStore>();
        services.AddSingleton<IStateStore>(provider => provider.GetRequiredService<RoutingStore>());
        services.AddSingleton<CallbackStore>();
        services.AddSingleton<ICallbackPlans>(provider => provider.GetRequiredService<CallbackStore>());
        services.AddSingleton<IReminderStore, ReminderStore>();
        services.AddSingleton<IGateways, BusGateways>();
        services.AddSingleton<CallControl>();
        services.AddSingleton<SettingsDesk>();

        services.AddSingleton<PoolStart>();
        services.AddSingleton<EndedContacts>();
        services.AddSingleton<Leadership>();
        services.AddHealthChecks().AddCheck<LeaderHealth>("routing-leads", tags: ["ready"]);

        // Started in this order and stopped in the other: events stop first, then grains, then what writes for them.
        services.AddHostedService(provider => provider.GetRequiredService<GroupCommitter>());
        services.AddHostedService(provider => provider.GetRequiredService<Leadership>());
        services.AddLed(() =>
        {
            builder.AddOutbox(Name);
            services.AddEmbeddedGrains(options => options.DrainDeadline = GrainsDrain, typeof(RoutingService).Assembly);
            services.AddHostedService(provider => provider.GetRequiredService<PoolStart>());
            services.AddHostedService(provider => provider.GetRequiredService<EndedContacts>());
            builder.AddOrderedEvents<RoutingEvents>(Name, EventCatalog.From("Telephony"), EventCatalog.From("Ivr"));
        });
    }

    /// <summary>Maps /api/agents, /api/queues and /api/routing.</summary>
    public static void MapRouting(this IEndpointRouteBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var api = app.MapGroup("").WhileLeading();
        api.MapAgents();
        api.MapDesk();
        api.MapTransfers();
        api.MapMonitor();
        api.MapQueues();
        api.MapSettings();
        api.MapPlaces();
        api.MapExplain();
        api.MapCallbacks();
    }
}
