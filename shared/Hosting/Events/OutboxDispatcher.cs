using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using CallCenter.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.Hosting;

/// <summary>
/// Sends a service's outbox.
/// 1. What was committed comes from memory, in order, and goes to the bus at once.
/// 2. At the start, and when more is committed than can be in flight, the dispatcher is behind: it takes everything from the table,
///    oldest first, and nothing from memory until it has caught up; so no event overtakes one of its stream by much.
/// 3. What every endpoint has applied is deleted, in batches.
/// 4. What is not applied after 30 s is sent again.
/// </summary>
internal sealed class OutboxDispatcher : BackgroundService
{
    private const int Window = 1024, Page = 256, DeleteBatch = 1024;
    private static readonly TimeSpan ResendAfter = TimeSpan.FromSeconds(30), LookEach = TimeSpan.FromSeconds(5), Linger = TimeSpan.FromMilliseconds(40);

    private readonly Channel<DomainEvent?> _committed = Channel.CreateBounded<DomainEvent?>(new BoundedChannelOptions(Window) { SingleReader = true });
    private readonly Channel<Guid> _done = Channel.CreateBounded<Guid>(new BoundedChannelOptions(Window) { SingleReader = true });
    private readonly ConcurrentDictionary<Guid, InFlight> _inFlight = [];
    private readonly string _service;
    private readonly ServiceDatabase _database;
    private readonly EventBus _bus;
    private readonly DeliveryTracker _deliveries;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private int _behind = 1;

    public OutboxDispatcher(string service, ServiceDatabase database, EventBus bus, DeliveryTracker deliveries, TimeProvider clock, ILogger logger)
    {
        _service = service;
        _database = database;
        _bus = bus;
        _deliveries = deliveries;
        _clock = clock;
        _logger = logger;
    }

    private int Room => Window - _inFlight.Count;

    private bool Behind => Volatile.Read(ref _behind) == 1;

    public void Send(IReadOnlyList<DomainEvent> stamped)
    {
        foreach (var e in stamped)
        {
            if (!_committed.Writer.TryWrite(e))
            {
                FallBehind();
            }
        }
    }

    public void LookIntoTable()
    {
        FallBehind();
        Wake();
    }

    /// <summary>A consumer misses some: sent again from the table, whatever is in flight.</summary>
    public async Task Resend(ResendEvents asked, CancellationToken ct)
    {
        if (asked.Source != _service)
        {
            return;
        }
        const string rows = "SELECT type, body, sequence FROM outbox WHERE stream = $1 AND sequence BETWEEN $2 AND $3 ORDER BY sequence LIMIT 500";
        foreach (var e in await Read(rows, ct, asked.Stream, asked.From, asked.To))
        {
            Telemetry.EventsResent.Add(1);
            await SendNow(e, ct);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // After an earlier run of this process others may have sent: the table is true.
        _inFlight.Clear();
        FallBehind();
        Telemetry.MeasureOutbox(_service, OldestAgeMs);
        return Task.WhenAll(SendAll(stoppingToken), DeleteDone(stoppingToken));
    }

    // The oldest go first, so what waits in the table is younger than the oldest in hand.
    private double OldestAgeMs()
    {
        var now = _clock.GetUtcNow();
        return _inFlight.Values.Select(sent => (now - sent.Event.OccurredAt).TotalMilliseconds).DefaultIfEmpty(0).Max();
    }

    private async Task SendAll(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await SendCommitted(ct);
                if (Behind && Room >= Page)
                {
                    await CatchUp(ct);
                    continue;
                }
                await SendOverdue(ct);
                await WaitForWork(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                FallBehind();
                Log.OutboxFailed(_logger, e, _service);
                await Pause(ct);
            }
        }
    }

    // What is dropped here is committed, so the table has it.
    private async Task SendCommitted(CancellationToken ct)
    {
        while (_committed.Reader.TryRead(out var e))
        {
            if (e is null || Behind)
            {
                continue;
            }
            if (Room > 0)
            {
                await Take(e, ct);
            }
            else
            {
                FallBehind();
            }
        }
    }

