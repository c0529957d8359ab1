using System.Diagnostics.Metrics;

namespace CallCenter.Routing;

/// <summary>The meter "CallCenter.Routing".</summary>
internal sealed class Telemetry : IDisposable
{
    private readonly Meter meter = new("CallCenter.Routing");
    private readonly Histogram<int> groups;
    private readonly Histogram<double> offers;

    public Telemetry()
    {
        groups = meter.CreateHistogram<int>("routing.commit.changes", "{change}", "Changes written in one transaction");
        offers = meter.CreateHistogram<double>("routing.offer.duration", "ms", "From the match to the committed offer");
    }

    public void Committed(int changes) => groups.Record(changes);

    public void Offered(TimeSpan elapsed) => offers.Record(elapsed.TotalMilliseconds);

    public void Dispose() => meter.Dispose();
}
