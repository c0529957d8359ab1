namespace CallCenter.Routing.Pools;

/// <summary>How fast the callers of each queue give up while they wait: those who gave up over the time that all waited.</summary>
internal sealed class Patience
{
    /// <summary>With so many who gave up the older ones begin to count less.</summary>
    private const double Most = 100;

    /// <summary>As if so much had been waited before without anybody giving up.</summary>
    private const double PriorMs = 600_000;

    private readonly Dictionary<Guid, (double Left, double WaitedMs)> queues = [];

    /// <summary>A contact of the queue waits no more.</summary>
    public void Waited(Guid queue, double ms, bool left)
    {
        var known = queues.GetValueOrDefault(queue);
        var share = known.Left >= Most ? 0.5 : 1;
        queues[queue] = ((share * known.Left) + (left ? 1 : 0), (share * known.WaitedMs) + ms);
    }

    /// <summary>How many gave up, and how long all waited, the older ones counted less.</summary>
    public (double Left, double WaitedMs) Of(Guid queue) => queues.GetValueOrDefault(queue);

    /// <summary>Takes up what was seen before.</summary>
    public void Remember(Guid queue, double left, double waitedMs) => queues[queue] = (left, waitedMs);

    /// <summary>The chance to give up in a millisecond of waiting.</summary>
    public double RateOf(Guid queue) => queues.TryGetValue(queue, out var known) ? known.Left / (known.WaitedMs + PriorMs) : 0;
}
