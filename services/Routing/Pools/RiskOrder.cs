namespace CallCenter.Routing.Pools;

/// <summary>
/// The contacts of which a free agent takes one by risk, the first one first: of each queue by risk that the agent serves, the first in line
/// and the first that can still be answered in time. How queues stand to each other changes with time, so no set can keep it; within a
/// queue the sets do, and what is looked at is two contacts a queue and priority, O(log n) each.
/// </summary>
internal static class RiskOrder
{
    /// <param name="profile">Only those of that profile priority.</param>
    /// <param name="now">In ticks.</param>
    public static List<(Claim Claim, Service Service)> Of(AgentSlot slot, int profile, long now)
    {
        var found = new List<(double Score, Claim Claim, Service Service)>();
        foreach (var service in slot.Services)
        {
            if (!service.Queue.IsByRisk || service.Queue.WaitingCount == 0)
            {
                continue;
            }

            var inTime = now - (service.Queue.Settings.ServiceLevelMs * TimeSpan.TicksPerMillisecond);
            var first = First(service, profile, long.MinValue, now);
            foreach (var claim in new[] { first, First(service, profile, inTime, now) is var other && other != first ? other : null })
            {
                if (claim is { } head)
                {
                    found.Add((FactsOf(head.Turn.Since, service.Queue, now).Score, head, service));
                }
            }
        }

        found.Sort((one, other) => other.Score.CompareTo(one.Score) is var order and not 0 ? order : one.Claim.CompareTo(other.Claim));
        return found.ConvertAll(head => (head.Claim, head.Service));
    }

    /// <param name="since">The contact's adjusted entry, in ticks.</param>
    public static RiskFacts FactsOf(long since, QueueState queue, long now) => queue.Level.Of(queue.Settings, Math.Max(0, now - since) / TimeSpan.TicksPerMillisecond);

    /// <summary>The first contact of the queue among those who entered not before that moment.</summary>
    private static Claim? First(Service service, int profile, long since, long now)
    {
        Claim? first = null;
        var waiting = service.Queue.Waiting;
        for (var i = 0; i < waiting.Heads; i++)
        {
            if (waiting.TryHeadFrom(i, since, out var turn, out var own) && Math.Max(0, now - turn.Since) >= service.OpenFrom
                && Claim.Of(turn, service.Entry.Priority, service.Queue.PriorityOf(own), now) is var claim && claim.Profile == profile
                && (first is null || claim.CompareTo(first.Value) < 0))
            {
                first = claim;
            }
        }

        return first;
    }
}
