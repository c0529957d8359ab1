using System.Collections.Concurrent;
using CallCenter.Contracts;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting;

/// <summary>A service's subscription to events: lanes that order and apply them.</summary>
internal sealed class EventEndpoint : IHostedService, IDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(3), RepeatAfter = TimeSpan.FromSeconds(30);

    private readonly Func<EventLane[]> _newLanes;
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _inHand = [];
    private readonly BrokerIntake? _broker;
    private readonly IBus _bus;
    private readonly DeliveryTracker _deliveries;
    private readonly TimeProvider _clock;
    private CancellationTokenSource _stop = new();
    private volatile EventLane[] _lanes;
    private Task _running = Task.CompletedTask;
    private HostReceiveEndpointHandle? _intake;

    /// <param name="broker">Null in one process, where events come by <see cref="Take"/>.</param>
    public EventEndpoint(string queue, int lanes, IEventSink sink, BrokerIntake? broker, IBus bus, DeliveryTracker deliveries, TimeProvider clock, ILogger logger)
    {
        Queue = queue;
        _broker = broker;
        _bus = bus;
        _deliveries = deliveries;
        _clock = clock;
        _newLanes = () => [.. Enumerable.Range(0, lanes).Select(_ => new EventLane(this, sink, clock, logger))];
        _lanes = _newLanes();
    }

    public string Queue { get; }

    public Task Take(object message, CancellationToken ct)
    {
        var (e, lanes) = ((DomainEvent)message, _lanes);
        return lanes[(uint)e.Stream.GetHashCode() % lanes.Length].Take(e, ct);
    }

    /// <summary>Completes when the event is applied, for a broker that keeps it until then; what a lane has dropped is put into it again.</summary>
    public async Task Apply(object message, CancellationToken ct)
    {
        var e = (DomainEvent)message;
        var applied = _inHand.GetOrAdd(e.EventId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, _stop.Token);
        try
        {
            while (!applied.Task.IsCompleted)
            {
                await Take(e, stop.Token);
                await Task.WhenAny(applied.Task, Task.Delay(RepeatAfter, _clock, stop.Token));
                stop.Token.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            _inHand.TryRemove(new(e.EventId, applied));
        }
    }

    public void Applied(DomainEvent e)
    {
        _deliveries.Applied(Queue, e.EventId);
        if (_inHand.TryGetValue(e.EventId, out var applied))
        {
            applied.TrySetResult();
        }
    }

    public Task Ask(ResendEvents missing) => _bus.Publish(missing);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _stop.Dispose();
        var ct = (_stop = new()).Token;
        _running = Task.WhenAll(_lanes.Select(lane => Task.Run(() => lane.Run(ct), CancellationToken.None)));
        _intake = _broker is null ? null : await _broker.Open(Queue, Apply, cancellationToken);
    }

    /// <summary>What has arrived is still applied, for a few seconds or until the stop is cut short; what comes now waits for the next start, in this process or another.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var closed = _intake?.StopAsync(cancellationToken) ?? Task.CompletedTask;
        var closing = _lanes;
        _lanes = _newLanes();
        foreach (var lane in closing)
        {
            lane.Close();
        }
        _stop.CancelAfter(DrainTime);
        await using var cut = cancellationToken.Register(_stop.Cancel);
        await _running.WaitAsync(DrainTime * 2, _clock, cancellationToken);
        // The broker has back what was not applied.
        await _stop.CancelAsync();
        await closed;
    }

    public void Dispose() => _stop.Dispose();
}
