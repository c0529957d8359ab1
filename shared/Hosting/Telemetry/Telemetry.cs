using System.Diagnostics;
using System.Diagnostics.Metrics;
using CallCenter.Contracts;

namespace CallCenter.Hosting;

/// <summary>Spans and measures of Hosting itself.</summary>
internal static class Telemetry
{
    public const string Name = "CallCenter.Hosting";

    public static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    public static readonly Counter<long> EventsSent = Meter.CreateCounter<long>("callcenter.outbox.sent", "{event}", "Events handed to the bus");
    public static readonly Counter<long> EventsResent = Meter.CreateCounter<long>("callcenter.outbox.resent", "{event}", "Events sent again: unacknowledged, or asked for");
    public static readonly Counter<long> EventsApplied = Meter.CreateCounter<long>("callcenter.inbox.applied", "{event}", "Events applied");
    public static readonly Counter<long> EventsRepeated = Meter.CreateCounter<long>("callcenter.inbox.repeated", "{event}", "Events that had been applied before");
    public static readonly Counter<long> EventsParked = Meter.CreateCounter<long>("callcenter.inbox.parked", "{event}", "Events that could not be applied and lie in dead_events");
    public static readonly Counter<long> EventsLost = Meter.CreateCounter<long>("callcenter.inbox.lost", "{event}", "Events that never came: passed after 10 s");

    /// <summary>A span whose parent is the work that caused the event.</summary>
    public static Activity? Start(string verb, ActivityKind kind, DomainEvent e)
    {
        if (!Source.HasListeners())
        {
            return null;
        }
        ActivityContext.TryParse(e.TraceParent, null, isRemote: true, out var parent);
        return Source.StartActivity($"{verb} {e.GetType().Name}", kind, parent)
            ?.SetTag("callcenter.tenant", e.Tenant).SetTag("callcenter.stream", e.Stream).SetTag("callcenter.event", e.EventId);
    }
}
