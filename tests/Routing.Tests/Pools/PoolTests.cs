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
        Put(second).ShouldBeNull();
        Put(first).ShouldBeNull();
        var match = Put(Place(sales, 10))!;
        match.Agent.ShouldBe(first);
        match.Choice.Text().ShouldContain(second.Agent.ToString());
        Put(Place(sales, 11))!.Agent.ShouldBe(second);
        Put(Place(sales, 12)).ShouldBeNull("nobody is left");
    }

    [Fact]
    public void A_kept_place_waits_for_its_agent_and_is_that_agents_first()
    {
        Configure(sales);
        var lost = Agent(1, sales);
        var older = Place(sales, 1);
        var kept = Place(sales, 10) with { For = lost.Agent };
        Put(kept).ShouldBeNull();
        Put(Agent(2, sales)).ShouldBeNull("it is kept for another");
        Put(older)!.Agent.Agent.ShouldNotBe(lost.Agent);
        Put(Place(sales, 3));
        Put(lost)!.Place.ShouldBe(kept);
    }

    [Fact]
    public void A_place_that_is_kept_no_more_is_anybodys()
    {
        Configure(sales);
        var kept = Place(sales, 10) with { For = Guid.NewGuid() };
        var free = Agent(2, sales);
        Put(free);
        Put(kept).ShouldBeNull();
        Put(kept with { For = null })!.Agent.ShouldBe(free);
    }

    [Fact]
    public void A_kept_place_that_ended_leaves_its_agent_to_the_queue()
    {
        Configure(sales);
        var lost = Agent(1, sales);
        var kept = Place(sales, 10) with { For = lost.Agent };
        Put(kept);
        pool.Drop(kept.Contact);
        var next = Place(sales, 11);
        Put(next);
        Put(lost)!.Place.ShouldBe(next);
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
            Put(place);
        }

        Put(Agent(5, (sales, 1), (support, 2)))!.Place.ShouldBe(old);
        Put(Agent(5, (sales, 1), (support, 1)))!.Place.ShouldBe(urgent);
        Put(Agent(5, sales))!.Place.ShouldBe(young);
    }

    [Fact]
    public void A_place_is_known_with_what_goes_before_it()
    {
        Configure(sales, priority: 50);
        Configure(support, priority: 10);
        foreach (var agent in new[] { Agent(1, sales), Agent(2, (sales, 1), (support, 1)), Agent(3, support) })
        {
            Put(agent with { CanBeOffered = false, IsAtWork = true, IsEngaged = true });
        }

        Put(Agent(4, sales) with { CanBeOffered = false });
        var (first, second, urgent) = (Place(sales, 1), Place(sales, 2), Place(support, 3));
        foreach (var place in new[] { second, first, urgent })
        {
            Put(place);
        }

        var service = new ServiceTime(1_000, 1, 9);
        // One of the two agents of support also serves sales, so half of what waits there goes before; the agent who is away does not count.
        pool.StandingOf(first.Contact, _ => service).ShouldBe(new Standing(1, 1.5, false, 2, service));
        pool.StandingOf(second.Contact, _ => null).ShouldBe(new Standing(2, 2.5, false, 2, null));
        pool.StandingOf(urgent.Contact, _ => service).ShouldBe(new Standing(1, 1, false, 2, service));
        pool.StandingOf(Guid.NewGuid(), _ => service).ShouldBeNull();
        Put(first with { Offers = [new PlaceOffer(Guid.NewGuid(), Guid.NewGuid(), Start)] });
        pool.StandingOf(first.Contact, _ => service)!.IsOffered.ShouldBeTrue();
        pool.StandingOf(second.Contact, _ => service)!.ShouldBe(new Standing(2, 1.5, false, 2, service));
    }

    [Fact]
    public void A_skill_that_is_asked_for_must_be_had_at_its_level()
    {
        Configure(sales, skills: new() { ["fi"] = 3 });
        Put(Agent(1, sales) with { Skills = new Dictionary<string, int> { ["fi"] = 2 } });
        Put(Place(sales, 1)).ShouldBeNull();
        Put(Agent(2, sales) with { Skills = new Dictionary<string, int> { ["fi"] = 3 } }).ShouldNotBeNull();
    }

    [Fact]
    public void New_settings_hold_for_those_who_wait_at_once()
    {
        Configure(sales, skills: new() { ["fi"] = 5 });
        var agent = Agent(1, sales);
        Put(agent);
        Put(Place(sales, 1)).ShouldBeNull();
        pool.Configure(new QueueRecord { Id = sales, Tenant = Tenant }, Start).Single().Agent.ShouldBe(agent);
    }

    [Fact]
    public void An_agent_in_the_making_is_not_matched_twice_and_old_news_are_dropped()
    {
        Configure(sales);
        var agent = Agent(1, sales);
        Put(agent);
        Put(Place(sales, 1)).ShouldNotBeNull();
        Put(agent with { Version = 2 }).ShouldBeNull();
        Put(Place(sales, 2)).ShouldBeNull();
        Put(agent with { Version = 4, CanBeOffered = false });
        Put(agent with { Version = 3 });
        pool.Return(agent.Agent, Start).ShouldBeNull("the newest news say busy");
        Put(agent with { Version = 5 })!.Place.Since.ShouldBe(At(2));
    }

    [Fact]
    public void A_contact_that_left_or_is_held_back_is_not_matched()
    {
        Configure(sales);
        var gone = Place(sales, 1);
        var held = Place(sales, 2);
        Put(gone);
        Put(held, heldBack: true);
        pool.Figures(sales).ShouldBe((2, At(1)));
        pool.Drop(gone.Contact);
        Put(Agent(1, sales)).ShouldBeNull();
        pool.Figures(sales).ShouldBe((1, At(2)));
        Put(held).ShouldNotBeNull();
    }

    [Fact]
    public void A_minute_of_waiting_is_worth_a_step_of_priority()
    {
        Configure(sales, priority: 50);
        var (urgent, usual) = (Place(sales, 0) with { Priority = 48 }, Place(sales, -119));
        Put(urgent);
        Put(usual);
        Put(Agent(1, sales))!.Place.ShouldBe(urgent);
        Put(Place(sales, 2) with { Priority = 48 });
        Put(Agent(2, sales))!.Place.ShouldBe(usual);
    }

    [Fact]
    public void Nobody_waits_for_ever_behind_a_better_profile_priority()
    {
        Configure(sales);
        Configure(support);
        var overdue = Place(support, -1_800);
        Put(overdue);
        Put(Place(sales, 0));
        Put(Agent(1, (sales, 1), (support, 2)))!.Place.ShouldBe(overdue);
    }

    [Fact]
    public void A_contact_waits_out_the_delay_of_a_profile_and_the_rings_of_its_queue()
    {
        pool.Configure(new QueueRecord { Id = sales, Tenant = Tenant, Skills = new Dictionary<string, int> { ["fi"] = 3 }, Relax = [new(5_000, "fi"), new(20_000, null)] }, Start);
        var second = Agent(1, sales) with { Skills = new Dictionary<string, int> { ["fi"] = 1 } };
        var late = Agent(0, sales) with { Queues = [new ProfileEntry(sales, DelaySeconds: 30)] };
        Put(late);
        Put(second);
        Put(Place(sales, 0)).ShouldBeNull();
        pool.NextDue.ShouldBe(At(5));
        pool.Advance(At(4)).ShouldBeEmpty();
        pool.Advance(At(5)).Single().Agent.ShouldBe(second);
        pool.Put(Place(sales, 1), At(6)).ShouldBeNull();
        pool.NextDue.ShouldBe(At(31), "the profile's delay is longer than the ring's");
        pool.Advance(At(31)).Single().Agent.ShouldBe(late);
        pool.NextDue.ShouldBeNull();
    }

    [Fact]
    public void Random_histories_are_those_of_a_chooser_that_looks_at_every_pair() => Compare(10_000);

    [Fact(Explicit = true)]
    [Trait("soak", "routing")]
    public void Many_random_histories_are_those_of_a_chooser_that_looks_at_every_pair() => Compare(100_000);

    private void Compare(int cases)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var matches = 0L;
        for (var round = 0; round < cases; round++)
        {
            matches += new PoolOracle(random).Run(steps: 12);
        }

        output.WriteLine($"{cases} histories, {matches} matches");
        matches.ShouldBeGreaterThan(cases);
    }

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    private static Place Place(Guid queue, double since) => new(Guid.NewGuid(), Tenant, queue, At(since), At(since), Guid.NewGuid());

    private static AgentView Agent(double idleSince, params Guid[] queues) => Agent(idleSince, [.. queues.Select(queue => (queue, 50))]);

    private static AgentView Agent(double idleSince, params (Guid Queue, int Priority)[] queues) => new(
        Guid.NewGuid(), 1, true, At(idleSince), new Dictionary<string, int>(), [.. queues.Select(queue => new ProfileEntry(queue.Queue, queue.Priority))]);

    private void Configure(Guid queue, int priority = 50, Dictionary<string, int>? skills = null) =>
        pool.Configure(new QueueRecord { Id = queue, Tenant = Tenant, Priority = priority, Skills = skills ?? [] }, Start).ShouldBeEmpty();

    private Match? Put(Place place, bool heldBack = false) => pool.Put(place, Start, heldBack);

    private Match? Put(AgentView agent) => pool.Put(agent, Start);
}
