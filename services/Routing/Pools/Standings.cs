namespace CallCenter.Routing.Pools;

/// <summary>Where a contact stands among all that its agents serve. Looks at the agents of the queue and at the other queues that they serve: for callers who are told, not for offers.</summary>
internal static class Standings
{
    public static Standing Of(Place place, QueueState queue, ServiceTime? service, Overflows overflows)
    {
        var serving = AtWork(queue, overflows).ToList();
        var ahead = 1 + queue.CountBefore(queue.Waiting, place, queue.PriorityOf(place)) + Others(queue, place, serving, overflows);
        return new Standing(queue.PositionOf(place), ahead, place.IsOffered, serving.Count, service);
    }

    /// <summary>Contacts of other queues that go before: each may be taken by any agent of its queue, so by this queue's with the share of those who serve both.</summary>
    private static double Others(QueueState queue, Place place, List<AgentSlot> serving, Overflows overflows)
    {
        var (before, priority) = (0.0, queue.PriorityOf(place));
        var shares = from slot in serving
                     from service in slot.Services
                     where service.Queue != queue && service.Queue.Waiting.Count > 0
                     group (Own: slot.ServiceOf(queue)!, Other: service) by service.Queue;
        foreach (var shared in shares)
        {
            var other = shared.Key;
            var all = AtWork(other, overflows).Count();
            var older = other.CountBefore(other.Waiting, place, priority);
            foreach (var (own, service) in shared)
            {
                var order = service.Entry.Priority.CompareTo(own.Entry.Priority);
                before += (order < 0 ? other.Waiting.Count : order == 0 ? older : 0) / (double)all;
            }
        }

        return before;
    }

    private static IEnumerable<AgentSlot> AtWork(QueueState queue, Overflows overflows) => overflows.AgentsOf(queue).Where(slot => slot.View.IsAtWork && slot.ServiceOf(queue) is not null);
}
