using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using CallCenter.Hosting;
using CallCenter.Routing.Pools;

namespace CallCenter.Routing;

/// <summary>The meter and the activity source "CallCenter.Routing".</summary>
internal sealed class Telemetry : IDisposable
{
    private static readonly ActivitySource Source = new("CallCenter.Routing");

    private readonly Meter meter = new("CallCenter.Routing");
    private readonly Histogram<int> groups;
    private readonly Histogram<double> offers;
    private readonly ConcurrentDictionary<Guid, (Guid Tenant, DateTimeOffset Since)> waiting = [];
    private readonly TimeProvider clock;

    public Telemetry(TimeProvider clock)
    {
        this.clock = clock;
        groups = meter.CreateHistogram<int>("routing.commit.changes", "{change}", "Changes written in one transaction");
        offers = meter.CreateHistogram<double>("routing.offer.duration", "ms", "From the match to the committed offer");
        meter.CreateObservableGauge("routing.queue.age", QueueAges, "ms", "How long the contact has waited that waits longest, by tenant");
    }

    /// <summary>A span in the contact's own trace, whatever brought the work about: a timer, or another contact's end.</summary>
    public static Activity? StartFor(string? trace, string name, Guid tenant, Guid contact) =>
        Source.StartActivity(name, ActivityKind.Internal, trace)?.SetTag("callcenter.tenant", tenant).SetTag("callcenter.contact", contact);

    public void Committed(int changes) => groups.Record(changes);

    public void Offered(TimeSpan elapsed) => offers.Record(elapsed.TotalMilliseconds);

    /// <summary>A contact has a place. A customer to be called back does not wait on the line: its age says nothing of the queue.</summary>
    public void Waits(Place place)
    {
        if (!place.IsCallback)
        {
            waiting[place.Contact] = (place.Tenant, place.EnteredAt);
        }
    }

    public void WaitsNoMore(Guid contact) => waiting.TryRemove(contact, out _);

    /// <summary>The pool is left, to be read again here or elsewhere.</summary>
    public void PoolLeft() => waiting.Clear();

    // Tenants beyond the bound share a label, so ages are put together by label.
    private IEnumerable<Measurement<double>> QueueAges()
    {
        var now = clock.GetUtcNow();
        return waiting.Values.GroupBy(one => TenantLabel.Of(one.Tenant))
            .Select(tenant => new Measurement<double>(tenant.Max(one => (now - one.Since).TotalMilliseconds), tenant.Key));
    }

    public void Dispose() => meter.Dispose();
}
