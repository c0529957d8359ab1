using MassTransit;

namespace CallCenter.Hosting;

/// <summary>Opens services' queues at the broker: an endpoint that is not started takes nothing, so that a standby leaves its leader's events alone.</summary>
internal sealed class BrokerIntake(Subscriptions subscriptions, IReceiveEndpointConnector bus)
{
    /// <summary>
    /// Events in hand and not applied, an endpoint: as many as one transaction takes (128), and as many again while it commits. A gap holds
    /// back less than that, so that what fills it is always let in.
    /// </summary>
    private const int InHand = 256;

    /// <summary>Completes when the queue's consumer is registered. Stopping what it gives completes when the broker has back what was in hand and not done.</summary>
    public async Task<HostReceiveEndpointHandle> Open(string queue, TakeMessage apply, CancellationToken ct)
    {
        var subscription = subscriptions.All.Single(one => one.Queue == queue);
        RequireIn(subscription);
        var handle = bus.ConnectReceiveEndpoint(queue, (_, configurator) =>
        {
            var endpoint = (IRabbitMqReceiveEndpointConfigurator)configurator;
            endpoint.ConfigureConsumeTopology = false;
            endpoint.PrefetchCount = InHand;
            endpoint.ConcurrentMessageLimit = InHand;
            foreach (var (name, value) in BrokerDeclaration.QueueArguments)
            {
                endpoint.SetQueueArgument(name, value);
            }

            // What cannot be done now goes back to the queue; what cannot be read the consumer puts aside itself.
            endpoint.RethrowFaultedMessages();
            endpoint.Consumer(() => new EnvelopeConsumer(subscription, apply));
        });
        await handle.Ready.WaitAsync(ct);
        return handle;
    }

    // What is not declared would be told to nobody until the service's first start.
    private static void RequireIn(Subscription subscription)
    {
        var sources = subscription.Types.Select(Topology.SourceOf).Distinct().Order(StringComparer.Ordinal);
        if (Topology.Queues.FirstOrDefault(one => one.Name == subscription.Queue) is not { } declared || !declared.Sources.Order(StringComparer.Ordinal).SequenceEqual(sources))
        {
            throw new InvalidOperationException($"{subscription.Queue} takes events of {string.Join(", ", sources)}: {nameof(Topology)}.{nameof(Topology.Queues)} must say the same.");
        }
    }
}
