namespace CallCenter.Routing.Pools;

/// <summary>
/// Contacts of one queue, a sorted set for each priority in use: there the oldest is also the first, whoever may take it from what age on,
/// so that the head of each is all that a decision looks at. At most 99 priorities, one as a rule.
/// </summary>
internal sealed class Line
{
    /// <summary>The priority of contacts that have the queue's: it may change while they wait.</summary>
    public const int OfQueue = 0;

    private readonly List<int> priorities = [];
    private readonly List<OrderedSet<Turn>> sets = [];

    public int Count { get; private set; }

    /// <summary>How many heads there are to look at.</summary>
    public int Heads => sets.Count;

    /// <summary>The first contact of a priority, <see cref="OfQueue"/> for the queue's; false when there is none.</summary>
    public bool TryHead(int index, out Turn turn, out int priority)
    {
        priority = priorities[index];
        var any = sets[index].Count > 0;
        turn = any ? sets[index].Min : default;
        return any;
    }

    /// <summary>The first contact of a priority that fits; false when there is none.</summary>
    public bool TryFirst(int index, Func<Turn, bool> fits, out Turn turn, out int priority)
    {
        priority = priorities[index];
        for (var i = 0; i < sets[index].Count; i++)
        {
            turn = sets[index].At(i);
            if (fits(turn))
            {
                return true;
            }
        }

        turn = default;
        return false;
    }

    /// <summary>The first contact of a priority among those who entered not before that moment, in ticks; false when there is none.</summary>
    public bool TryHeadFrom(int index, long since, out Turn turn, out int priority)
    {
        priority = priorities[index];
        var before = since == long.MinValue ? 0 : sets[index].CountBefore(new Turn(since, long.MinValue, Guid.Empty));
        var any = before < sets[index].Count;
        turn = any ? sets[index].At(before) : default;
        return any;
    }

    /// <summary>The earliest adjusted entry in ticks; null when nobody is there.</summary>
    public long? Oldest
    {
        get
        {
            long? oldest = null;
            for (var i = 0; i < sets.Count && Count > 0; i++)
            {
                if (sets[i].Count > 0)
                {
                    oldest = Math.Min(oldest ?? long.MaxValue, sets[i].Min.Since);
                }
            }

            return oldest;
        }
    }

    /// <summary>All that wait, in no order.</summary>
    public List<Guid> Contacts() => [.. sets.SelectMany(set => Enumerable.Range(0, set.Count).Select(index => set.At(index).Contact))];

    /// <param name="place">Must not be in the line.</param>
    public void Add(Place place)
    {
        SetOf(place.Priority ?? OfQueue).Add(Turn.Of(place));
        Count++;
    }

    /// <summary>Without effect when the contact is not in the line.</summary>
    public void Remove(Place place)
    {
        var (set, turn) = (SetOf(place.Priority ?? OfQueue), Turn.Of(place));
        if (set.Contains(turn))
        {
            set.Remove(turn);
            Count--;
        }
    }

    /// <summary>How many of this line go before a contact of that rank. A contact of equal rank goes before when it is older.</summary>
    public int CountBefore(Turn turn, int priority, int queuePriority)
    {
        var rank = Claim.RankOf(turn.Since, priority);
        var before = 0;
        for (var i = 0; i < sets.Count; i++)
        {
            var own = priorities[i] == OfQueue ? queuePriority : priorities[i];
            // The adjusted entry that this contact would have with that priority.
            var since = rank - Claim.RankOf(0, own);
            var mark = own == priority ? turn : new Turn(since < turn.Since ? since + 1 : since, long.MinValue, Guid.Empty);
            before += sets[i].CountBefore(mark);
        }

        return before;
    }

    private OrderedSet<Turn> SetOf(int priority)
    {
        var index = priorities.IndexOf(priority);
        if (index < 0)
        {
            index = priorities.Count;
            priorities.Add(priority);
            sets.Add(new OrderedSet<Turn>());
        }

        return sets[index];
    }
}
