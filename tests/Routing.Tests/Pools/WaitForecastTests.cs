using CallCenter.Contracts.Ivr;
using CallCenter.Routing.Pools;

namespace CallCenter.Routing.Tests.Pools;

public sealed class WaitForecastTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    private static Standing Stands(double ahead, int agents, double meanMs = 100_000, double variation = 1) =>
        new((int)Math.Ceiling(ahead), ahead, false, agents, new ServiceTime(meanMs, variation, int.MaxValue));

    // Quantiles of the gamma distribution with that shape and scale 1, from its tables.
    [Theory]
    [InlineData(1, 1.6094)]
    [InlineData(2, 2.9943)]
    [InlineData(4, 5.5150)]
    [InlineData(10, 12.5188)]
    [InlineData(30, 34.5158)]
    public void One_agent_of_plain_irregularity_gives_the_gamma_quantile(int ahead, double quantile) =>
        ((double)WaitForecast.Of(Stands(ahead, agents: 1))!).ShouldBe(quantile * 100_000, quantile * 1_000);

    [Fact]
    public void Regular_service_comes_near_the_mean_and_more_agents_shorten_the_wait()
    {
        ((double)WaitForecast.Of(Stands(5, 1, variation: 0))!).ShouldBe(500_000, 25_000);
        foreach (var (ahead, agents) in from ahead in Enumerable.Range(1, 20) from agents in Enumerable.Range(1, 20) select (ahead, agents))
        {
            WaitForecast.Of(Stands(ahead, agents)).ShouldNotBeNull().ShouldBeGreaterThan(WaitForecast.Of(Stands(ahead, agents + 1))!.Value);
            WaitForecast.Of(Stands(ahead, agents))!.Value.ShouldBeLessThan(WaitForecast.Of(Stands(ahead + 1, agents))!.Value);
        }
    }

    [Fact]
    public void Few_samples_widen_the_forecast()
    {
        var sure = Stands(5, 2);
        WaitForecast.Of(sure with { Service = sure.Service!.Value with { Samples = 4 } })!.Value.ShouldBeGreaterThan(WaitForecast.Of(sure)!.Value);
    }

    [Fact]
    public void Nothing_is_said_without_agents_or_service_and_who_is_offered_waits_no_more()
    {
        WaitForecast.Of(Stands(1, 0)).ShouldBeNull();
        WaitForecast.Of(Stands(1, 3) with { Service = null }).ShouldBeNull();
        WaitForecast.Of(Stands(1, 3) with { IsOffered = true }).ShouldBe(0);
    }

    [Fact]
    public void The_wait_told_grows_only_with_a_cause_that_is_there()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var causes = new Dictionary<LongerWait, int>();
        for (var caller = 0; caller < 500; caller++)
        {
            var (ahead, agents) = (random.Next(1, 20) + random.NextDouble(), random.Next(1, 8));
            ToldWait? before = null;
            for (var turn = 0; turn < 30; turn++)
            {
                ahead = Math.Max(1, ahead + random.Next(-3, random.Next(4) == 0 ? 3 : 1));
                agents = Math.Max(0, agents + random.Next(-1, 2));
                var now = Stands(ahead, agents, random.Next(1, 400_000), random.NextDouble() * 2) with { IsOffered = random.Next(10) == 0 };
                var (ms, longer) = WaitForecast.After(before, now, WaitForecast.Of(now));
                if (ms > before?.Ms)
                {
                    (longer switch { LongerWait.AgentsLeft => agents < before.Agents, LongerWait.PriorityTraffic => ahead > before.Ahead, _ => false }).ShouldBeTrue($"{before} {now}");
                    causes[longer!.Value] = causes.GetValueOrDefault(longer.Value) + 1;
                }
                else if (ms is not null)
                {
                    longer.ShouldBeNull();
                }

                before = ms is { } told ? new ToldWait(told, agents, ahead) : before;
            }
        }

        causes.Keys.ShouldBe(Enum.GetValues<LongerWait>(), ignoreOrder: true);
    }

    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(3, 1.0)]
    [InlineData(10, 1.0)]
    [InlineData(4, 0.3)]
    [InlineData(4, 1.5)]
    public void Four_of_five_callers_wait_at_most_as_long_as_they_are_told(int agents, double squaredVariation)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var waits = Enumerable.Range(0, 60).SelectMany(run => new QueueHours(new Random(seed + run), agents, squaredVariation).Waits()).ToList();
        var within = waits.Count(wait => wait.Actual <= wait.Told) / (double)waits.Count;
        output.WriteLine($"{waits.Count} callers waited, {within:P1} within what they were told");
        waits.Count.ShouldBeGreaterThan(2_000);
        within.ShouldBeInRange(0.70, 0.92);
    }

    /// <summary>Some hours of a queue with more callers than its agents can take at once; first come, first served.</summary>
    private sealed class QueueHours(Random random, int agents, double squaredVariation)
    {
        private const double MeanMs = 180_000;
        private readonly ServiceTimes services = new();
        private readonly Guid queue = Guid.NewGuid();
        private readonly List<Guid> ids = [.. Enumerable.Range(0, agents).Select(_ => Guid.NewGuid())];
        private readonly PriorityQueue<Guid, double> busy = new();
        private readonly Queue<(double At, long? Told)> waiting = new();

        public List<(double Told, double Actual)> Waits()
        {
            var waits = new List<(double, double)>();
            var free = new Stack<Guid>(ids);
            for (var (arrival, number) = (0.0, 0); number < 200; number++)
            {
                arrival += Exponential(MeanMs / agents / 1.02);
                while (busy.TryPeek(out var agent, out var until) && until <= arrival)
                {
                    busy.Dequeue();
                    services.Ended(agent, Start.AddMilliseconds(until));
                    if (waiting.TryDequeue(out var next))
                    {
                        Serve(agent, until);
                        if (next.Told is { } told)
                        {
                            waits.Add((told, until - next.At));
                        }
                    }
                    else
                    {
                        free.Push(agent);
                    }
                }

                if (free.TryPop(out var idle))
                {
                    Serve(idle, arrival);
                }
                else
                {
                    waiting.Enqueue((arrival, WaitForecast.Of(new Standing(waiting.Count + 1, waiting.Count + 1, false, agents, services.Of(queue)))));
                }
            }

            return waits;
        }

        private void Serve(Guid agent, double at)
        {
            services.Began(agent, queue, Start.AddMilliseconds(at));
            busy.Enqueue(agent, at + Service());
        }

        /// <summary>Log-normal with the mean and variation wanted.</summary>
        private double Service()
        {
            var sigma2 = Math.Log(1 + squaredVariation);
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
            return MeanMs * Math.Exp(Math.Sqrt(sigma2) * normal - sigma2 / 2);
        }

        private double Exponential(double mean) => -mean * Math.Log(1 - random.NextDouble());
    }
}
