namespace CallCenter.Routing.Pools;

/// <summary>A contact's turn among those of its queue and priority: by adjusted age, then first in first out. Times in ticks.</summary>
internal readonly record struct Turn(long Since, long EnteredAt, Guid Contact) : IComparable<Turn>
{
    public static Turn Of(Place place) => new(place.Since.UtcTicks, place.EnteredAt.UtcTicks, place.Contact);

    public int CompareTo(Turn other)
    {
        var order = Since.CompareTo(other.Since);
        order = order != 0 ? order : EnteredAt.CompareTo(other.EnteredAt);
        return order != 0 ? order : Contact.CompareTo(other.Contact);
    }
}

/// <summary>
/// A contact's turn at an agent who may take it: profile priority, contact priority that ages, adjusted age, first in first out.
/// A step of priority is worth a minute of waiting: since every contact ages alike, the order of two contacts never changes, and nothing
/// has to be sorted again. Whoever has waited for half an hour goes before every profile priority, so that no stream keeps it waiting for ever.
/// </summary>
/// <param name="Profile">Of the agent's profile, 1 to 99; 0 for a contact that is overdue.</param>
/// <param name="Rank">In ticks: when it would have come, had it waited for its priority too.</param>
internal readonly record struct Claim(int Profile, long Rank, Turn Turn) : IComparable<Claim>
{
    /// <summary>Worth of a step of contact priority.</summary>
    public static readonly TimeSpan PriorityStep = TimeSpan.FromMinutes(1);

    /// <summary>After that adjusted age a contact goes before every profile priority.</summary>
    public static readonly TimeSpan Overdue = TimeSpan.FromMinutes(30);

    public static Claim Of(Turn turn, int profile, int priority, long now) =>
        new(now - turn.Since >= Overdue.Ticks ? 0 : profile, RankOf(turn.Since, priority), turn);

    public static long RankOf(long since, int priority) => since + (priority * PriorityStep.Ticks);

    public int CompareTo(Claim other)
    {
        var order = Profile.CompareTo(other.Profile);
        order = order != 0 ? order : Rank.CompareTo(other.Rank);
        return order != 0 ? order : Turn.CompareTo(other.Turn);
    }
}
