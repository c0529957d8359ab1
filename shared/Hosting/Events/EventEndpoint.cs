using CallCenter.Contracts;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting;

/// <summary>A service's subscription to events: lanes that order and apply them.</summary>
internal sealed class EventEndpoint : IHostedService, IDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(3);

    private readonly EventLane[] _lanes;
    private readonly IBus _bus;
    private readonly DeliveryTracker _deliveries;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public EventEndpoint(string queue, int lanes, IEventSink sink, IBus bus, DeliveryTracker deliveries, TimeProvider clock, ILogger logger)
    {
        Queue = queue;
        _bus = bus;
        _deliveries = deliveries;
        _clock = clock;
        _lanes = [.. Enumerable.Range(0, lanes).Select(_ => new EventLane(this, sink, clock, logger))];
    }

    public string Queue { get; }

    public Task Take(object message, CancellationToken ct)
    {
        var e = (DomainEvent)message;
        return _lanes[(uint)e.Stream.GetHashCode() % _lanes.Length].Take(e, ct);
    }

    public void Applied(DomainEvent e) => _deliveries.Applied(Queue, e.EventId);

    public Task Ask(ResendEvents missing) => _bus.Publish(missing);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.WhenAll(_lanes.Select(lane => Task.Run(() => lane.Run(_stop.Token), CancellationToken.None)));
        return Task.CompletedTask;
    }

    /// <summary>What has arrived is still applied, for a few seconds; the rest comes again at the next start.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var lane in _lanes)
        {
            lane.Close();
        }
        _stop.CancelAfter(DrainTime);
        await _running.WaitAsync(DrainTime * 2, _clock, cancellationToken);
    }

    public void Dispose() => _stop.Dispose();
}
