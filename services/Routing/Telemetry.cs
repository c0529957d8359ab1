using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CallCenter.Routing;

/// <summary>The meter and the activity source "CallCenter.Routing".</summary>
internal sealed class Telemetry : IDisposable
{
    private static readonly ActivitySource Source = new("CallCenter.Routing");

    private readonly Meter meter = new("CallCenter.Routing");
    private readonly Histogram<int> groups;
    private readonly Histogram<double> offers;

    public Telemetry()
    {
        groups = meter.CreateHistogram<int>("routing.commit.changes", "{change}", "Changes written in one transaction");
        offers = meter.CreateHistogram<double>("routing.offer.duration", "ms", "From the match to the committed offer");
    }

    /// <summary>A span in the contact's own trace, whatever brought the work about: a timer, or another contact's end.</summary>
    public static Activity? StartFor(string? trace, string name, Guid tenant, Guid contact) =>
        Source.StartActivity(name, ActivityKind.Internal, trace)?.SetTag("callcenter.tenant", tenant).SetTag("callcenter.contact", contact);

    public void Committed(int changes) => groups.Record(changes);

    public void Offered(TimeSpan elapsed) => offers.Record(elapsed.TotalMilliseconds);

    public void Dispose() => meter.Dispose();
}
