namespace CallCenter.Benchmarks.Measure;

/// <summary>Quantiles of samples by the nearest rank.</summary>
internal static class Quantile
{
    public static double Of(IReadOnlyCollection<double> samples, double share)
    {
        var sorted = samples.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
    }
}
