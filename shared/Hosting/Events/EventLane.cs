using System.Diagnostics;
using System.Threading.Channels;
using CallCenter.Contracts;
using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting;

/// <summary>
/// One of an endpoint's lanes; a stream always goes by the same one.
/// 1. Arrivals queue up, bounded; 2. those that are next of their source are ready, later ones are held, repetitions answered;
/// 3. gaps are asked for, then passed; 4. what is ready is applied together; 5. its senders learn it.
/// What the lane drops (too much is held, the process stops, a failure) its senders do not learn as applied, and send again.
/// </summary>
internal sealed class EventLane(EventEndpoint endpoint, IEventSink sink, TimeProvider clock, ILogger logger)
{
    private const int Queue = 1024, Batch = 256, HeldMax = 512, RememberedMax = 4096, Few = 64;

    private readonly Channel<DomainEvent> _arrivals = Channel.CreateBounded<DomainEvent>(new BoundedChannelOptions(Queue) { SingleReader = true });
    private readonly Dictionary<SourceKey, SourceOrder> _gaps = [];
    private readonly List<DomainEvent> _batch = [], _ready = [];
    private Dictionary<SourceKey, SourceOrder> _recent = [], _older = [];
    private int _held;
    private long _applied;

    /// <summary>Completes when the lane has room for the event.</summary>
    public async Task Take(DomainEvent e, CancellationToken ct)
    {
        try
        {
            await _arrivals.Writer.WriteAsync(e, ct);
        }
        catch (ChannelClosedException)
        {
            // The process stops; the event is sent again at the next start.
        }
    }

    public void Close() => _arrivals.Writer.TryComplete();

    public async Task Run(CancellationToken ct)
    {
        var open = true;
        while (open && !ct.IsCancellationRequested)
        {
            try
            {
                while (open = await WaitForWork(ct))
                {
                    await Gather(ct);
                    await Step(ct);
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                // The process stops: what is not applied is sent again at the next start.
            }
            catch (Exception e)
            {
                Log.LaneFailed(logger, e, endpoint.Queue);
                Forget();
            }
        }
        Close();
    }

    // An event after a pause is applied at once. Right after a batch more is on its way, and one transaction of many costs little
    // more than one of one; how long that takes is the machine's time, whatever clock the domain has.
    private async Task Gather(CancellationToken ct)
    {
        if (_arrivals.Reader.Count < Few && Stopwatch.GetElapsedTime(_applied) < sink.Gather)
        {
            await Task.Delay(sink.Gather, TimeProvider.System, ct);
        }
    }

    private async Task Step(CancellationToken ct)
    {
        while (_batch.Count < Batch && _arrivals.Reader.TryRead(out var e))
        {
            _batch.Add(e);
        }
        await LoadPositions(ct);
        _batch.ForEach(Place);
        _batch.Clear();
        await LookAtGaps();
        if (_ready.Count > 0)
        {
            await sink.Apply(_ready, ct);
            Telemetry.EventsApplied.Add(_ready.Count);
            _ready.ForEach(endpoint.Applied);
            _ready.Clear();
            _applied = Stopwatch.GetTimestamp();
        }
    }

    private async Task LoadPositions(CancellationToken ct)
    {
        var unknown = _batch.Select(SourceKey.Of).Where(k => Find(k) is null).Distinct().ToList();
        if (unknown.Count == 0)
        {
            return;
        }
        var positions = await sink.Positions(unknown, ct);
        MakeRoom(unknown.Count);
        foreach (var key in unknown)
        {
            _recent[key] = new(positions.GetValueOrDefault(key));
        }
    }

    private void Place(DomainEvent e)
    {
        var key = SourceKey.Of(e);
        var order = Find(key)!;
        switch (order.Place(e, clock.GetUtcNow()))
        {
            case Placement.Ready:
                _ready.Add(e);
                Free(key, order);
                break;
            case Placement.Repeated:
                Repeated(e);
                break;
            case Placement.Held:
                _held++;
                _gaps[key] = order;
                break;
            case Placement.AlreadyHeld:
                break;
        }
        if (_held > HeldMax)
        {
            Drop(key, order);
        }
    }

    private void Free(SourceKey key, SourceOrder order)
    {
        if (order.Held > 0)
        {
            var freed = order.Freed(clock.GetUtcNow());
            _held -= freed.Count;
            _ready.AddRange(freed);
        }
        if (order.Held == 0)
        {
            _gaps.Remove(key);
        }
    }

    // An event in this very batch is not applied yet: its sender learns it with the batch, not by the repetition.
    private void Repeated(DomainEvent e)
    {
        Telemetry.EventsRepeated.Add(1);
        if (!_ready.Exists(r => r.EventId == e.EventId))
        {
            endpoint.Applied(e);
        }
    }

    private async Task LookAtGaps()
    {
        foreach (var (key, order) in _gaps.ToList())
        {
            if (order.LookAtGap(clock.GetUtcNow(), _arrivals.Reader.Count > 0) is not { } gap)
            {
                continue;
            }
            if (gap.Lost)
            {
                Log.EventsLost(logger, endpoint.Queue, key.Tenant, key.Stream, key.Source, gap.From, gap.To);
                Telemetry.Lost(endpoint.Queue, gap.To - gap.From + 1);
                Free(key, order);
            }
            else
            {
                await endpoint.Ask(new(key.Tenant, key.Stream, key.Source, gap.From, gap.To));
            }
        }
    }

    private async Task<bool> WaitForWork(CancellationToken ct)
    {
        if (_gaps.Count == 0)
        {
            return await _arrivals.Reader.WaitToReadAsync(ct);
        }
        var wait = _gaps.Values.Min(o => o.Due) - clock.GetUtcNow();
        using var timeout = new CancellationTokenSource(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            return await _arrivals.Reader.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return true;
        }
    }

    private SourceOrder? Find(SourceKey key)
    {
        if (_recent.TryGetValue(key, out var order))
        {
            return order;
        }
        if (_older.Remove(key, out order))
        {
            _recent[key] = order;
        }
        return order;
    }

    // Two generations: what was not asked for while the younger one filled up is forgotten and read again when needed.
    private void MakeRoom(int count)
    {
        if (_recent.Count + count <= RememberedMax)
        {
            return;
        }
        _older = _recent;
        _recent = new(_gaps);
        _batch.ForEach(e => Find(SourceKey.Of(e)));
    }

    private void Drop(SourceKey key, SourceOrder order)
    {
        Log.HeldTooMany(logger, endpoint.Queue, HeldMax);
        _held -= order.Held;
        _gaps.Remove(key);
        order.DropHeld();
    }

    // Positions too: what was ready may not have been applied.
    private void Forget()
    {
        _gaps.Clear();
        _batch.Clear();
        _ready.Clear();
        _recent.Clear();
        _older.Clear();
        _held = 0;
    }
}
