using CallCenter.Contracts;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting;

/// <summary>A service's subscription to events: lanes that order and apply them.</summary>
internal sealed class EventEndpoint : IHostedService, IDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(3);

    private readonly Func<EventLane[]> _newLanes;
    private readonly IBus _bus;
    private readonly DeliveryTracker _deliveries;
    private readonly TimeProvider _clock;
    private CancellationTokenSource _stop = new();
    private volatile EventLane[] _lanes;
    private Task _running = Task.CompletedTask;

    public EventEndpoint(string queue, int lanes, IEventSink sink, IBus bus, DeliveryTracker deliveries, TimeProvider clock, ILogger logger)
    {
        Queue = queue;
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

    public void Applied(DomainEvent e) => _deliveries.Applied(Queue, e.EventId);

    public Task Ask(ResendEvents missing) => _bus.Publish(missing);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _stop.Dispose();
        var ct = (_stop = new()).Token;
        _running = Task.WhenAll(_lanes.Select(lane => Task.Run(() => lane.Run(ct), CancellationToken.None)));
        return Task.CompletedTask;
    }

    /// <summary>What has arrived is still applied, for a few seconds or until the stop is cut short; what comes now waits for the next start, in this process or another.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var closing = _lanes;
        _lanes = _newLanes();
        foreach (var lane in closing)
        {
            lane.Close();
        }
        _stop.CancelAfter(DrainTime);
        await using var cut = cancellationToken.Register(_stop.Cancel);
        await _running.WaitAsync(DrainTime * 2, _clock, cancellationToken);
    }

    public void Dispose() => _stop.Dispose();
}
