namespace CallCenter.Routing.Pools;

/// <summary>The contacts of which a free agent takes the first in line: the heads of the lines of its queues, by their claims.</summary>
internal static class LineOrder
{
    /// <summary>The best claims, the first ones in their order, and how many heads of lines there are.</summary>
    /// <param name="now">In ticks.</param>
    public static (List<(Claim Claim, Service Service)> Best, int All) Of(AgentSlot slot, long now)
    {
        var (best, all) = (new List<(Claim Claim, Service Service)>(), 0);
        foreach (var service in slot.Services)
        {
            if (service.Queue.WaitingCount == 0)
            {
                continue;
            }

            var waiting = service.Queue.Waiting;
            for (var i = 0; i < waiting.Heads; i++)
            {
                if (!waiting.TryHead(i, out var turn, out var own) || Math.Max(0, now - turn.Since) < service.OpenFrom)
                {
                    continue;
                }

                all++;
                Insert(best, (Claim.Of(turn, service.Entry.Priority, service.Queue.PriorityOf(own), now), service));
            }
        }

        return (best, all);
    }

    private static void Insert(List<(Claim Claim, Service Service)> best, (Claim Claim, Service Service) found)
    {
        var index = best.Count;
        while (index > 0 && found.Claim.CompareTo(best[index - 1].Claim) < 0)
        {
            index--;
        }

        if (index < Choice.Told)
        {
            best.Insert(index, found);
            best.RemoveRange(Math.Min(Choice.Told, best.Count), Math.Max(0, best.Count - Choice.Told));
        }
    }
}
