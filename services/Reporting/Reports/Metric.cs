namespace CallCenter.Reporting.Reports;

/// <summary>A metric: its id and version, how it is computed, in what unit, and the computation. Another formula is another version.</summary>
/// <typeparam name="TSums">The sums of facts that it is computed from.</typeparam>
internal sealed record Metric<TSums>(string Id, int Version, string Formula, string Unit, Func<TSums, double?> Compute);

/// <summary>Units of metrics.</summary>
internal static class Units
{
    public const string Count = "count", Milliseconds = "ms", Ratio = "ratio";
}

/// <summary>A metric as it is told; the value is null when its denominator is zero.</summary>
internal sealed record MetricValue(int Version, double? Value);

/// <summary>What a metric means.</summary>
internal sealed record MetricDefinition(int Version, string Formula, string Unit);

/// <summary>Metrics by id, as they are told.</summary>
internal static class Metrics
{
    public static IReadOnlyDictionary<string, MetricValue> Of<TSums>(IReadOnlyList<Metric<TSums>> metrics, TSums sums) =>
        metrics.ToDictionary(m => m.Id, m => new MetricValue(m.Version, m.Compute(sums)), StringComparer.Ordinal);

    public static IReadOnlyDictionary<string, MetricDefinition> Definitions<TSums>(IReadOnlyList<Metric<TSums>> metrics) =>
        metrics.ToDictionary(m => m.Id, m => new MetricDefinition(m.Version, m.Formula, m.Unit), StringComparer.Ordinal);

    public static double? Ratio(long part, long whole) => whole == 0 ? null : (double)part / whole;
}
