namespace CallCenter.Benchmarks.Measure;

/// <summary>One measured figure.</summary>
/// <param name="Reference">The same figure of a system that is taken as the measure; null when there is none that compares.</param>
/// <param name="Ratio">Value / reference; null without a reference or when that is 0.</param>
/// <param name="Limit">Worst value that passes; null: only told.</param>
internal sealed record Row(string Bench, string Case, double Value, string Unit, double? Reference, double? Ratio, double? Limit, bool Pass)
{
    public static Row Of(string bench, string what, double value, string unit, double? reference = null, double? limit = null) =>
        new(bench, what, value, unit, reference, reference is { } r and not 0 ? value / r : null, limit, limit is not { } l || value <= l);
}
