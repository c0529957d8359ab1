using CallCenter.Contracts;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Pools;

/// <summary>Agents of other queues who help while the load of a queue is high; each second it is looked whether they are needed.</summary>
internal sealed partial class PoolGrain
{
    private static readonly TimeSpan OverflowPeriod = TimeSpan.FromSeconds(1);

    private readonly RecentService served = new();
    private bool isWatching;

    /// <summary>Looks on while there is a queue with overflow groups.</summary>
    private void Watch()
    {
        if (!isWatching && pool.WithOverflow.Any())
        {
            isWatching = true;
            After(OverflowPeriod, LookAtOverflow);
        }
    }

    private void LookAtOverflow()
    {
        isWatching = false;
        var now = clock.Now();
        foreach (var queue in pool.WithOverflow.ToList())
        {
            var load = pool.LoadOf(queue, forecasts.ServiceOf(queue), served.Of(queue, now), now);
            foreach (var (group, isIn) in pool.GroupsOf(queue))
            {
                if (group.Helps(isIn, load) != isIn)
                {
                    Log.OverflowSwitched(logger, queue, group.AgentsOf, !isIn, group.Measure.ToString(), load.Of(group.Measure));
                    Now(at => pool.Switch(queue, group, !isIn, at)).ForEach(Offer);
                }
            }
        }

        Watch();
    }

    /// <summary>A contact has left its queue, answered or not: what the queue is measured by learns of it.</summary>
    private void Gone(Place place, bool isAnswered)
    {
        var (settings, now) = (pool.Settings(place.Tenant, place.Queue), clock.Now());
        forecasts.Gone(place, isAnswered, now);
        pool.Waited(place, isAnswered, now);
        var waited = (now - place.EnteredAt).TotalMilliseconds;
        if (settings.Overflow.Count > 0 && (isAnswered || waited >= settings.ShortAbandonMs))
        {
            served.Add(place.Queue, isAnswered && waited <= settings.ServiceLevelMs, now);
        }
    }
}
