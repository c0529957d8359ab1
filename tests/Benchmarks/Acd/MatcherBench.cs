using System.Diagnostics;
using CallCenter.Benchmarks.Measure;

namespace CallCenter.Benchmarks.Acd;

/// <summary>The pure matcher, in memory and on one thread: how many decisions a second, how long one takes, what it costs as lines and tenants grow.</summary>
internal sealed class MatcherBench(TextWriter output)
{
    private const string Name = AcdBench.Name;
    private const int Contacts = 400_000, Rounds = 5, Steps = 20_000;
    private const double DecisionsMin = 100_000, DecisionMaxUs = 100, GrowthMax = 2, BytesMax = 2_048, TenantsMax = 1.2;

    /// <summary>Decisions a second, and what lines of 1,000 and 100,000 cost.</summary>
    public IReadOnlyList<Row> Run() => [.. Decisions(), .. Lines()];

    private List<Row> Decisions()
    {
        var centre = new AcdCentre(AcdShape.Full, samples: 2 * Contacts);
        centre.Run(Contacts);
        var (used, began) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        var count = centre.Run(Contacts);
        var perSecond = count / Stopwatch.GetElapsedTime(began).TotalSeconds;
        var cpu = (Environment.CpuUsage.TotalTime - used).TotalMicroseconds / count;
        output.WriteLine($"  {count} decisions");
        return
        [
            // The limit is a least value: it is held as the time of a decision.
            Row.Of(Name, $"{AcdShape.Full.Queues} queues, {AcdShape.Full.Agents} agents in {AcdShape.Full.QueuesOfAgent} each: a decision with all that belongs to it", 1e6 / perSecond, "us", limit: 1e6 / DecisionsMin),
            Row.Of(Name, "the same: its CPU, that of the collector included", cpu, "us"),
            Row.Of(Name, "the same: decisions", perSecond, "decisions/s"),
            Row.Of(Name, "the same: a decision alone, p50", Quantile.Of(centre.Times, 0.5), "us"),
            Row.Of(Name, "the same: a decision alone, p99", Quantile.Of(centre.Times, 0.99), "us", limit: DecisionMaxUs),
        ];
    }

    private static List<Row> Lines()
    {
        var (shortOne, longOne) = (new LongLine(1_000), new LongLine(100_000));
        shortOne.Measure(Steps);
        longOne.Measure(Steps);
        var rounds = Enumerable.Range(0, Rounds).Select(_ => (Short: shortOne.Measure(Steps), Long: longOne.Measure(Steps))).ToList();
        var rows = new List<Row> { Row.Of(Name, "memory of a contact, 100,000 waiting", longOne.BytesOfContact, "bytes", limit: BytesMax) };
        foreach (var kind in rounds[0].Short.Keys)
        {
            var (small, large) = (Quantile.Of([.. rounds.Select(round => round.Short[kind])], 0.5), Quantile.Of([.. rounds.Select(round => round.Long[kind])], 0.5));
            rows.Add(Row.Of(Name, $"{kind}, 1,000 waiting", small, "us"));
            rows.Add(Row.Of(Name, $"{kind}, 100,000 waiting", large, "us", reference: small, limit: GrowthMax * small));
        }

        return rows;
    }

    /// <summary>The same queues, agents and load, shared by more and more tenants.</summary>
    public static IReadOnlyList<Row> Tenants()
    {
        int[] counts = [1, 10, 100, 1_000];
        var centres = counts.Select(count => new AcdCentre(AcdShape.Full with { Tenants = count }, samples: 0)).ToList();
        centres.ForEach(centre => centre.Run(Contacts / 4));
        var times = centres.ConvertAll(_ => new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (centre, its) in centres.Zip(times))
            {
                var before = Environment.CpuUsage.TotalTime;
                var count = centre.Run(Contacts / 4);
                its.Add((Environment.CpuUsage.TotalTime - before).TotalMicroseconds / count);
            }
        }

        var medians = times.ConvertAll(its => Quantile.Of(its, 0.5));
        return [.. counts.Zip(medians, (count, us) => Row.Of(Name, $"a decision with all that belongs to it, {count} tenants: CPU", us, "us", reference: medians[0], limit: TenantsMax * medians[0]))];
    }
}
