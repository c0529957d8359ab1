using System.Globalization;

namespace CallCenter.Simulator.Comparison;

/// <summary>A figure that the system reports otherwise than it was seen.</summary>
/// <param name="Of">The contact, agent or queue.</param>
/// <param name="Figure">What of it.</param>
internal sealed record Difference(string Of, string Figure, string Seen, string Reported)
{
    public override string ToString() => $"{Of}: {Figure} is reported as {Reported}, seen was {Seen}";
}

/// <summary>The comparison's result as it grows.</summary>
internal sealed class Findings
{
    private readonly List<Difference> _differences = [];
    private readonly SortedDictionary<string, int> _leftOut = new(StringComparer.Ordinal);

    /// <summary>Figures compared.</summary>
    public int Compared { get; private set; }

    public IReadOnlyList<Difference> Differences => _differences;

    /// <summary>What could not be compared, and how often.</summary>
    public IReadOnlyDictionary<string, int> LeftOut => _leftOut;

    public void Text(string of, string figure, string? seen, string? reported) => Check(seen == reported, of, figure, seen ?? "none", reported ?? "none");

    /// <summary>One of several that the wire cannot tell apart.</summary>
    public void OneOf(string of, string figure, IReadOnlyCollection<string?> seen, string? reported) =>
        Check(seen.Contains(reported), of, figure, string.Join(" or ", seen.Select(s => s ?? "none")), reported ?? "none");

    public void Number(string of, string figure, Bounds seen, double reported) =>
        Check(seen.Holds(reported), of, figure, seen.ToString(), reported.ToString("0.###", CultureInfo.InvariantCulture));

    public void Fault(string of, string figure, string seen, string reported) => Check(false, of, figure, seen, reported);

    public void LeaveOut(string why) => _leftOut[why] = _leftOut.GetValueOrDefault(why) + 1;

    private void Check(bool agrees, string of, string figure, string seen, string reported)
    {
        Compared++;
        if (!agrees)
        {
            _differences.Add(new Difference(of, figure, seen, reported));
        }
    }
}
