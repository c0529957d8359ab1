using System.Threading.Channels;
using CallCenter.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting;

/// <summary>
/// Brings events to the endpoints of this process as the objects that they are: nothing is written to JSON and read again on the way. Each endpoint
/// has a queue of its own, so that a slow one holds up the others only when its queue is full; an endpoint has events in the order of their publishing.
/// With a broker they go there, whoever applies them.
/// </summary>
public sealed class EventBus : IHostedService, IDisposable
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(5);

    private readonly Dictionary<Type, List<EndpointQueue>> _byType = [];
    private readonly List<EndpointQueue> _all = [];
    private readonly CancellationTokenSource _stop = new();

    private readonly BrokerRoad? _road;

    internal EventBus(Subscriptions subscriptions, IServiceProvider services, BrokerRoad? road, ILogger logger)
    {
        _road = road;
        foreach (var subscription in subscriptions.All)
        {
            var queue = new EndpointQueue(subscription, services, logger);
            _all.Add(queue);
            foreach (var type in subscription.Types)
            {
                if (!_byType.TryGetValue(type, out var queues))
                {
                    _byType.Add(type, queues = []);
                }
                queues.Add(queue);
            }
        }
    }

    /// <summary>Completes when every endpoint that subscribed to the event's type has it in its queue, or it is on its way to the broker. Its sender sends it again until it is applied (<see cref="DeliveryTracker"/>).</summary>
    public async ValueTask Publish(DomainEvent e, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(e);
        if (_road is not null)
        {
            await _road.Send(e, ct);
            return;
        }

        foreach (var queue in _byType.GetValueOrDefault(e.GetType()) ?? [])
        {
            await queue.Put(e, ct);
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _road?.Start();
        _all.ForEach(queue => queue.Start(_stop.Token));
        return Task.CompletedTask;
    }

    /// <summary>What is queued is still handed over, for a few seconds; the rest comes again at the next start.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _all.ForEach(queue => queue.Close());
        _stop.CancelAfter(StopTime);
        await Task.WhenAll(_all.Select(queue => queue.Done)).WaitAsync(StopTime * 2, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _road?.Dispose();
        _stop.Dispose();
    }

    /// <summary>Events on their way to one endpoint, as many at once as it takes in hand.</summary>
    private sealed class EndpointQueue(Subscription subscription, IServiceProvider services, ILogger logger)
    {
        /// <summary>More than outbox and spool have in flight: full only when an endpoint without an inbox hangs.</summary>
        private const int WaitingMax = 16_384;

        private readonly Channel<DomainEvent> _waiting = Channel.CreateBounded<DomainEvent>(new BoundedChannelOptions(WaitingMax) { SingleReader = subscription.Concurrency == 1 });
        private readonly Lazy<TakeMessage> _take = new(() => subscription.Target(services));

        public Task Done { get; private set; } = Task.CompletedTask;

        public async ValueTask Put(DomainEvent e, CancellationToken ct)
        {
            try
            {
                await _waiting.Writer.WriteAsync(e, ct);
            }
            catch (ChannelClosedException)
            {
                // The process stops; the event is sent again at the next start.
            }
        }

        public void Start(CancellationToken ct) =>
            Done = Task.WhenAll(Enumerable.Range(0, subscription.Concurrency).Select(_ => Task.Run(() => Run(ct), CancellationToken.None)));

        public void Close() => _waiting.Writer.TryComplete();

        private async Task Run(CancellationToken ct)
        {
            await foreach (var e in _waiting.Reader.ReadAllAsync(CancellationToken.None))
            {
                try
                {
                    await _take.Value(e, ct);
                }
                catch (OperationCanceledException) when (ct.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception failure)
                {
                    Log.TransientFailed(logger, failure, subscription.Queue, e.GetType().Name);
                }
            }
        }
    }
}
