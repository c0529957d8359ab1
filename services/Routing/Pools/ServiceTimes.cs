namespace CallCenter.Routing.Pools;

/// <summary>How long a contact takes an agent, from the answer until the agent is free again, wrap-up included.</summary>
/// <param name="MeanMs">In milliseconds.</param>
/// <param name="SquaredVariation">Variance over squared mean: 0 when all are alike, 1 when they are as irregular as chance.</param>
/// <param name="Samples">How many services that was gathered from.</param>
internal readonly record struct ServiceTime(double MeanMs, double SquaredVariation, int Samples);

/// <summary>The last service times of each queue.</summary>
internal sealed class ServiceTimes
{
    /// <summary>Enough for a steady mean, few enough to follow the hour.</summary>
    public const int Kept = 64;

    /// <summary>How many services of plain irregularity (1) a queue is thought to have had before: few samples say little of their spread.</summary>
    private const int Prior = 4;

    private readonly Dictionary<Guid, Queue<double>> recent = [];
    private readonly Dictionary<Guid, (Guid Queue, DateTimeOffset Since)> busy = [];

    /// <summary>The agent answered a contact of the queue.</summary>
    public void Began(Guid agent, Guid queue, DateTimeOffset at) => busy[agent] = (queue, at);

    /// <summary>The agent has no contact.</summary>
    /// <returns>The service that ended; null when the agent had none.</returns>
    public (Guid Queue, double Ms)? Ended(Guid agent, DateTimeOffset at)
    {
        if (!busy.Remove(agent, out var service))
        {
            return null;
        }

        if (!recent.TryGetValue(service.Queue, out var times))
        {
            recent[service.Queue] = times = new Queue<double>(Kept);
        }

        if (times.Count == Kept)
        {
            times.Dequeue();
        }

        var ms = (at - service.Since).TotalMilliseconds;
        times.Enqueue(ms);
        return (service.Queue, ms);
    }

    /// <summary>The queue's last times in milliseconds, the oldest first.</summary>
    public IReadOnlyCollection<double> Recent(Guid queue) => recent.TryGetValue(queue, out var times) ? times : [];

    /// <summary>Takes up what was gathered before.</summary>
    public void Remember(Guid queue, IEnumerable<double> ms) => recent[queue] = new Queue<double>(ms.TakeLast(Kept));

    /// <summary>What the queue's last services were like; null before the first has ended.</summary>
    public ServiceTime? Of(Guid queue)
    {
        var mean = recent.TryGetValue(queue, out var times) && times.Count > 0 ? times.Average() : 0;
        if (times is null || mean <= 0)
        {
            return null;
        }

        var spread = times.Sum(time => (time - mean) * (time - mean)) / (mean * mean);
        return new ServiceTime(mean, (spread + Prior) / (times.Count + Prior), times.Count);
    }
}
