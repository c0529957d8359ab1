using System.Collections.Concurrent;
using CallCenter.Contracts;
using CallCenter.Hosting;

namespace CallCenter.Telephony.Spool;

/// <summary>Publishes spooled events in order, and releases each when every subscriber with an inbox has applied it.</summary>
internal sealed class EventPublisher(EventBus bus, DeliveryTracker deliveries, TimeProvider clock, ILogger<EventPublisher> logger)
{
    /// <summary>Events published and not known to be applied. Beyond it the rest waits in the spool.</summary>
    public const int WindowMax = 4096;

    private static readonly TimeSpan ResendAfter = TimeSpan.FromSeconds(30), Pause = TimeSpan.FromSeconds(1);

    /// <summary>Ends when the spool is complete and everything was delivered.</summary>
    public async Task Run(EventSpool spool, CancellationToken ct)
    {
        using var window = new SemaphoreSlim(WindowMax);
        var open = new ConcurrentDictionary<Outgoing, Task>(ReferenceEqualityComparer.Instance);
        await foreach (var next in spool.Waiting.ReadAllAsync(ct))
        {
            await window.WaitAsync(ct);
            // Asked before publishing: an endpoint may apply the event before Publish returns.
            var delivered = deliveries.Delivered(next.Event);
            await Publish(next.Event, ct);
            var followed = Follow(spool, next, delivered, window, ct);
            if (!followed.IsCompleted)
            {
                open[next] = followed;
                _ = followed.ContinueWith(_ => open.TryRemove(next, out Task? _), ct, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
        await Task.WhenAll(open.Values);
    }

    /// <summary>Publishes what a consumer misses, whether it was delivered or not.</summary>
    public async Task Resend(IReadOnlyList<DomainEvent> events, CancellationToken ct)
    {
        foreach (var e in events)
        {
            await Publish(e, ct);
        }
    }

    private async Task Follow(EventSpool spool, Outgoing sent, Task delivered, SemaphoreSlim window, CancellationToken ct)
    {
        while (!delivered.IsCompleted)
        {
            try
            {
                await delivered.WaitAsync(ResendAfter, clock, ct);
            }
            catch (TimeoutException)
            {
                await Publish(sent.Event, ct);
            }
        }
        spool.Delivered(sent);
        window.Release();
    }

    private async Task Publish(DomainEvent e, CancellationToken ct)
    {
        using var span = Telemetry.StartSend(e);
        while (true)
        {
            try
            {
                await bus.Publish(e, ct);
                return;
            }
            catch (Exception x) when (!ct.IsCancellationRequested)
            {
                Log.PublishFailed(logger, x, e.GetType().Name, e.Stream);
                await Task.Delay(Pause, clock, ct);
            }
        }
    }
}
