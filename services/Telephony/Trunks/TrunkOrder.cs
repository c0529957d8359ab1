namespace CallCenter.Telephony.Trunks;

/// <summary>A trunk that a call may go out by.</summary>
internal readonly record struct TrunkChoice<T>(T Trunk, bool IsUp, int Priority, int Weight);

/// <summary>
/// The order in which trunks are tried: those that are up first, then the lowest priority, and within one priority by chance in proportion to the
/// weights, as SRV records are (RFC 2782). Trunks that are down come last: they may be better than nothing.
/// </summary>
internal static class TrunkOrder
{
    public static IReadOnlyList<T> Of<T>(IEnumerable<TrunkChoice<T>> choices, Random random) =>
        [.. choices.GroupBy(c => (Down: !c.IsUp, c.Priority)).OrderBy(g => g.Key).SelectMany(g => Shuffle([.. g], random)).Select(c => c.Trunk)];

    private static IEnumerable<TrunkChoice<T>> Shuffle<T>(List<TrunkChoice<T>> left, Random random)
    {
        while (left.Count > 0)
        {
            var at = random.Next(left.Sum(c => c.Weight));
            var index = left.FindIndex(c => (at -= c.Weight) < 0);
            yield return left[index];
            left.RemoveAt(index);
        }
    }
}
