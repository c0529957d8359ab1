namespace CallCenter.Routing.Pools;

/// <summary>
/// The free agents of one queue in the order of its strategy, a sorted set for each age from which agents may take a contact: 0, the delays
/// of profiles and the rings of the queue.
/// </summary>
internal sealed class IdleAgents
{
    private readonly SortedList<long, OrderedSet<AgentTurn>> sets = [];

    public int Count { get; private set; }

    /// <summary>The least age, in ticks, from which anybody here may take a contact; there must be somebody.</summary>
    public long OpenFrom => sets.First(set => set.Value.Count > 0).Key;

    public void Add(long openFrom, AgentTurn turn)
    {
        if (!sets.TryGetValue(openFrom, out var set))
        {
            sets[openFrom] = set = new OrderedSet<AgentTurn>();
        }

        set.Add(turn);
        Count++;
    }

    public void Remove(long openFrom, AgentTurn turn)
    {
        var set = sets[openFrom];
        set.Remove(turn);
        Count--;
        if (set.Count == 0 && openFrom > 0)
        {
            sets.Remove(openFrom);
        }
    }

    /// <summary>Whose turn it is among those who may take a contact of that age; false when nobody may.</summary>
    public bool TryFirst(long age, out AgentTurn first)
    {
        var found = false;
        first = default;
        for (var i = 0; i < sets.Count && sets.GetKeyAtIndex(i) <= age; i++)
        {
            var set = sets.GetValueAtIndex(i);
            if (set.Count > 0 && (!found || set.Min.CompareTo(first) < 0))
            {
                (first, found) = (set.Min, true);
            }
        }

        return found;
    }

    /// <summary>Those who may take a contact of that age: the first ones in their order, and how many there are.</summary>
    public (List<AgentTurn> First, int All) Top(long age, int most)
    {
        var (first, all) = (new List<AgentTurn>(most), 0);
        for (var i = 0; i < sets.Count && sets.GetKeyAtIndex(i) <= age; i++)
        {
            var set = sets.GetValueAtIndex(i);
            all += set.Count;
            for (var n = 0; n < most && n < set.Count; n++)
            {
                first.Add(set.At(n));
            }
        }

        first.Sort();
        first.RemoveRange(Math.Min(most, first.Count), Math.Max(0, first.Count - most));
        return (first, all);
    }
}
