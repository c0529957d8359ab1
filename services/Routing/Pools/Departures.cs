using CallCenter.Contracts.Routing;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Pools;

/// <summary>A contact that a rule of its queue takes out.</summary>
/// <param name="To">The queue where it waits next; null when the call flow has it.</param>
internal sealed record Departure(Place Place, QueueRule Rule, Guid? To);

/// <summary>
/// Who has to leave by the rules of the queues: when the longest wait of a contact is over, and which queues have to be looked at because
/// somebody came or nobody serves them any more. Pure. A contact whose offer stands stays until it ends; callbacks have a time of their own.
/// </summary>
internal sealed class Departures
{
    private readonly SortedSet<(long Due, Guid Contact)> dues = [];
    private readonly Dictionary<Guid, long> dueOf = [];
    private readonly HashSet<QueueState> unserved = [];

    /// <summary>When the next longest wait is over; in ticks, null for never.</summary>
    public long? Next => dues.Count > 0 ? dues.Min.Due : null;

    public void Enter(Place place, QueueState queue)
    {
        if (place is { IsOffered: false, IsCallback: false } && queue.Settings.MaxWait is { } limit)
        {
            var due = place.EnteredAt.AddMilliseconds(limit.Ms).UtcTicks;
            dueOf[place.Contact] = due;
            dues.Add((due, place.Contact));
        }

        Look(queue);
    }

    public void Leave(Guid contact)
    {
        if (dueOf.Remove(contact, out var due))
        {
            dues.Remove((due, contact));
        }
    }

    /// <summary>A contact came, an agent left or the settings changed: perhaps nobody can serve who waits.</summary>
    public void Look(QueueState queue)
    {
        if (queue is { Servers: 0, Settings.NoAgent: not null })
        {
            unserved.Add(queue);
        }
    }

    /// <summary>Contacts whose longest wait is over.</summary>
    public IEnumerable<Guid> TakeOverdue(long now)
    {
        while (dues.Count > 0 && dues.Min.Due <= now)
        {
            var contact = dues.Min.Contact;
            Leave(contact);
            yield return contact;
        }
    }

    /// <summary>Queues with the rule that nobody serves.</summary>
    public IReadOnlyList<(QueueState Queue, NoAgentRule Rule)> TakeUnserved(Overflows overflows)
    {
        if (unserved.Count == 0)
        {
            return [];
        }

        var found = unserved.Where(queue => queue.Servers == 0 && !overflows.IsHelpAtHand(queue)).Select(queue => (queue, queue.Settings.NoAgent)).Where(one => one.NoAgent is not null).ToList();
        unserved.Clear();
        return [.. found.Select(one => (one.queue, one.NoAgent!))];
    }
}
