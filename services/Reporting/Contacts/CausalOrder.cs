using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Reporting.Contacts;

/// <summary>
/// One order for the events of a contact, whatever order they arrived in: a source's own events by sequence; across
/// sources a cause before its effect, and only then the earlier time first. The result depends on the set alone.
/// </summary>
internal static class CausalOrder
{
    public static IReadOnlyList<ContactEvent> Of(IReadOnlyCollection<ContactEvent> events)
    {
        var causes = Causes(events);
        var sources = events.GroupBy(e => e.Source).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new Queue<ContactEvent>(g.OrderBy(e => e.Sequence))).ToList();
        var ordered = new List<ContactEvent>(events.Count);
        var told = new HashSet<Guid>();
        while (ordered.Count < events.Count)
        {
            var heads = sources.Where(s => s.Count > 0).OrderBy(s => s.Peek().OccurredAt).ToList();
            // No head is free only when events name each other as causes, which is a sender's fault: the clock decides.
            var next = (heads.Find(s => causes[s.Peek().EventId].All(told.Contains)) ?? heads[0]).Dequeue();
            told.Add(next.EventId);
            ordered.Add(next);
        }

        return ordered;
    }

    /// <summary>The known events that come before each event: its causation, and for a leg's INVITE the offer it carries out.</summary>
    private static Dictionary<Guid, List<Guid>> Causes(IReadOnlyCollection<ContactEvent> events)
    {
        var known = events.Select(e => e.EventId).ToHashSet();
        var offers = events.OfType<ContactOffered>().Where(e => e.Leg is not null)
            .ToLookup(e => e.Leg!.Value, e => e.EventId);
        var causes = new Dictionary<Guid, List<Guid>>(events.Count);
        foreach (var e in events)
        {
            var before = new List<Guid>();
            if (e.Causation is { } cause && known.Contains(cause))
            {
                before.Add(cause);
            }

            if (e is LegOffered { Leg: { } leg })
            {
                before.AddRange(offers[leg]);
            }

            causes[e.EventId] = before;
        }

        return causes;
    }
}
