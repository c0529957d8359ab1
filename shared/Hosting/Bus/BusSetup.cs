using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting;

/// <summary>
/// MassTransit on its in-memory transport; its endpoints are what the services of this host registered. Events of this process and commands to gateways in it
/// do not go by it: <see cref="EventBus"/>, <see cref="GatewaysHere"/>.
/// </summary>
internal static class BusSetup
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(5);

    public static void AddBus(this IHostApplicationBuilder builder)
    {
        var subscriptions = builder.Registered<Subscriptions>();
        var commands = builder.Registered<CommandQueues>();
        builder.Services.AddSingleton(new DeliveryTracker(subscriptions));
        builder.Services.AddSingleton(services => new EventBus(subscriptions, services, services.GetRequiredService<ILogger<EventBus>>()));
        builder.Services.AddSingleton<IHostedService>(services => services.GetRequiredService<EventBus>());
        builder.Services.AddSingleton(services => new GatewaysHere(commands, services));
        builder.Services.AddSingleton(services => new GatewayCommands(
            services.GetRequiredService<GatewaysHere>(), services.GetRequiredService<IBus>().CreateClientFactory(), services.GetRequiredService<TimeProvider>()));
        builder.Services.Configure<MassTransitHostOptions>(o =>
        {
            o.WaitUntilStarted = true;
            o.StopTimeout = StopTime;
        });
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
