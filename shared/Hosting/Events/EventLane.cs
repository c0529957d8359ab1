using System.Threading.Channels;
using CallCenter.Contracts;
using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting;

/// <summary>
/// One of an endpoint's lanes; a stream always goes by the same one.
/// 1. Arrivals queue up, bounded; 2. those that are next of their source are ready, later ones are held, repetitions answered;
/// 3. gaps are asked for, then passed; 4. what is ready is applied together; 5. senders learn it.
/// </summary>
internal sealed class EventLane(EventEndpoint endpoint, IEventSink sink, TimeProvider clock, ILogger logger)
{
    private const int Queue = 1024, Batch = 256, HeldMax = 512, RememberedMax = 4096;

    private readonly Channel<Arrival> _arrivals = Channel.CreateBounded<Arrival>(new BoundedChannelOptions(Queue) { SingleReader = true });
    private readonly Dictionary<SourceKey, SourceOrder> _gaps = [];
    private readonly List<Arrival> _batch = [], _ready = [];
    private Dictionary<SourceKey, SourceOrder> _recent = [], _older = [];
    private int _held;

    /// <summary>Completes when the event is applied or handed back; an event handed back is sent again by its source.</summary>
    public async Task Take(DomainEvent e, CancellationToken ct)
    {
        var arrival = new Arrival(e);
        try
        {
            await _arrivals.Writer.WriteAsync(arrival, ct);
        }
        catch (ChannelClosedException)
        {
            return;
        }
        await arrival.Done;
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
            }
            GiveBackAll();
        }
        Close();
        GiveBackAll();
    }

    private async Task Step(CancellationToken ct)
    {
        while (_batch.Count < Batch && _arrivals.Reader.TryRead(out var arrival))
        {
            _batch.Add(arrival);
        }
        await LoadPositions(ct);
        foreach (var arrival in _batch)
        {
            Place(arrival);
        }
        _batch.Clear();
        await LookAtGaps();
        if (_ready.Count > 0)
        {
            await sink.Apply(_ready.ConvertAll(a => a.Event), ct);
            Telemetry.EventsApplied.Add(_ready.Count);
            _ready.ForEach(Finish);
            _ready.Clear();
        }
    }

    private async Task LoadPositions(CancellationToken ct)
    {
        var unknown = _batch.Select(a => SourceKey.Of(a.Event)).Where(k => Find(k) is null).Distinct().ToList();
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

    private void Place(Arrival arrival)
    {
        var key = SourceKey.Of(arrival.Event);
        var order = Find(key)!;
        switch (order.Place(arrival, clock.GetUtcNow()))
        {
            case Placement.Ready:
                MakeReady(key, order, arrival);
                break;
            case Placement.Repeated:
                Repeated(arrival);
                break;
            case Placement.AlreadyHeld:
                arrival.Finish();
                break;
            case Placement.Held:
                _held++;
                _gaps[key] = order;
                break;
        }
        if (_held > HeldMax)
        {
            GiveBack(key, order);
        }
    }

    private void MakeReady(SourceKey key, SourceOrder order, Arrival arrival)
    {
        _ready.Add(arrival);
        Free(key, order);
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
    private void Repeated(Arrival arrival)
    {
        Telemetry.EventsRepeated.Add(1);
        if (_ready.Exists(r => r.Event.EventId == arrival.Event.EventId))
        {
            arrival.Finish();
        }
        else
        {
            Finish(arrival);
        }
    }

    private void Finish(Arrival arrival)
    {
        endpoint.Applied(arrival.Event);
        arrival.Finish();
    }

    private async Task LookAtGaps()
    {
        foreach (var (key, order) in _gaps.ToList())
        {
            if (order.LookAtGap(clock.GetUtcNow()) is not { } gap)
            {
                continue;
            }
            if (gap.Lost)
            {
                Log.EventsLost(logger, endpoint.Queue, key.Tenant, key.Stream, key.Source, gap.From, gap.To);
                Telemetry.EventsLost.Add(gap.To - gap.From + 1);
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
        foreach (var arrival in _batch)
        {
            Find(SourceKey.Of(arrival.Event));
        }
    }

    private void GiveBack(SourceKey key, SourceOrder order)
    {
        Log.HeldTooMany(logger, endpoint.Queue, HeldMax);
        _held -= order.Held;
        _gaps.Remove(key);
        foreach (var arrival in order.GiveBack())
        {
            arrival.Finish();
        }
    }

    // Positions are forgotten too: what was ready may not have been applied.
    private void GiveBackAll()
    {
        foreach (var arrival in _gaps.Values.SelectMany(o => o.GiveBack()).Concat(_batch).Concat(_ready))
        {
            arrival.Finish();
        }
        _gaps.Clear();
        _batch.Clear();
        _ready.Clear();
        _recent.Clear();
        _older.Clear();
        _held = 0;
        while (_arrivals.Reader.TryRead(out var arrival))
        {
            arrival.Finish();
        }
    }
}
