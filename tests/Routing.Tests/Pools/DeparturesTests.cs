using CallCenter.Contracts.Routing;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Tests.Pools;

public class DeparturesTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Tenant = Guid.NewGuid();

    private readonly Pool pool = new();
    private readonly Guid sales = Guid.NewGuid();
    private readonly Guid support = Guid.NewGuid();

    [Fact]
    public void A_contact_leaves_when_its_longest_wait_is_over_and_not_before()
    {
        Configure(Sales() with { MaxWait = new(30_000, support) });
        var place = Place(10);
        pool.Put(place, At(10)).ShouldBeNull();
        pool.NextDue.ShouldBe(At(40));
        pool.Depart(At(39.999)).ShouldBeEmpty();
        pool.Depart(At(40)).ShouldHaveSingleItem().ShouldBe(new Departure(place, QueueRule.MaxWait, support));
        pool.Depart(At(41)).ShouldBeEmpty("it is told once");
        pool.Put(Agent(), At(41)).ShouldBeNull("who leaves is not offered");
        pool.NextDue.ShouldBeNull();
    }

    [Fact]
    public void The_longest_wait_counts_from_the_entry_whatever_the_age()
    {
        Configure(Sales() with { MaxWait = new(30_000) });
        pool.Put(Place(10) with { Since = At(-600) }, At(10));
        pool.NextDue.ShouldBe(At(40));
    }

    [Fact]
    public void Who_is_being_offered_stays_until_the_offer_ends()
    {
        Configure(Sales() with { MaxWait = new(30_000) });
        var place = Place(0);
        pool.Put(place with { Offers = [new PlaceOffer(Guid.NewGuid(), Guid.NewGuid(), At(60))] }, At(20));
        pool.Depart(At(50)).ShouldBeEmpty();
        pool.Put(place, At(60));
        pool.Depart(At(60)).ShouldHaveSingleItem().Place.ShouldBe(place);
    }

    [Fact]
    public void Another_longest_wait_holds_for_those_who_wait()
    {
        Configure(Sales());
        pool.Put(Place(0), At(0));
        pool.NextDue.ShouldBeNull();
        Configure(Sales() with { MaxWait = new(60_000) });
        pool.NextDue.ShouldBe(At(60));
        Configure(Sales() with { MaxWait = new(5_000) });
        pool.NextDue.ShouldBe(At(5));
        Configure(Sales());
        pool.Depart(At(1_000)).ShouldBeEmpty();
    }

    [Fact]
    public void Without_anybody_logged_in_who_can_serve_contacts_leave_at_once()
    {
        Configure(Sales() with { NoAgent = new(support) });
        pool.Put(Place(0), At(0));
        pool.Depart(At(0)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(left => left.Rule.ShouldBe(QueueRule.NoAgent), left => left.To.ShouldBe(support));
    }

    [Fact]
    public void Somebody_on_a_break_is_waited_for_and_the_last_to_log_out_lets_all_go()
    {
        Configure(Sales() with { NoAgent = new() });
        var agent = Agent() with { CanBeOffered = false };
        pool.Put(agent, At(0));
        var waiting = Enumerable.Range(1, 3).Select(second => Place(second)).ToList();
        waiting.ForEach(place => pool.Put(place, At(4)));
        pool.Depart(At(5)).ShouldBeEmpty();
        pool.Put(agent with { Version = 2, IsLoggedIn = false }, At(6));
        pool.Depart(At(6)).Select(left => left.Place).ShouldBe(waiting, ignoreOrder: true);
    }

    [Fact]
    public void Who_lacks_the_skill_does_not_count_until_a_ring_lets_it_in()
    {
        Configure(Sales() with { NoAgent = new(), SkillRule = "fi >= 3" });
        pool.Put(Agent() with { CanBeOffered = false }, At(0));
        pool.Put(Place(0), At(0));
        pool.Depart(At(0)).Count.ShouldBe(1);
        Configure(Sales() with { NoAgent = new(), SkillRule = "fi >= 3", Relax = [new(60_000, null)] });
        pool.Put(Place(1), At(1));
        pool.Depart(At(1)).ShouldBeEmpty("the agent can serve it in a minute");
    }

    [Fact]
    public void The_rule_that_is_set_while_contacts_wait_takes_them_out()
    {
        Configure(Sales());
        pool.Put(Place(0), At(0));
        pool.Depart(At(0)).ShouldBeEmpty();
        Configure(Sales() with { NoAgent = new() });
        pool.Depart(At(1)).Count.ShouldBe(1);
    }

    [Fact]
    public void A_queue_is_full_with_as_many_as_it_takes_offered_ones_too()
    {
        Configure(Sales() with { MaxLength = new(2) });
        pool.IsFull(Tenant, sales).ShouldBeFalse();
        pool.Put(Place(0) with { Offers = [new PlaceOffer(Guid.NewGuid(), Guid.NewGuid(), At(60))] }, At(0));
        var second = Place(1);
        pool.Put(second, At(1));
        pool.IsFull(Tenant, sales).ShouldBeTrue();
        pool.Drop(second.Contact);
        pool.IsFull(Tenant, sales).ShouldBeFalse();
    }

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    private Place Place(double since) => new(Guid.NewGuid(), Tenant, sales, At(since), At(since), Guid.NewGuid());

    private AgentView Agent() => new(Guid.NewGuid(), 1, true, Start, new Dictionary<string, int>(), [new ProfileEntry(sales)]) { IsLoggedIn = true };

    private QueueRecord Sales() => new() { Id = sales, Tenant = Tenant };

    private void Configure(QueueRecord queue) => pool.Configure(queue, Start);
}
