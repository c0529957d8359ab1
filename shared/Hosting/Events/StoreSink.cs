using System.Collections.Concurrent;
using System.Diagnostics;
using CallCenter.Contracts;
using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting;

/// <summary>Applies events through a service's own store: one at a time a stream, streams beside each other, so that its group committer has something to group.</summary>
internal sealed class StoreSink(string service, IEventStore store, Retries retries, ILogger logger) : IEventSink
{
    public TimeSpan Gather => TimeSpan.Zero;

    public async Task<IReadOnlyDictionary<SourceKey, long>> Positions(IReadOnlyList<SourceKey> sources, CancellationToken ct)
    {
        var positions = new ConcurrentDictionary<SourceKey, long>();
        await Task.WhenAll(sources.Select(async source => positions[source] =
            await retries.UntilUp(service, () => store.Position(source.Tenant, source.Stream, source.Source, ct), ct)));
        return positions;
    }

    public Task Apply(IReadOnlyList<DomainEvent> ready, CancellationToken ct) =>
        Task.WhenAll(ready.GroupBy(e => e.Stream).Select(stream => ApplyStream([.. stream], ct)));

    private async Task ApplyStream(IReadOnlyList<DomainEvent> events, CancellationToken ct)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await ApplyTogether(events, ct);
                return;
            }
            catch (Exception) when (events.Count > 1 && !ct.IsCancellationRequested)
            {
                foreach (var e in events)
                {
                    await ApplyStream([e], ct);
                }
                return;
            }
            catch (Exception error) when (!ct.IsCancellationRequested)
            {
                if (failures >= Retries.Attempts)
                {
                    await Park(events[0], error, ct);
                    return;
                }
                await retries.Pause(failures, ct);
            }
        }
    }

    private async Task ApplyTogether(IReadOnlyList<DomainEvent> events, CancellationToken ct)
    {
        var spans = events.Select(e => Telemetry.Start($"{service} apply", ActivityKind.Consumer, e)).ToList();
        try
        {
            await retries.UntilUp(service, async () =>
            {
                await store.Apply(events, ct);
                return true;
            }, ct);
        }
        finally
        {
            // What was begun last ends first, so that the work goes on under the span that it was under before.
            spans.Reverse();
            spans.ForEach(span => span?.Dispose());
        }
    }

    private async Task Park(DomainEvent e, Exception error, CancellationToken ct)
    {
        Log.EventParked(logger, error, service, e.GetType().Name, e.EventId, e.Tenant, e.Stream);
        Telemetry.Parked(service, e.Tenant);
        await retries.UntilUp(service, async () =>
        {
            await store.Park(e, error.ToString(), ct);
            return true;
        }, ct);
    }
}
