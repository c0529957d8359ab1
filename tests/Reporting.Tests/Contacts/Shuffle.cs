using CallCenter.Contracts;

namespace CallCenter.Reporting.Tests.Contacts;

internal static class Shuffle
{
    /// <summary>A random interleaving of the sources that keeps each source's own order, as the inbox does.</summary>
    public static List<ContactEvent> Sources(IReadOnlyList<ContactEvent> events, Random random)
    {
        var sources = events.GroupBy(e => e.Source).Select(g => new Queue<ContactEvent>(g.OrderBy(e => e.Sequence))).ToList();
        var mixed = new List<ContactEvent>();
        while (mixed.Count < events.Count)
        {
            var left = sources.Where(s => s.Count > 0).ToList();
            mixed.Add(left[random.Next(left.Count)].Dequeue());
        }

        return mixed;
    }
}
