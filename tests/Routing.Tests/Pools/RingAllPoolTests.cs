using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Tests.Pools;

public class RingAllPoolTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Tenant = Guid.NewGuid(), Queue = Guid.NewGuid();

    private readonly Pool pool = new();
    private int came;

    public RingAllPoolTests() => pool.Configure(new QueueRecord { Id = Queue, Tenant = Tenant, Strategy = AgentStrategy.RingAll }, Start);

    [Fact]
    public void A_contact_asks_all_who_are_free_and_no_more_than_the_bound()
    {
        var agents = Enumerable.Range(0, RingRound.AgentsMax + 2).Select(Agent).ToList();
        agents.ForEach(agent => pool.Put(agent, Start));
        var place = NewPlace();
        var first = pool.Put(place, Start)!;
        Match[] all = [first, .. pool.AskOthers(place.Contact, Start)];
        all.Select(match => match.Agent.Agent).ShouldBe(agents.Take(RingRound.AgentsMax).Select(agent => agent.Agent), "the longest idle first");
        all.Select(match => match.Choice.Of).ShouldBe(Enumerable.Range(0, RingRound.AgentsMax).Select(asked => agents.Count - asked));
        all.Select(match => match.Choice.Replay().Agent).ShouldBe(all.Select(match => match.Agent.Agent));
        pool.Put(NewPlace(), Start)!.Agent.ShouldBe(agents[RingRound.AgentsMax], "the next contact has who is left");
    }

    [Fact]
    public void Who_becomes_free_takes_who_waits_and_else_joins_the_first_that_rings()
    {
        pool.Put(Agent(0), Start);
        var (first, second) = (NewPlace(), NewPlace());
        Offered(pool.Put(first, Start)!);
        pool.Put(second, Start).ShouldBeNull();
        var takes = pool.Put(Agent(1), Start)!;
        (takes.Place.Contact, takes.Choice.Rule).ShouldBe((second.Contact, Choice.FirstInLine));
        var joins = pool.Put(Agent(2), Start)!;
        (joins.Place.Contact, joins.Choice.Rule, joins.Choice.Of).ShouldBe((first.Contact, Choice.JoinsIn, 1));
        joins.Choice.Replay().ShouldBe((first.Contact, joins.Agent.Agent));
    }

    [Fact]
    public void Who_has_refused_is_not_asked_again_while_another_rings_and_is_when_none_does()
    {
        var (one, other) = (Agent(0), Agent(1));
        pool.Put(one, Start);
        pool.Put(other, Start);
        var contact = NewPlace();
        Offered(pool.Put(contact, Start)!);
        pool.AskOthers(contact.Contact, Start).ForEach(Offered);
        var ringing = pool.Find(contact.Contact)!;
        ringing.Offers.Select(offer => offer.Agent).ShouldBe([one.Agent, other.Agent]);
        ringing = ringing.Without(ringing.Offers[0].Leg);
        pool.Put(ringing, Start).ShouldBeNull();
        Back(one).ShouldBeNull();
        var left = ringing.Without(ringing.Offers[0].Leg);
        left.Round.ShouldBeNull();
        pool.Put(left, Start)!.Agent.Agent.ShouldBe(one.Agent);
    }

    [Fact]
    public void Nobody_joins_once_an_agent_has_accepted_and_who_is_being_reserved_is_not_offered()
    {
        pool.Put(Agent(0), Start);
        pool.Put(Agent(1), Start);
        var contact = NewPlace();
        Offered(pool.Put(contact, Start)!);
        var late = pool.AskOthers(contact.Contact, Start).Single();
        var ringing = pool.Find(contact.Contact)!;
        var accepted = ringing.Narrow(ringing.Offers[0].Leg);
        pool.Put(accepted, Start);
        pool.Reserved(late).ShouldBeNull();
        pool.Put(Agent(2), Start).ShouldBeNull();
        pool.Find(contact.Contact)!.Without(ringing.Offers[0].Leg).IsOffered.ShouldBeFalse("it goes on looking when they cannot be connected");
    }

    [Fact]
    public void A_reservation_that_lands_after_the_caller_came_anew_is_not_offered()
    {
        pool.Put(Agent(0), Start);
        var contact = NewPlace();
        var match = pool.Put(contact, Start)!;
        pool.Put(contact with { Cause = Guid.NewGuid() }, Start).ShouldBeNull();
        pool.Reserved(match).ShouldBeNull();
    }

    [Fact]
    public void A_callback_and_a_caller_who_comes_back_are_one_agents_at_a_time()
    {
        var (first, known) = (Agent(0), Agent(1));
        pool.Put(first, Start);
        pool.Put(known, Start);
        var back = pool.Put(NewPlace() with { Returns = true, LastAgent = known.Agent }, Start)!;
        (back.Agent, back.Choice.Rule, back.Place.Round).ShouldBe((known, Choice.ReturningCaller, null));
        pool.AskOthers(back.Place.Contact, Start).ShouldBeEmpty();
        pool.Put(NewPlace() with { IsCallback = true }, Start)!.Place.Round.ShouldBeNull();
    }

    /// <summary>Each a second after the one before.</summary>
    private Place NewPlace()
    {
        var at = Start.AddSeconds(++came - 1_000);
        return new(Guid.CreateVersion7(), Tenant, Queue, at, at, Guid.NewGuid());
    }

    private static AgentView Agent(int idleSince) => new(
        Guid.NewGuid(), 1, true, Start.AddSeconds(idleSince - 100), new Dictionary<string, int>(), [new ProfileEntry(Queue)]);

    private void Offered(Match match)
    {
        var place = pool.Reserved(match)!;
        pool.Put(place with { Offers = [.. place.Offers, new PlaceOffer(Guid.NewGuid(), match.Agent.Agent, Start)] }, Start).ShouldBeNull();
    }

    private Match? Back(AgentView agent)
    {
        pool.Put(agent with { Version = 2 }, Start).ShouldBeNull();
        return pool.Return(agent.Agent, Start);
    }
}
