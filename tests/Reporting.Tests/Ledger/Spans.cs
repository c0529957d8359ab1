using System.Collections.Concurrent;
using System.Diagnostics;

namespace CallCenter.Reporting.Tests.Ledger;

/// <summary>Collects the ended spans of one source.</summary>
internal sealed class Spans : IDisposable
{
    private readonly ActivityListener _listener;

    public Spans(string source)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public ConcurrentQueue<Activity> Ended { get; } = [];

    public void Dispose() => _listener.Dispose();
}
