using CallCenter.Contracts;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting;

/// <summary>Registers how services send and take events.</summary>
public static class EventExtensions
{
    private const int InboxLanes = 4, StoreLanes = 16, TransientInHand = 4;

    private static readonly TimeSpan Shortly = TimeSpan.FromMilliseconds(4);

    // One: an endpoint only hands an event to its lane, and keeps the order in which events came.
    private const int EventsInHand = 1;

    /// <summary>Gives the service a keyed <see cref="Outbox"/> in its schema.</summary>
    public static void AddOutbox(this IHostApplicationBuilder builder, string service)
    {
        builder.RequireMigration(service, "outbox");
        builder.Services.AddKeyedSingleton(service, (services, _) => new OutboxDispatcher(
            service, services.GetRequiredKeyedService<ServiceDatabase>(service), services.GetRequiredService<EventBus>(),
            services.GetRequiredService<DeliveryTracker>(), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<OutboxDispatcher>>()));
        builder.Services.AddSingleton<IHostedService>(services => services.GetRequiredKeyedService<OutboxDispatcher>(service));
        builder.Services.AddKeyedSingleton(service, (services, _) =>
            new Outbox(service, services.GetRequiredKeyedService<OutboxDispatcher>(service), services.GetRequiredService<TimeProvider>()));
        builder.Registered<Subscriptions>().Add(new($"{service}.resend", [typeof(ResendEvents)], HasInbox: false, 1, services =>
        {
            var dispatcher = services.GetRequiredKeyedService<OutboxDispatcher>(service);
            return (message, ct) => dispatcher.Resend((ResendEvents)message, ct);
        }));
    }

    /// <summary>Subscribes the handler to whole sources (<see cref="EventCatalog.From"/>), exactly once, through an inbox in the service's schema.</summary>
    public static void AddInbox<THandler>(this IHostApplicationBuilder builder, string service, params IEnumerable<Type>[] types)
        where THandler : class, IEventHandler
    {
        builder.Services.TryAddSingleton<THandler>();
        builder.AddInbox(service, Shortly, types, services => new OneByOne(service, services.GetRequiredService<THandler>()));
    }

    /// <summary>The same for a handler of many events: in a stream of them those of <paramref name="gather"/> are applied together.</summary>
    public static void AddBatchInbox<THandler>(this IHostApplicationBuilder builder, string service, TimeSpan gather, params IEnumerable<Type>[] types)
        where THandler : class, IBatchHandler
    {
        builder.Services.TryAddSingleton<THandler>();
        builder.AddInbox(service, gather, types, services => services.GetRequiredService<THandler>());
    }

    /// <summary>Subscribes the service's own store to whole sources: Hosting orders, the store keeps position and effect. Its table <c>inbox</c> and <c>dead_events</c> are there for it.</summary>
    public static void AddOrderedEvents<TStore>(this IHostApplicationBuilder builder, string service, params IEnumerable<Type>[] types)
        where TStore : class, IEventStore
    {
        builder.RequireMigration(service, "inbox");
        builder.Services.TryAddSingleton<TStore>();
        builder.AddEndpoint(service, StoreLanes, types, services =>
        {
            var logger = services.GetRequiredService<ILogger<StoreSink>>();
            return new StoreSink(service, services.GetRequiredService<TStore>(), new Retries(services.GetRequiredService<TimeProvider>(), logger), logger);
        });
    }

    /// <summary>Hands messages to the handler without an inbox: for what is idempotent by version or id.</summary>
    public static void AddTransientEvents<THandler>(this IHostApplicationBuilder builder, string service, params IEnumerable<Type> types)
        where THandler : class, ITransientHandler
    {
        builder.Services.TryAddSingleton<THandler>();
        builder.AddTransientEndpoint($"{service}.{typeof(THandler).Name}", types, services => services.GetRequiredService<THandler>());
    }

    internal static void AddTransientEndpoint(this IHostApplicationBuilder builder, string queue, IEnumerable<Type> types, Func<IServiceProvider, ITransientHandler> find) =>
        builder.Registered<Subscriptions>().Add(new(queue, [.. types], HasInbox: false, TransientInHand, services =>
        {
            var handler = find(services);
            var logger = services.GetRequiredService<ILogger<EventEndpoint>>();
            return async (message, ct) =>
            {
                try
                {
                    await handler.Handle(message, ct);
                }
                catch (Exception e) when (!ct.IsCancellationRequested)
                {
                    Log.TransientFailed(logger, e, queue, message.GetType().Name);
                }
            };
        })
        { Connected = services => find(services).Connected() });

    private static void AddInbox(this IHostApplicationBuilder builder, string service, TimeSpan gather, IEnumerable<Type>[] types, Func<IServiceProvider, IBatchHandler> handler)
    {
        builder.RequireMigration(service, "inbox");
        builder.AddEndpoint(service, InboxLanes, types, services =>
        {
            var logger = services.GetRequiredService<ILogger<InboxSink>>();
            return new InboxSink(service, services.GetRequiredKeyedService<ServiceDatabase>(service), handler(services), gather,
                services.GetKeyedService<Outbox>(service), new Retries(services.GetRequiredService<TimeProvider>(), logger), logger);
        });
    }

    private static void AddEndpoint(this IHostApplicationBuilder builder, string service, int lanes, IEnumerable<Type>[] types, Func<IServiceProvider, IEventSink> sink)
    {
        var queue = $"{service}.events";
        builder.Services.AddKeyedSingleton(queue, (services, _) => new EventEndpoint(
            queue, lanes, sink(services), services.GetService<BrokerIntake>(), services.GetRequiredService<IBus>(), services.GetRequiredService<DeliveryTracker>(),
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<EventEndpoint>>()));
        builder.Services.AddSingleton<IHostedService>(services => services.GetRequiredKeyedService<EventEndpoint>(queue));
        builder.Registered<Subscriptions>().Add(new(queue, [.. types.SelectMany(t => t)], HasInbox: true, EventsInHand,
            services => services.GetRequiredKeyedService<EventEndpoint>(queue).Take));
    }
}
