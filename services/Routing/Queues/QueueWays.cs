namespace CallCenter.Routing.Queues;

/// <summary>Where the rules of a tenant's queues send contacts: never to a queue that is not there, and never in a circle.</summary>
internal static class QueueWays
{
    /// <summary>What is wrong with the ways of the queues that are saved, among all queues of their tenants as they will be then.</summary>
    public static IEnumerable<string> Errors(IReadOnlyList<QueueRecord> saved, IEnumerable<QueueRecord> all)
    {
        var known = all.Concat(saved).GroupBy(queue => queue.Id).ToDictionary(same => same.Key, same => same.Last());
        foreach (var queue in saved)
        {
            foreach (var (rule, to) in WaysOf(queue).Where(way => !known.TryGetValue(way.To, out var target) || target.Tenant != queue.Tenant))
            {
                yield return $"{rule}.queue: the tenant has no queue {to}: put it first.";
            }

            if (CircleOf(queue, known, WaysOf) is { } circle)
            {
                yield return $"The rules send contacts in a circle: {Names(circle, known)}. Leave one of them without a queue.";
            }

            foreach (var group in queue.Overflow.Where(group => !known.TryGetValue(group.AgentsOf, out var lender) || lender.Tenant != queue.Tenant))
            {
                yield return $"overflow.agentsOf: the tenant has no queue {group.AgentsOf}: put it first.";
            }

            if (CircleOf(queue, known, HelpersOf) is { } help)
            {
                yield return $"The overflow groups go in a circle: {Names(help, known)}. Whoever helps cannot be helped by those.";
            }
        }
    }

    /// <summary>Where a queue's rules send contacts.</summary>
    public static IEnumerable<(string Rule, Guid To)> WaysOf(QueueRecord queue) =>
        from way in new (string Rule, Guid? To)[] { ("maxWait", queue.MaxWait?.Queue), ("maxLength", queue.MaxLength?.Queue), ("noAgent", queue.NoAgent?.Queue) }
        where way.To is not null
        select (way.Rule, way.To!.Value);

    private static IEnumerable<(string Rule, Guid To)> HelpersOf(QueueRecord queue) => queue.Overflow.Select(group => ("overflow", group.AgentsOf));

    private static string Names(List<Guid> circle, Dictionary<Guid, QueueRecord> known) => string.Join(" -> ", circle.Select(id => known[id].Name));

    /// <summary>The shortest way back to the queue, which is its first and last; null when there is none.</summary>
    private static List<Guid>? CircleOf(QueueRecord queue, Dictionary<Guid, QueueRecord> known, Func<QueueRecord, IEnumerable<(string Rule, Guid To)>> waysOf)
    {
        var cameFrom = new Dictionary<Guid, Guid>();
        var open = new Queue<Guid>([queue.Id]);
        while (open.TryDequeue(out var id))
        {
            foreach (var (_, to) in known.TryGetValue(id, out var at) ? waysOf(at) : [])
            {
                if (to == queue.Id)
                {
                    return WayTo(id, queue.Id, cameFrom);
                }

                if (cameFrom.TryAdd(to, id))
                {
                    open.Enqueue(to);
                }
            }
        }

        return null;
    }

    private static List<Guid> WayTo(Guid last, Guid first, Dictionary<Guid, Guid> cameFrom)
    {
        var way = new List<Guid> { first };
        for (var id = last; id != first; id = cameFrom[id])
        {
            way.Insert(0, id);
        }

        way.Insert(0, first);
        return way;
    }
}
