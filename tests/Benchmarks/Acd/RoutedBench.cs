using CallCenter.Benchmarks.Measure;

namespace CallCenter.Benchmarks.Acd;

/// <summary>Contacts routed with durable state: how long an idle agent and a waiting contact wait for each other, and what a contact costs.</summary>
internal sealed class RoutedBench(TimeProvider clock, TextWriter output)
{
    private const double FastPerSecond = 1_000, FastMaxMs = 50, SlowPerSecond = 200, SlowMaxMs = 10, NewsMaxMs = 1_000, GrowthMax = 1.2;

    private static readonly TimeSpan TenantsLength = TimeSpan.FromSeconds(30), Warm = TimeSpan.FromSeconds(15), Rest = TimeSpan.FromSeconds(10), Patience = TimeSpan.FromSeconds(30), Look = TimeSpan.FromMilliseconds(100);

    /// <summary>200 contacts a second and 1,000, or another rate, so long each.</summary>
    public async Task<IReadOnlyList<Row>> Run(TimeSpan length, double? rate)
    {
        await using var system = await AcdSystem.Start(AcdShape.Full, clock);
        var rows = new List<Row> { Row.Of(AcdBench.Name, $"start with {AcdShape.Full.Queues} queues and {AcdShape.Full.Agents} agents: until the pool has them", system.LoadTime.TotalMilliseconds, "ms") };
        await Wait(Rest);
        if (rate is { } one)
        {
            rows.AddRange(await Measure(system, one, length, null));
            return rows;
        }

        rows.AddRange(await Measure(system, SlowPerSecond, length, SlowMaxMs));
        rows.AddRange(await Measure(system, FastPerSecond, length, FastMaxMs));
        return rows;
    }

    /// <summary>The same load with one tenant and with 1,000: CPU a contact.</summary>
    public async Task<IReadOnlyList<Row>> Tenants()
    {
        var costs = new List<double>();
        foreach (var tenants in (int[])[1, 1_000])
        {
            await using var system = await AcdSystem.Start(AcdShape.Full with { Tenants = tenants }, clock);
            await Wait(Rest);
            var rows = await Measure(system, SlowPerSecond, TenantsLength, null);
            costs.Add(rows.Where(row => row.Case.EndsWith("CPU of Routing", StringComparison.Ordinal) || row.Case.EndsWith("CPU of PostgreSQL", StringComparison.Ordinal)).Sum(row => row.Value));
        }

        return
        [
            Row.Of(AcdBench.Name, $"{SlowPerSecond} contacts/s, durable, 1 tenant: CPU of Routing and PostgreSQL", costs[0], "ms/contact"),
            Row.Of(AcdBench.Name, $"{SlowPerSecond} contacts/s, durable, 1000 tenants: CPU of Routing and PostgreSQL", costs[1], "ms/contact", reference: costs[0], limit: GrowthMax * costs[0]),
        ];
    }

    /// <summary>One rate: warm, measured, and run empty.</summary>
    public async Task<IReadOnlyList<Row>> Measure(AcdSystem system, double perSecond, TimeSpan length, double? offerMaxMs)
    {
        system.Load.Set(perSecond);
        await Wait(Warm);
        await system.Count();
        system.Load.Set(perSecond);
        var (before, began) = (system.Cpu(), clock.GetTimestamp());
        await Wait(length);
        var (tally, after, seconds) = (system.Load.Set(perSecond), system.Cpu(), clock.GetElapsedTime(began).TotalSeconds);
        var counted = await system.Count();
        system.Load.Set(0);
        var left = await RunEmpty(system);
        output.WriteLine($"  {perSecond} a second: {tally.Arrived} arrived, {tally.Routed} routed, {tally.NotStarted} not started, {tally.Offers.Count} offers, {counted.Transactions} transactions, {left} left over, wrong: {string.Join(", ", tally.FaultsBy.Select(fault => $"{fault.Value} {fault.Key}").DefaultIfEmpty("none"))}");
        var (routing, database, load) = (after.Routing - before.Routing, after.Database - before.Database, after.Load - before.Load);
        var name = $"{perSecond} contacts/s: ";
        return
        [
            // The limit is a least value: it is held as the share that did not get through.
            Row.Of(AcdBench.Name, name + "routed", tally.Routed / seconds, "contacts/s"),
            Row.Of(AcdBench.Name, name + "arrivals that were not routed in time", Math.Max(0, 1 - (tally.Routed / (perSecond * seconds))) * 100, "%", limit: offerMaxMs is null ? null : 2),
            Row.Of(AcdBench.Name, name + "wrong or lost", tally.Faults + left, "contacts", limit: 0),
            Row.Of(AcdBench.Name, name + "agent idle to offer, p50", Quantile.Of(tally.Offers, 0.5), "ms"),
            Row.Of(AcdBench.Name, name + "agent idle to offer, p99", Quantile.Of(tally.Offers, 0.99), "ms", limit: offerMaxMs),
            Row.Of(AcdBench.Name, name + "the same where the contact waited for the agent, p99", tally.OffersOfWaiting.Count == 0 ? 0 : Quantile.Of(tally.OffersOfWaiting, 0.99), "ms"),
            Row.Of(AcdBench.Name, name + "CPU of Routing", 1_000 * routing / tally.Routed, "ms/contact"),
            Row.Of(AcdBench.Name, name + "CPU of PostgreSQL", 1_000 * database / tally.Routed, "ms/contact"),
            Row.Of(AcdBench.Name, name + "CPU of the load's process", 1_000 * load / tally.Routed, "ms/contact"),
            Row.Of(AcdBench.Name, name + "cores in use by all three", (routing + database + load) / seconds, "cores"),
            Row.Of(AcdBench.Name, name + "changes", (double)counted.Changes / tally.Routed, "changes/contact"),
            Row.Of(AcdBench.Name, name + "changes in a transaction", (double)counted.Changes / counted.Transactions, "changes"),
            Row.Of(AcdBench.Name, name + "news at the wallboard's consumer, p99", counted.NewsMs[1], "ms", limit: NewsMaxMs),
        ];
    }

    /// <summary>How many contacts are left when nothing has moved for long.</summary>
    private async Task<int> RunEmpty(AcdSystem system)
    {
        for (var began = clock.GetTimestamp(); system.Load.Open > 0 && clock.GetElapsedTime(began) < Patience;)
        {
            await Wait(Look);
        }

        await Wait(Rest);
        return Math.Max(system.Load.Open, system.Load.Arrivals - (await system.Count()).Ended);
    }

    private Task Wait(TimeSpan time) => Task.Delay(time, clock);
}
