using CallCenter.Benchmarks.Measure;

namespace CallCenter.Benchmarks.Acd;

/// <summary>The same calls, agents and database: once with Routing, once with the reference that polls.</summary>
internal sealed class PolledBench(TimeProvider clock, TextWriter output)
{
    /// <summary>As many agents as the load needs and a tenth more: now contacts wait, now agents.</summary>
    private static readonly AcdShape Shape = new(Tenants: 10, Queues: 350, Agents: 350, QueuesOfAgent: 20);

    private const double PerSecond = 100, FasterMin = 20;

    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(10), Length = TimeSpan.FromSeconds(40);

    public async Task<IReadOnlyList<Row>> Run()
    {
        await using var system = await AcdSystem.Start(Shape, clock);
        var ours = await Waits(system.Load);
        await using var polling = await PollingReference.Start(system.ConnectionString, new AcdPlan(Shape), clock);
        await using var load = new AcdLoad(new AcdPlan(Shape), polling, clock);
        polling.Calls = load.Take;
        var theirs = await Waits(load);
        output.WriteLine($"  {ours.Count} offers, {theirs.Count} of the reference");
        return
        [
            // The limit is a least value, twenty times faster: it is held as the time itself.
            Of("on average", ours.Average(), theirs.Average()), Of("p50", Quantile.Of(ours, 0.5), Quantile.Of(theirs, 0.5)), Of("p99", Quantile.Of(ours, 0.99), Quantile.Of(theirs, 0.99)),
        ];
    }

    private static Row Of(string what, double ours, double theirs) =>
        Row.Of(AcdBench.Name, $"agent idle to offer beside the reference, {what}", ours, "ms", theirs, what == "on average" ? theirs / FasterMin : null);

    private async Task<List<double>> Waits(AcdLoad calls)
    {
        calls.Set(PerSecond);
        await Task.Delay(Warm, clock);
        calls.Set(PerSecond);
        await Task.Delay(Length, clock);
        return calls.Set(0).Offers;
    }
}
