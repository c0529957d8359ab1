namespace CallCenter.Routing.Pools;

/// <summary>
/// The free agents of one queue in the order of its strategy, a sorted set for each age from which agents may take a contact: 0, the delays
/// of profiles and the rings of the queue.
/// </summary>
internal sealed class IdleAgents
{
    private readonly SortedList<long, OrderedSet<AgentTurn>> sets = [];

    /// <summary>The least age, in ticks, from which anybody here may take a contact; there must be somebody.</summary>
    public long OpenFrom => sets.First(set => set.Value.Count > 0).Key;

    /// <summary>The set of those who may take contacts from that age on; agents keep it, and come and go there.</summary>
    public OrderedSet<AgentTurn> SetOf(long openFrom)
    {
        if (!sets.TryGetValue(openFrom, out var set))
        {
            sets[openFrom] = set = new OrderedSet<AgentTurn>();
        }

        return set;
    }

    /// <summary>Those who may take a contact of that age: the first ones in their order, and how many there are.</summary>
    public (List<AgentTurn> First, int All) Top(long age, int most)
    {
        var (first, all, merged) = (new List<AgentTurn>(most), 0, 0);
        for (var i = 0; i < sets.Count && sets.GetKeyAtIndex(i) <= age; i++)
        {
            var set = sets.GetValueAtIndex(i);
            all += set.Count;
            merged += set.Count > 0 ? 1 : 0;
            for (var n = 0; n < most && n < set.Count; n++)
            {
                first.Add(set.At(n));
            }
        }

        if (merged > 1)
        {
            first.Sort();
            first.RemoveRange(Math.Min(most, first.Count), Math.Max(0, first.Count - most));
        }

        return (first, all);
    }
}
