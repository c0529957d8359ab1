using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Tests.Pools;

/// <summary>Who calls again soon after a conversation.</summary>
public class KnownCallersTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Tenant = Guid.NewGuid(), Queue = Guid.NewGuid(), Before = Guid.NewGuid();
    private readonly QueueRecord record = new() { Id = Queue, Tenant = Tenant, Name = "Q", Returning = new ReturningCallers(60_000, GoesAhead: true) };
    private readonly Pool pool = new();

    [Fact]
    public void The_agent_of_the_last_conversation_is_chosen_before_who_is_idle_longer()
    {
        pool.Configure(record, Now);
        var known = Guid.NewGuid();
        Free(Guid.NewGuid(), idleFor: 100);
        Free(known, idleFor: 1);
        var match = pool.Put(KnownCallers.Place(record, NewPlace(), Talk(known, endedBefore: 30), null), Now)!;
        match.Agent.Agent.ShouldBe(known);
        (match.Choice.Rule, match.Choice.Replay().Agent).ShouldBe((Choice.ReturningCaller, known));
    }

    [Fact]
    public void Where_that_agent_is_busy_another_takes_the_caller()
    {
        pool.Configure(record, Now);
        var other = Guid.NewGuid();
        Free(other, idleFor: 100);
        var match = pool.Put(KnownCallers.Place(record, NewPlace(), Talk(Guid.NewGuid(), endedBefore: 30), null), Now)!;
        (match.Agent.Agent, match.Choice.Rule).ShouldBe((other, nameof(AgentStrategy.LongestIdle)));
        match.Choice.Replay().Agent.ShouldBe(other);
    }

    [Theory]
    [InlineData(true, -50)]
    [InlineData(false, 0)]
    public void The_age_is_that_of_who_waits_longest_or_its_own(bool goesAhead, int since) =>
        KnownCallers.Place(record with { Returning = new ReturningCallers(60_000, goesAhead) }, NewPlace(), Talk(Guid.NewGuid(), endedBefore: 30), Now.AddSeconds(-50))
            .Since.ShouldBe(Now.AddSeconds(since));

    [Fact]
    public void Who_comes_later_or_is_handed_on_is_a_caller_like_others()
    {
        var place = NewPlace();
        KnownCallers.Place(record, place, Talk(Guid.NewGuid(), endedBefore: 61), Now.AddSeconds(-50)).ShouldBe(place);
        KnownCallers.Place(record, place, new LastTalk(place.Contact, Guid.NewGuid(), Now), Now.AddSeconds(-50)).ShouldBe(place);
    }

    [Fact]
    public void Settings_tell_their_mistakes()
    {
        new ReturningSettings(0, "First").Errors().Count().ShouldBe(2);
        new ReturningSettings(600, ReturningSettings.Head).Errors().ShouldBeEmpty();
    }

    private static Place NewPlace() => new(Guid.NewGuid(), Tenant, Queue, Now, Now, Guid.NewGuid());

    private static LastTalk Talk(Guid agent, int endedBefore) => new(Before, agent, Now.AddSeconds(-endedBefore));

    private void Free(Guid agent, int idleFor) => pool.Put(new AgentView(agent, 1, true, Now.AddSeconds(-idleFor), new Dictionary<string, int>(), [new ProfileEntry(Queue)]), Now);
}
