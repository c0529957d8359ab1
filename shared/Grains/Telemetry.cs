using System.Diagnostics.Metrics;

namespace CallCenter.Grains;

/// <summary>The meter "CallCenter.Grains". Labels: grain = the class's name, as many as there are grain classes.</summary>
internal sealed class Telemetry : IDisposable
{
    private readonly Meter meter = new("CallCenter.Grains");
    private readonly Counter<long> deadlines;
    private readonly Counter<long> overflows;

    public Telemetry(Func<int> activations)
    {
        meter.CreateObservableGauge("grains.activations", activations, "{grain}", "Grains in memory");
        deadlines = meter.CreateCounter<long>("grains.call.deadlines", "{call}", "Calls whose caller gave up");
        overflows = meter.CreateCounter<long>("grains.mailbox.overflows", "{call}", "Calls not taken because too many waited");
    }

    public void DeadlinePassed(GrainId id) => deadlines.Add(1, new KeyValuePair<string, object?>("grain", id.Class.Name));

    public void MailboxFull(GrainId id) => overflows.Add(1, new KeyValuePair<string, object?>("grain", id.Class.Name));

    public void Dispose() => meter.Dispose();
}