    // Caught up is said before the table is read: what is committed later stays in memory.
    private async Task CatchUp(CancellationToken ct)
    {
        Volatile.Write(ref _behind, 0);
        const string rows = "SELECT type, body, sequence FROM outbox WHERE event_id <> ALL($1) ORDER BY event_id LIMIT $2";
        var limit = Math.Min(Page, Room);
        var stored = await Read(rows, ct, _inFlight.Keys.ToArray(), limit);
        if (stored.Count == limit)
        {
            FallBehind();
        }
        // Ids are UUIDv7: their order is that of time, to the millisecond.
        foreach (var e in stored.OrderBy(e => e.Sequence))
        {
            await Take(e, ct);
        }
    }

    private async Task Take(DomainEvent e, CancellationToken ct)
    {
        if (_inFlight.TryAdd(e.EventId, new(e, _clock.GetTimestamp())))
        {
            _ = FollowDelivery(e);
            await SendNow(e, ct);
        }
    }

    private void FallBehind() => Volatile.Write(ref _behind, 1);

    // Full means that the loop is at work and looks before it rests.
    private void Wake() => _committed.Writer.TryWrite(null);

    private async Task FollowDelivery(DomainEvent e)
    {
        await _deliveries.Delivered(e);
        await _done.Writer.WriteAsync(e.EventId);
    }

    private async Task SendNow(DomainEvent e, CancellationToken ct)
    {
        using var span = Telemetry.Start("send", ActivityKind.Producer, e);
        await _bus.Publish(e, ct);
        Telemetry.EventsSent.Add(1);
    }

    private async Task SendOverdue(CancellationToken ct)
    {
        foreach (var (id, sent) in _inFlight)
        {
            if (_clock.GetElapsedTime(sent.At) >= ResendAfter)
            {
                _inFlight[id] = sent with { At = _clock.GetTimestamp() };
                Telemetry.EventsResent.Add(1);
                await SendNow(sent.Event, ct);
            }
        }
    }

    private async Task WaitForWork(CancellationToken ct)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var timer = _clock.CreateTimer(_ => wait.Cancel(), null, LookEach, Timeout.InfiniteTimeSpan);
        try
        {
            await _committed.Reader.WaitToReadAsync(wait.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Time to look at what is overdue.
        }
    }

    private async Task DeleteDone(CancellationToken ct)
    {
        var ids = new List<Guid>();
        try
        {
            while (await _done.Reader.WaitToReadAsync(ct))
            {
                await Task.Delay(Linger, _clock, ct);
                while (ids.Count < DeleteBatch && _done.Reader.TryRead(out var id))
                {
                    ids.Add(id);
                }
                await Delete(ids, ct);
                ids.ForEach(id => _inFlight.TryRemove(id, out _));
                ids.Clear();
                if (Behind)
                {
                    Wake();
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // What is done but not deleted is sent once more at the next start and dropped by the inboxes.
        }
    }

    private async Task Delete(List<Guid> ids, CancellationToken ct)
    {
        // A deletion that a crash undoes is harmless, so it need not wait for the disk.
        const string delete = "SET LOCAL synchronous_commit = off; DELETE FROM outbox WHERE event_id = ANY(@ids)";
        while (true)
        {
            try
            {
                await _database.OperatorWide(async (connection, transaction) =>
                {
                    await using var command = new NpgsqlCommand(delete, connection, transaction) { Parameters = { new("ids", ids.ToArray()) } };
                    return await command.ExecuteNonQueryAsync(ct);
                }, ct);
                return;
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                Log.OutboxFailed(_logger, e, _service);
                await Pause(ct);
            }
        }
    }

    private Task<List<DomainEvent>> Read(string sql, CancellationToken ct, params object[] values) =>
        _database.OperatorWide(async (connection, transaction) =>
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            command.Parameters.AddRange(values.Select(v => new NpgsqlParameter { Value = v }).ToArray());
            var events = new List<DomainEvent>();
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct))
            {
                events.Add(EventCatalog.Read(rows.GetString(0), rows.GetString(1)) with { Sequence = rows.GetInt64(2) });
            }
            return events;
        }, ct);

    private async Task Pause(CancellationToken ct)
    {
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(1), _clock, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Stopping: the loop sees it.
        }
    }

    private sealed record InFlight(DomainEvent Event, long At);
}
