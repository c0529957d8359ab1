using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Pools;

/// <summary>How a queue has kept its contract of late, in memory: what is a day old counts a third.</summary>
internal sealed class ServiceLevelTally
{
    /// <summary>What a service takes as long as none has ended, and the least one.</summary>
    private const double ServicePriorMs = 180_000, ServiceLeastMs = 1_000;

    private const double MemoryMs = 24 * 3_600_000;

    /// <summary>So many contacts count for the share over the limit, so many services for their mean.</summary>
    private const int LimitContacts = 100, Services = 30;

    private DateTimeOffset? changed;
    private double serviceMs = ServicePriorMs;
    private int services;
    private double counted;
    private double missed;
    private double over;

    /// <summary>A contact waits no more, answered or not. One that left sooner than a short abandon is not counted.</summary>
    public void Waited(double ms, bool isAnswered, QueueRecord queue, DateTimeOffset now)
    {
        var kept = changed is { } before ? Math.Exp(-(now - before).TotalMilliseconds / MemoryMs) : 1;
        changed = now;
        over += ((ms > queue.WaitLimitMs ? 1 : 0) - over) / LimitContacts;
        var counts = isAnswered || ms >= queue.ShortAbandonMs;
        counted = (kept * counted) + (counts ? 1 : 0);
        missed = (kept * missed) + (counts && !(isAnswered && ms <= queue.ServiceLevelMs) ? 1 : 0);
    }

    /// <summary>An agent is done with a contact.</summary>
    public void Served(double ms)
    {
        services = Math.Min(services + 1, Services);
        serviceMs = Math.Max(serviceMs + ((ms - serviceMs) / services), ServiceLeastMs);
    }

    public RiskFacts Of(QueueRecord queue, long ageMs) => new(
        ageMs, queue.ServiceLevelMs, queue.ServiceLevelPercent, (double)queue.MissedPenalty, queue.WaitLimitMs, counted, missed, over, serviceMs);
}
