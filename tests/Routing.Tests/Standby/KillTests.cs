namespace CallCenter.Routing.Tests.Standby;

/// <summary>The leader of two Routing processes dies or stands still under 30 calls a second: nobody is lost, ages and order stay, offers go on within 5 s.</summary>
[Trait("needs", "server")]
public class KillTests(PostgresFixture postgres, ITestOutputHelper output)
{
    private static readonly TimeSpan RecoveredWithin = TimeSpan.FromSeconds(5), Settled = TimeSpan.FromSeconds(60);

    private const double AgeMsMax = 1_000;

    [Fact]
    public Task Killed_three_times_at_random_nobody_is_lost() => Kill(times: 3, pause: random => TimeSpan.FromSeconds(2 + (3 * random.NextDouble())));

    [Fact(Explicit = true), Trait("soak", "kills")]
    public Task Killed_each_20_s_for_10_minutes() => Kill(times: 30, pause: _ => TimeSpan.FromSeconds(20));

    [Fact]
    public async Task A_leader_that_stood_still_stands_by_when_it_goes_on_and_may_lead_again()
    {
        var seed = NewSeed();
        await using var two = await TwoNodes.Start(postgres, seed);
        await GoOn(TimeSpan.FromSeconds(2));
        var frozen = two.Leader;
        var recovery = await two.Strike(node => node.Freeze());
        await frozen.Thaw();
        await Eventually.Be(() => frozen.Leads == false, text: "it stands by");
        await GoOn(TimeSpan.FromSeconds(2));
        var successor = two.Leader;
        successor.ShouldNotBe(frozen);
        var again = await two.Strike(node => node.Kill());
        await two.Forget(successor);
        two.Leader.ShouldBe(frozen);
        await Judge(two, seed, [recovery, again]);
    }

    /// <summary>Named regression: queues cannot run on two nodes, or an agent of both is rung twice.</summary>
    [Fact]
    public async Task Two_queues_that_share_agents_on_two_nodes()
    {
        var seed = NewSeed();
        await using var two = await TwoNodes.Start(postgres, seed, toAll: true);
        await GoOn(TimeSpan.FromSeconds(3));
        var first = two.Leader;
        var recovery = await two.Strike(node => node.Kill());
        await two.Forget(first);
        await GoOn(TimeSpan.FromSeconds(2));
        await Judge(two, seed, [recovery]);
    }

    private async Task Kill(int times, Func<Random, TimeSpan> pause)
    {
        var seed = NewSeed();
        var random = new Random(seed);
        await using var two = await TwoNodes.Start(postgres, seed);
        var recoveries = new List<Recovery>();
        for (var time = 0; time < times; time++)
        {
            await GoOn(pause(random));
            var killed = two.Leader;
            recoveries.Add(await two.Strike(node => node.Kill()));
            output.WriteLine($"kill {time + 1}: {recoveries[^1]}");
            await two.Forget(killed);
            await two.StartNode();
        }

        await GoOn(TimeSpan.FromSeconds(2));
        await Judge(two, seed, recoveries);
    }

    private async Task Judge(TwoNodes two, int seed, IReadOnlyList<Recovery> recoveries)
    {
        await two.Finish();
        await Eventually.Be(async () => await Verdict.NotEnded(two.Connection) == 0, Settled, "every contact has ended");
        var strikes = recoveries.Select(recovery => recovery.At).ToList();
        var calls = two.Centre.Calls;
        var verdict = await Verdict.Read(two.Connection, calls, strikes);
        output.WriteLine(
            $"seed {seed}: {calls.Count} calls, {two.Centre.Answered} answered, {verdict.Offered} offered, {verdict.WaitedThrough(strikes)} of them waited through a change of leader; led/rang {string.Join(", ", recoveries)}; "
            + $"lost {verdict.Lost.Count}, age within {verdict.AgeMs:0} ms, inversions {verdict.Inversions.Count}, faults {two.Centre.Faults.Count}; the test itself stood still for at most {two.Centre.Starved.TotalMilliseconds:0} ms");
        verdict.Lost.ShouldBeEmpty();
        two.Centre.Faults.ShouldBeEmpty();
        verdict.WaitedThrough(strikes).ShouldBeGreaterThan(0);
        verdict.AgeMs.ShouldBeLessThanOrEqualTo(AgeMsMax);
        verdict.Inversions.ShouldBeEmpty();
        recoveries.ShouldAllBe(recovery => recovery.Rang <= RecoveredWithin);
    }

    private int NewSeed()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        return seed;
    }

    /// <summary>The centre's own time passes: that is what the test is about.</summary>
    private static Task GoOn(TimeSpan time) => Task.Delay(time, TimeProvider.System, TestContext.Current.CancellationToken);
}
