using CallCenter.Days;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Tests.Pools;

/// <summary>What a day costs by risk, and which contact a free agent takes; <see cref="PoolOracle"/> holds each choice to a plain chooser.</summary>
public sealed class ServiceLevelRiskTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Start = Day.Midnight;

    public static TheoryData<string> Traces => new(TraceFolder.Own.Select(folder => Path.GetFileName(folder)));

    [Theory]
    [MemberData(nameof(Traces))]
    public void A_day_costs_a_tenth_less_and_keeps_every_limit(string name)
    {
        var trace = TraceFolder.Read(TraceFolder.Own.Single(folder => Path.GetFileName(folder) == name));
        var risk = DayCost.Of(trace, Day.Play(trace, Policy.ServiceLevelRisk));
        output.WriteLine($"{risk}");
        foreach (var policy in new[] { Policy.LongestIdle, Policy.StrictPriority })
        {
            var other = DayCost.Of(trace, Day.Play(trace, policy));
            output.WriteLine($"{policy}: {other}");
            risk.Penalties.ShouldBeLessThan(0.9 * other.Penalties);
        }

        risk.WorstLimit.ShouldBeLessThanOrEqualTo(1);
    }

    [Theory]
    // Of equal contracts the one whose target comes first, though it is younger.
    [InlineData(20, 20, 1, 40, 60, 1, 0)]
    // Of equal targets the dearer one.
    [InlineData(10, 20, 9, 15, 20, 1, 0)]
    // Who can still be in time before who is late.
    [InlineData(10, 20, 1, 100, 20, 9, 0)]
    // Who comes near the limit before all.
    [InlineData(485, 20, 1, 19, 20, 9, 0)]
    public void A_free_agent_takes_the_contact_whose_waiting_costs_most(int age, int target, int penalty, int otherAge, int otherTarget, int otherPenalty, int taken)
    {
        var pool = new Pool();
        var now = Start.AddHours(1);
        var places = new List<Place>();
        foreach (var (seconds, within, cost) in new[] { (age, target, penalty), (otherAge, otherTarget, otherPenalty) })
        {
            var queue = Guid.NewGuid();
            pool.Configure(new QueueRecord { Id = queue, Tenant = queue, Name = "Q", Strategy = AgentStrategy.ServiceLevelRisk, ServiceLevelMs = within * 1_000, MissedPenalty = cost }, Start);
            places.Add(new Place(Guid.NewGuid(), queue, queue, now.AddSeconds(-seconds), now.AddSeconds(-seconds), queue));
            pool.Put(places[^1], now).ShouldBeNull();
        }

        var agent = new AgentView(Guid.NewGuid(), 1, true, now, new Dictionary<string, int>(), [.. places.Select(place => new ProfileEntry(place.Queue))]);
        var match = pool.Put(agent, now).ShouldNotBeNull();

        match.Place.ShouldBe(places[taken]);
        match.Choice.Rule.ShouldBe(Choice.HighestRisk);
        match.Choice.Contacts.Select(contact => contact.Risk!.Score).ShouldBeInOrder(SortDirection.Descending);
        match.Choice.Replay().ShouldBe((match.Place.Contact, agent.Agent));
    }

    [Fact]
    public void Who_has_waited_half_an_hour_goes_before_every_risk()
    {
        var (pool, now, queue) = (new Pool(), Start.AddHours(1), Guid.NewGuid());
        pool.Configure(new QueueRecord { Id = queue, Tenant = queue, Name = "Q", Strategy = AgentStrategy.ServiceLevelRisk, WaitLimitMs = 86_400_000 }, Start);
        var places = new[] { 31 * 60, 19 }.Select(seconds => new Place(Guid.NewGuid(), queue, queue, now.AddSeconds(-seconds), now.AddSeconds(-seconds), queue)).ToList();
        places.ForEach(place => pool.Put(place, now));

        pool.Put(new AgentView(Guid.NewGuid(), 1, true, now, new Dictionary<string, int>(), [new ProfileEntry(queue)]), now)!.Place.ShouldBe(places[0]);
    }

    [Fact]
    public void The_cheapest_agent_takes_a_contact_and_who_serves_many_queues_costs_more()
    {
        var (pool, queue, other) = (new Pool(), Guid.NewGuid(), Guid.NewGuid());
        pool.Configure(new QueueRecord { Id = queue, Tenant = queue, Name = "Q", Strategy = AgentStrategy.ServiceLevelRisk }, Start);
        AgentView Agent(decimal wage, params Guid[] queues) =>
            new(Guid.NewGuid(), 1, true, Start, new Dictionary<string, int>(), [.. queues.Select(its => new ProfileEntry(its))]) { WagePerHour = wage };
        AgentView[] agents = [Agent(20, queue), Agent(15, queue, other), Agent(16, queue), Agent(30, queue)];
        foreach (var agent in agents)
        {
            pool.Put(agent, Start);
        }

        var taken = Enumerable.Range(0, 4).Select(_ => pool.Put(new Place(Guid.NewGuid(), queue, queue, Start, Start, queue), Start)!.Agent.WagePerHour);
        taken.ShouldBe([16, 15, 20, 30]);
    }
}
