using System.Collections.Concurrent;
using System.Threading.Channels;
using CallCenter.Contracts;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting;

/// <summary>
/// Events on their way to the broker: 1. what waits goes together, at most 256; 2. what the broker has not confirmed goes again until it has;
/// 3. then the next. So no event overtakes one that was told before it by more than a batch, however long the broker is away, and nobody
/// waits in vain for what was lost on the way. What comes twice the inboxes drop.
/// </summary>
internal sealed class BrokerRoad(IBus bus, DeliveryTracker deliveries, TimeProvider clock, ILogger<BrokerRoad> logger) : IDisposable
{
    /// <summary>The tracker's name for the broker, to which every event has to come.</summary>
    public const string Endpoint = "broker";

    private const int WaitingMax = 1024, BatchMax = 256;

    private static readonly TimeSpan ConfirmedWithin = TimeSpan.FromSeconds(5), Pause = TimeSpan.FromMilliseconds(500);

    private readonly Channel<DomainEvent> _waiting = Channel.CreateBounded<DomainEvent>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private readonly ConcurrentDictionary<string, Task<ISendEndpoint>> _exchanges = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Completes when the event has its place in the order of sending; while the broker is away that may be long.</summary>
    public ValueTask Send(DomainEvent e, CancellationToken ct) => _waiting.Writer.WriteAsync(e, ct);

    public void Start() => _ = Task.Run(SendAll);

    /// <summary>What is in flight is sent again at the next start. The container may call it twice.</summary>
    public void Dispose()
    {
        if (!_stop.IsCancellationRequested)
        {
            _stop.Cancel();
            _stop.Dispose();
        }
    }

    private async Task SendAll()
    {
        var stop = _stop.Token;
        var batch = new List<DomainEvent>(BatchMax);
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(stop))
            {
                while (batch.Count < BatchMax && _waiting.Reader.TryRead(out var e))
                {
                    batch.Add(e);
                }

                for (var missing = await Confirm(batch, stop); missing.Count > 0; missing = await Confirm(missing, stop))
                {
                    Log.NotConfirmed(logger, missing.Count, Pause.TotalSeconds);
                    await Task.Delay(Pause, clock, stop);
                }

                batch.Clear();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The process stops; what was not confirmed is sent again at the next start.
        }
    }

    /// <summary>Those that the broker did not confirm, in their order.</summary>
    private async Task<List<DomainEvent>> Confirm(List<DomainEvent> events, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(ConfirmedWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        var sent = events.ConvertAll(e => IsConfirmed(e, either.Token));
        var confirmed = await Task.WhenAll(sent);
        stop.ThrowIfCancellationRequested();
        return events.Where((_, i) => !confirmed[i]).ToList();
    }

    private async Task<bool> IsConfirmed(DomainEvent e, CancellationToken ct)
    {
        try
        {
            var exchange = await _exchanges.GetOrAdd(Topology.ExchangeOf(Topology.SourceOf(e.GetType())), name => bus.GetSendEndpoint(new Uri($"exchange:{name}")));
            await exchange.Send(EventEnvelope.Of(e), context => context.MessageId = e.EventId, ct).WaitAsync(ct);
            deliveries.Applied(Endpoint, e.EventId);
            return true;
        }
#pragma warning disable CA1031 // Whatever it was, the event goes again.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
