using System.Diagnostics;
using CallCenter.Contracts;

namespace CallCenter.Hosting;

/// <summary>A batch for a handler of single events: each in a span of its own, the cause of what is published meanwhile.</summary>
internal sealed class OneByOne(string service, IEventHandler handler) : IBatchHandler
{
    public async Task Apply(IReadOnlyList<DomainEvent> events, InboxTransaction tx, CancellationToken ct)
    {
        foreach (var e in events)
        {
            using var span = Telemetry.Start($"{service} apply", ActivityKind.Consumer, e);
            tx.Applying = e;
            await handler.Apply(e, tx, ct);
        }
    }
}
