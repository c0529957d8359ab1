using System.Diagnostics;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Tests.Pools;

public class PoolTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Tenant = Guid.NewGuid();

    private readonly Pool pool = new();
    private readonly Guid sales = Guid.NewGuid();
    private readonly Guid support = Guid.NewGuid();

    [Fact]
    public void The_longest_idle_agent_takes_a_new_contact()
    {
        Configure(sales);
        var second = Agent(2, sales);
        var first = Agent(1, sales);
        pool.Put(second).ShouldBeNull();
        pool.Put(first).ShouldBeNull();
        var match = pool.Put(Place(sales, 10))!;
        match.Agent.ShouldBe(first);
        match.Why.ShouldContain(second.Agent.ToString());
        pool.Put(Place(sales, 11))!.Agent.ShouldBe(second);
        pool.Put(Place(sales, 12)).ShouldBeNull("nobody is left");
    }

    [Fact]
    public void A_kept_place_waits_for_its_agent_and_is_that_agents_first()
    {
        Configure(sales);
        var lost = Agent(1, sales);
        var older = Place(sales, 1);
        var kept = Place(sales, 10) with { For = lost.Agent };
        pool.Put(kept).ShouldBeNull();
        pool.Put(Agent(2, sales)).ShouldBeNull("it is kept for another");
        pool.Put(older)!.Agent.Agent.ShouldNotBe(lost.Agent);
        pool.Put(Place(sales, 3));
        pool.Put(lost)!.Place.ShouldBe(kept);
    }

    [Fact]
    public void A_place_that_is_kept_no_more_is_anybodys()
    {
        Configure(sales);
        var kept = Place(sales, 10) with { For = Guid.NewGuid() };
        var free = Agent(2, sales);
        pool.Put(free);
        pool.Put(kept).ShouldBeNull();
        pool.Put(kept with { For = null })!.Agent.ShouldBe(free);
    }

    [Fact]
    public void A_kept_place_that_ended_leaves_its_agent_to_the_queue()
    {
        Configure(sales);
        var lost = Agent(1, sales);
        var kept = Place(sales, 10) with { For = lost.Agent };
        pool.Put(kept);
        pool.Drop(kept.Contact);
        var next = Place(sales, 11);
        pool.Put(next);
        pool.Put(lost)!.Place.ShouldBe(next);
    }

    [Fact]
    public void A_free_agent_takes_by_profile_priority_then_queue_priority_then_age()
    {
        Configure(sales, priority: 50);
        Configure(support, priority: 10);
        var old = Place(sales, 1);
        var young = Place(sales, 2);
        var urgent = Place(support, 3);
        foreach (var place in new[] { young, old, urgent })
        {
            pool.Put(place);
        }

        pool.Put(Agent(5, (sales, 1), (support, 2)))!.Place.ShouldBe(old);
        pool.Put(Agent(5, (sales, 1), (support, 1)))!.Place.ShouldBe(urgent);
        pool.Put(Agent(5, sales))!.Place.ShouldBe(young);
    }

    [Fact]
    public void A_place_is_known_with_what_goes_before_it()
    {
        Configure(sales, priority: 50);
        Configure(support, priority: 10);
        foreach (var agent in new[] { Agent(1, sales), Agent(2, (sales, 1), (support, 1)), Agent(3, support) })
        {
            pool.Put(agent with { CanBeOffered = false, IsAtWork = true, IsEngaged = true });
        }

        pool.Put(Agent(4, sales) with { CanBeOffered = false });
        var (first, second, urgent) = (Place(sales, 1), Place(sales, 2), Place(support, 3));
        foreach (var place in new[] { second, first, urgent })
        {
            pool.Put(place);
        }

        var service = new ServiceTime(1_000, 1, 9);
        // One of the two agents of support also serves sales, so half of what waits there goes before; the agent who is away does not count.
        pool.StandingOf(first.Contact, _ => service).ShouldBe(new Standing(1, 1.5, false, 2, service));
        pool.StandingOf(second.Contact, _ => null).ShouldBe(new Standing(2, 2.5, false, 2, null));
        pool.StandingOf(urgent.Contact, _ => service).ShouldBe(new Standing(1, 1, false, 2, service));
        pool.StandingOf(Guid.NewGuid(), _ => service).ShouldBeNull();
        pool.Put(first with { Offer = new PlaceOffer(Guid.NewGuid(), Guid.NewGuid(), Start) });
        pool.StandingOf(first.Contact, _ => service)!.IsOffered.ShouldBeTrue();
        pool.StandingOf(second.Contact, _ => service)!.ShouldBe(new Standing(2, 1.5, false, 2, service));
    }

    [Fact]
    public void A_skill_that_is_asked_for_must_be_had_at_its_level()
    {
        Configure(sales, skills: new() { ["fi"] = 3 });
        pool.Put(Agent(1, sales) with { Skills = new Dictionary<string, int> { ["fi"] = 2 } });
        pool.Put(Place(sales, 1)).ShouldBeNull();
        pool.Put(Agent(2, sales) with { Skills = new Dictionary<string, int> { ["fi"] = 3 } }).ShouldNotBeNull();
    }

    [Fact]
    public void New_settings_hold_for_those_who_wait_at_once()
    {
        Configure(sales, skills: new() { ["fi"] = 5 });
        var agent = Agent(1, sales);
        pool.Put(agent);
        pool.Put(Place(sales, 1)).ShouldBeNull();
        pool.Configure(new QueueRecord { Id = sales, Tenant = Tenant }).Single().Agent.ShouldBe(agent);
    }

    [Fact]
    public void An_agent_in_the_making_is_not_matched_twice_and_old_news_are_dropped()
    {
        Configure(sales);
        var agent = Agent(1, sales);
        pool.Put(agent);
        pool.Put(Place(sales, 1)).ShouldNotBeNull();
        pool.Put(agent with { Version = 2 }).ShouldBeNull();
        pool.Put(Place(sales, 2)).ShouldBeNull();
        pool.Put(agent with { Version = 4, CanBeOffered = false });
        pool.Put(agent with { Version = 3 });
        pool.Return(agent.Agent).ShouldBeNull("the newest news say busy");
        pool.Put(agent with { Version = 5 })!.Place.Since.ShouldBe(At(2));
    }

    [Fact]
    public void A_contact_that_left_or_is_held_back_is_not_matched()
    {
        Configure(sales);
        var gone = Place(sales, 1);
        var held = Place(sales, 2);
        pool.Put(gone);
        pool.Put(held, heldBack: true);
        pool.Figures(sales).ShouldBe((2, At(1)));
        pool.Drop(gone.Contact);
        pool.Put(Agent(1, sales)).ShouldBeNull();
        pool.Figures(sales).ShouldBe((1, At(2)));
        pool.Put(held).ShouldNotBeNull();
    }

    /// <summary>After any history no free agent stands beside a contact that it could take, and matches are the ones a plain search would make.</summary>
    [Fact]
    public void Random_histories_leave_no_pair_unmatched()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            new PoolHistory(random).Run(steps: 200);
        }
    }

    [Fact]
    public void What_a_decision_costs()
    {
        foreach (var waiting in new[] { 1_000, 100_000 })
        {
            var big = new Pool();
            big.Configure(new QueueRecord { Id = sales, Tenant = Tenant });
            for (var i = 0; i < waiting; i++)
            {
                big.Put(Place(sales, i));
            }

            var agent = Agent(1, sales);
            var watch = Stopwatch.StartNew();
            const int decisions = 20_000;
            for (var i = 0; i < decisions; i++)
            {
                var match = big.Put(agent with { Version = 2 + (2 * i) })!;
                big.Drop(match.Place.Contact);
                big.Put(agent with { Version = 3 + (2 * i), CanBeOffered = false });
                big.Return(agent.Agent);
                big.Put(Place(sales, waiting + i));
            }

            output.WriteLine($"{waiting} waiting: {watch.Elapsed.TotalMicroseconds / decisions:0.00} us for match, leave and insert");
        }
    }

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    private static Place Place(Guid queue, double since) => new(Guid.NewGuid(), Tenant, queue, At(since), At(since), Guid.NewGuid());

    private static AgentView Agent(double idleSince, params Guid[] queues) => Agent(idleSince, [.. queues.Select(queue => (queue, 50))]);

    private static AgentView Agent(double idleSince, params (Guid Queue, int Priority)[] queues) => new(
        Guid.NewGuid(), 1, true, At(idleSince), new Dictionary<string, int>(), [.. queues.Select(queue => new ProfileEntry(queue.Queue, queue.Priority))]);

    private void Configure(Guid queue, int priority = 50, Dictionary<string, int>? skills = null) =>
        pool.Configure(new QueueRecord { Id = queue, Tenant = Tenant, Priority = priority, Skills = skills ?? [] }).ShouldBeEmpty();
}
