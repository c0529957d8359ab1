using System.Collections.Concurrent;
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
    private static readonly Counter<long> EventsParked = Meter.CreateCounter<long>("callcenter.inbox.parked", "{event}", "Events that could not be applied and lie in dead_events");
    private static readonly Counter<long> EventsLost = Meter.CreateCounter<long>("callcenter.inbox.lost", "{event}", "Events that never came: passed after 10 s");

    private static readonly ConcurrentDictionary<string, Func<double>> OutboxAges = new();

    static Telemetry() => Meter.CreateObservableGauge(
        "callcenter.outbox.age", () => OutboxAges.Select(each => new Measurement<double>(each.Value(), Of("service", each.Key))), "ms",
        "Age of the oldest event that not every endpoint has applied, of those in hand; 0 when there is none");

    /// <summary>A service's outbox is at work: its age is measured whenever metrics are read.</summary>
    public static void MeasureOutbox(string service, Func<double> ageMs) => OutboxAges[service] = ageMs;

    /// <summary>Counted by the queue that they should have come by: those of "reporting.events" are holes in the ledger.</summary>
    public static void Lost(string queue, long events) => EventsLost.Add(events, Of("queue", queue));

    /// <summary>Counted by the service that could not apply it.</summary>
    public static void Parked(string service, Guid tenant) => EventsParked.Add(1, Of("service", service), TenantLabel.Of(tenant));

    private static KeyValuePair<string, object?> Of(string label, string value) => new(label, value);

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
