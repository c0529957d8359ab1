using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting;

/// <summary>
/// The bus: in one process MassTransit's in-memory transport, beside which events and commands to gateways go as objects
/// (<see cref="EventBus"/>, <see cref="GatewaysHere"/>); with <c>ConnectionStrings:RabbitMq</c> the broker (<see cref="BrokerBus"/>).
/// </summary>
internal static class BusSetup
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(5);

    public static void AddBus(this IHostApplicationBuilder builder)
    {
        var subscriptions = builder.Registered<Subscriptions>();
        var commands = builder.Registered<CommandQueues>();
        var broker = BrokerBus.AddressOf(builder.Configuration);
        builder.Services.AddSingleton(broker is null ? new DeliveryTracker(subscriptions.WithInbox) : new DeliveryTracker(_ => [BrokerRoad.Endpoint]));
        builder.Services.AddSingleton(services => new EventBus(
            subscriptions, services, broker is null ? null : ActivatorUtilities.CreateInstance<BrokerRoad>(services), services.GetRequiredService<ILogger<EventBus>>()));
        builder.Services.AddSingleton<IHostedService>(services => services.GetRequiredService<EventBus>());
        builder.Services.AddSingleton(services => new GatewaysHere(commands, services));
        builder.Services.AddSingleton(services => new GatewayCommands(
            services.GetRequiredService<GatewaysHere>(), services.GetRequiredService<IBus>().CreateClientFactory(), services.GetRequiredService<TimeProvider>()));
        builder.Services.Configure<MassTransitHostOptions>(o =>
        {
            o.WaitUntilStarted = true;
            o.StopTimeout = StopTime;
        });
        if (broker is not null)
        {
            BrokerBus.Add(builder, broker);
            return;
        }

        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.UsingInMemory((context, transport) =>
            {
                // The bus's own context knows no keyed services.
                var services = context.GetRequiredService<IServiceProvider>();
                foreach (var subscription in subscriptions.All)
                {
                    transport.ReceiveEndpoint(subscription.Queue, endpoint => Connect(endpoint, subscription, services));
                }
                foreach (var queue in commands)
                {
                    transport.ReceiveEndpoint(queue.Queue, endpoint => Connect(endpoint, queue, services));
                }
            });
        });
    }

    private static void Connect(IReceiveEndpointConfigurator endpoint, CommandQueue queue, IServiceProvider services)
    {
        endpoint.ConcurrentMessageLimit = queue.Concurrency;
        endpoint.DiscardFaultedMessages();
        var consumer = new Lazy<GatewayCommandConsumer>(() => queue.Consumer(services));
        endpoint.Consumer(() => consumer.Value);
    }

    private static void Connect(IReceiveEndpointConfigurator endpoint, Subscription subscription, IServiceProvider services)
    {
        endpoint.ConcurrentMessageLimit = subscription.Concurrency;
        endpoint.PrefetchCount = subscription.Concurrency;
        // A source sends again what is not acknowledged; a copy in an error queue would only fill memory.
        endpoint.DiscardFaultedMessages();
        endpoint.DiscardSkippedMessages();
        var take = new Lazy<TakeMessage>(() => subscription.Target(services));
        foreach (var type in subscription.Types)
        {
            endpoint.Consumer(typeof(MessageConsumer<>).MakeGenericType(type),
                consumer => Activator.CreateInstance(consumer, (TakeMessage)((message, ct) => take.Value(message, ct)))!);
        }
    }
}
