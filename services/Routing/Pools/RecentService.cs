namespace CallCenter.Routing.Pools;

/// <summary>The service level of each queue over the last quarter of an hour, kept in memory: after a restart it is gathered anew.</summary>
internal sealed class RecentService
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);

    private const int Kept = 2_000;

    private readonly Dictionary<Guid, Queue<(DateTimeOffset At, bool Within)>> recent = [];

    /// <summary>A contact was answered, or its caller left.</summary>
    /// <param name="within">Answered within the queue's target.</param>
    public void Add(Guid queue, bool within, DateTimeOffset at)
    {
        if (!recent.TryGetValue(queue, out var contacts))
        {
            recent[queue] = contacts = new();
        }

        if (contacts.Count == Kept)
        {
            contacts.Dequeue();
        }

        contacts.Enqueue((at, within));
    }

    /// <summary>In percent; null when there was nobody.</summary>
    public double? Of(Guid queue, DateTimeOffset now)
    {
        if (!recent.TryGetValue(queue, out var contacts))
        {
            return null;
        }

        while (contacts.Count > 0 && contacts.Peek().At < now - Interval)
        {
            contacts.Dequeue();
        }

        return contacts.Count == 0 ? null : 100.0 * contacts.Count(contact => contact.Within) / contacts.Count;
    }
}
