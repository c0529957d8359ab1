using System.Diagnostics;
using System.Diagnostics.Metrics;
using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Hosting;

namespace CallCenter.Reporting;

/// <summary>Spans and measures of Reporting.</summary>
internal static class Telemetry
{
    public const string Name = "CallCenter.Reporting";

    public static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    public static readonly Counter<long> Recorded = Meter.CreateCounter<long>("callcenter.reporting.recorded", "{event}", "Events put into the ledger");

    private static readonly Counter<long> Ended = Meter.CreateCounter<long>("callcenter.contacts.ended", "{contact}", "Contacts that ended, once each, by how");

    /// <summary>Counts contacts that ended; a corrected termination is a later revision and not counted again.</summary>
    public static void CountEnded(IEnumerable<DomainEvent> events)
    {
        foreach (var ended in events.OfType<ContactEnded>().Where(e => e.Revision == 1))
        {
            Ended.Add(1, new KeyValuePair<string, object?>("termination", ended.Termination.Kind.ToString()), TenantLabel.Of(ended.Tenant));
        }
    }

    /// <summary>The last span of a contact's trace: from the work that caused the event to its row in the history.</summary>
    private static Activity? Record(DomainEvent e)
    {
        ActivityContext.TryParse(e.TraceParent, null, isRemote: true, out var cause);
        return Source.StartActivity($"record {e.GetType().Name}", ActivityKind.Internal, cause)
            ?.SetTag("callcenter.tenant", e.Tenant).SetTag(e is AgentEvent ? "callcenter.agent" : "callcenter.contact", e.Stream)
            .SetTag("callcenter.event", e.EventId);
    }

    /// <summary>The spans of events that are recorded together; they last as long as the batch.</summary>
    public sealed class RecordSpans(IReadOnlyList<DomainEvent> events) : IDisposable
    {
        private readonly List<Activity?> _spans = [.. events.Select(Record)];

        public void Dispose()
        {
            for (var i = _spans.Count - 1; i >= 0; i--)
            {
                _spans[i]?.Dispose();
            }
        }
    }
}
