using System.Globalization;

namespace CallCenter.Simulator.Comparison;

/// <summary>
/// What a figure can be by what was seen: a number, or a range where the wire shows only two moments between which
/// something happened. A sum of figures adds their ranges.
/// </summary>
internal readonly record struct Bounds(double Low, double High)
{
    public static Bounds Zero => new(0, 0);

    /// <summary>A ratio whose whole is perhaps nothing: then it has no value.</summary>
    public bool OrNone { get; init; }

    /// <summary>One of them for certain, one perhaps.</summary>
    public static Bounds Count(bool certain, bool possible) => new(certain ? 1 : 0, certain || possible ? 1 : 0);

    public static Bounds Exactly(double value) => new(value, value);

    /// <summary>Milliseconds between moments.</summary>
    public static Bounds Between(Moments from, Moments to) => new(
        Math.Max(0, (to.Earliest - from.Latest).TotalMilliseconds), Math.Max(0, (to.Latest - from.Earliest).TotalMilliseconds));

    public static Bounds operator +(Bounds a, Bounds b) => new(a.Low + b.Low, a.High + b.High);

    public static Bounds operator -(Bounds a, Bounds b) => new(a.Low - b.High, a.High - b.Low);

    public Bounds AtMost(double limit) => this with { Low = Math.Min(Low, limit), High = Math.Min(High, limit) };

    public Bounds NotNegative() => new(Math.Max(0, Low), Math.Max(0, High));

    /// <summary>What a time can be when clocks differ by so much.</summary>
    public Bounds Around(double toleranceMs) => Widened(toleranceMs).NotNegative();

    public Bounds Widened(double by) => new(Low - by, High + by);

    /// <summary>All of it may be missing: of something that perhaps did not happen.</summary>
    public Bounds OrNothing() => this with { Low = 0 };

    /// <summary>Part of a whole; null when the whole is certainly nothing, which has no share.</summary>
    public Bounds? Per(Bounds whole) => whole.High <= 0
        ? null
        : new Bounds(Low / whole.High, whole.Low > 0 ? High / whole.Low : double.PositiveInfinity) { OrNone = whole.Low <= 0 };

    /// <summary>Whether the figure is one that can be.</summary>
    public bool Holds(double value) => value >= Low - 1e-9 && value <= High + 1e-9;

    public override string ToString() => Low.Equals(High)
        ? Low.ToString("0.###", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Low:0.###} to {High:0.###}");
}

/// <summary>When something happened: at one moment, or between two.</summary>
internal readonly record struct Moments(DateTimeOffset Earliest, DateTimeOffset Latest)
{
    public static Moments At(DateTimeOffset moment) => new(moment, moment);

    public static Moments Between(DateTimeOffset earliest, DateTimeOffset latest) => new(earliest, latest < earliest ? earliest : latest);

    public Moments Plus(TimeSpan time) => new(Earliest + time, Latest + time);

    public Moments NotAfter(DateTimeOffset limit) => new(Earliest < limit ? Earliest : limit, Latest < limit ? Latest : limit);
}
