using CallCenter.Benchmarks.Measure;

namespace CallCenter.Benchmarks.Acd;

/// <summary>Who gets whom, part by part: the pure matcher, calls to grains, whole contacts with durable state, the same beside a reference that polls.</summary>
internal sealed class AcdBench(TimeProvider clock, TextWriter output)
{
    public const string Name = "acd";

    /// <summary>How long each rate of contacts is measured unless asked otherwise; the acceptance asks for 10 minutes.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(40);

    public static IReadOnlyList<string> Parts { get; } = ["matcher", "grains", "routed", "polled", "tenants"];

    public async Task<IReadOnlyList<Row>> Run(IReadOnlyList<string> parts, TimeSpan length, double? rate)
    {
        var rows = new List<Row>();
        foreach (var part in parts)
        {
            output.WriteLine($" {part}");
            rows.AddRange(part switch
            {
                "matcher" => new MatcherBench(output).Run(),
                "grains" => await GrainCallBench.Run(),
                "routed" => await new RoutedBench(clock, output).Run(length, rate),
                "polled" => await new PolledBench(clock, output).Run(),
                "tenants" => [.. MatcherBench.Tenants(), .. await new RoutedBench(clock, output).Tenants()],
                _ => throw new ArgumentException($"There is no part '{part}'.", nameof(parts)),
            });
        }

        return rows;
    }
}
