using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting;

/// <summary>
/// MassTransit on RabbitMQ, for services in processes of their own. What outlives a process is the <see cref="Topology"/>; here are the
/// queues of this process alone, which go with it: commands to its gateways, events and notices for what it keeps in memory.
/// </summary>
internal static class BrokerBus
{
    /// <summary>How long such a queue outlives its process, and a message waits in it at most.</summary>
    private static readonly TimeSpan QueueLife = TimeSpan.FromMinutes(1), MessageLife = TimeSpan.FromSeconds(30);

    /// <summary>Messages in a queue of one process; the oldest go first, as they are stale first.</summary>
    private const int WaitingMax = 10_000;

    /// <summary>The broker's address; null in one process without one.</summary>
    public static Uri? AddressOf(IConfiguration configuration) => configuration.GetConnectionString("RabbitMq") switch
    {
        null or "" => null,
        var text when Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "amqp" or "amqps" => uri,
        _ => throw new InvalidOperationException("ConnectionStrings:RabbitMq is not of the form amqp://account:password@host:5672/vhost."),
    };

    public static void Add(IHostApplicationBuilder builder, Uri broker)
    {
        var subscriptions = builder.Registered<Subscriptions>();
        var commands = builder.Registered<CommandQueues>();
        var services = builder.Services;
        var process = $"{Environment.MachineName}-{Guid.NewGuid():N}"[..^20];
        // A consumer fails when the process stops or the broker goes; both are said elsewhere, once and not once a message.
        builder.Logging.AddFilter("MassTransit.ReceiveTransport", LogLevel.None);
        services.AddSingleton<IHostedService>(provider => new BrokerDeclaration(broker, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<BrokerDeclaration>>()));
        services.AddSingleton(provider => new BrokerIntake(subscriptions, provider.GetRequiredService<IReceiveEndpointConnector>()));
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.UsingRabbitMq((context, transport) =>
            {
                transport.Host(broker);
                // The bus's own context knows no keyed services.
                var provider = context.GetRequiredService<IServiceProvider>();
                foreach (var subscription in subscriptions.All.Where(one => !one.HasInbox))
                {
                    transport.ReceiveEndpoint($"{subscription.Queue}.{process}", endpoint => Connect(endpoint, subscription, provider));
                }

                foreach (var queue in commands)
                {
                    transport.ReceiveEndpoint(queue.Queue, endpoint => Connect(endpoint, queue, provider));
                }
            });
        });
    }

    private static void Connect(IRabbitMqReceiveEndpointConfigurator endpoint, Subscription subscription, IServiceProvider services)
    {
        OfThisProcess(endpoint);
        if (subscription.Connected is { } connected)
        {
            endpoint.ConnectReceiveEndpointObserver(new WhenReady(() => connected(services)));
        }
        endpoint.SetQueueArgument("x-message-ttl", (int)MessageLife.TotalMilliseconds);
        endpoint.PrefetchCount = subscription.Concurrency * 16;
        endpoint.ConcurrentMessageLimit = subscription.Concurrency;
        var take = new Lazy<TakeMessage>(() => subscription.Target(services));
        TakeMessage first = (message, ct) => take.Value(message, ct);
        var sources = subscription.Types.Where(type => type.IsSubclassOf(typeof(Contracts.DomainEvent))).Select(Topology.SourceOf).Distinct().ToList();
        sources.ForEach(source => endpoint.Bind(Topology.ExchangeOf(source)));
        if (sources.Count > 0)
        {
            endpoint.Consumer(() => new EnvelopeConsumer(subscription, first), consumer => consumer.Message<EventEnvelope>(_ => { }));
        }

        foreach (var type in subscription.Types.Where(type => !type.IsSubclassOf(typeof(Contracts.DomainEvent))))
        {
            endpoint.Consumer(typeof(MessageConsumer<>).MakeGenericType(type), consumer => Activator.CreateInstance(consumer, first)!);
        }
    }

    private static void Connect(IRabbitMqReceiveEndpointConfigurator endpoint, CommandQueue queue, IServiceProvider services)
    {
        OfThisProcess(endpoint);
        endpoint.ConfigureConsumeTopology = false;
        endpoint.PrefetchCount = queue.Concurrency;
        endpoint.ConcurrentMessageLimit = queue.Concurrency;
        var consumer = new Lazy<GatewayCommandConsumer>(() => queue.Consumer(services));
        endpoint.Consumer(() => consumer.Value);
    }

    private static void OfThisProcess(IRabbitMqReceiveEndpointConfigurator endpoint)
    {
        endpoint.Durable = false;
        endpoint.AutoDelete = true;
        endpoint.QueueExpiration = QueueLife;
        endpoint.SetQueueArgument("x-max-length", WaitingMax);
        endpoint.DiscardFaultedMessages();
        endpoint.DiscardSkippedMessages();
    }
}

/// <summary>Tells each time when a queue's consumer is registered at the broker: at the start, and after each cut.</summary>
internal sealed class WhenReady(Action tell) : IReceiveEndpointObserver
{
    public Task Ready(ReceiveEndpointReady ready)
    {
        tell();
        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;
}
