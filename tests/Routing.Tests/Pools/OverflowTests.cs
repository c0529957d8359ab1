using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Tests.Pools;

/// <summary>Agents of another queue who help while the load is high.</summary>
public class OverflowTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Tenant = Guid.NewGuid();

    private readonly Pool pool = new();
    private readonly Guid sales = Guid.NewGuid();
    private readonly Guid support = Guid.NewGuid();

    [Theory]
    [InlineData(OverflowMeasure.Waiting, 4, false, false)]
    [InlineData(OverflowMeasure.Waiting, 5, false, true)]
    [InlineData(OverflowMeasure.Waiting, 3, true, true)]
    [InlineData(OverflowMeasure.Waiting, 2, true, false)]
    [InlineData(OverflowMeasure.LongestWait, 5, false, true)]
    [InlineData(OverflowMeasure.EstimatedWait, 5, false, true)]
    [InlineData(OverflowMeasure.EstimatedWait, null, true, false)]
    [InlineData(OverflowMeasure.ServiceLevel, 1, false, true)]
    [InlineData(OverflowMeasure.ServiceLevel, 6, true, true)]
    [InlineData(OverflowMeasure.ServiceLevel, 7, true, false)]
    [InlineData(OverflowMeasure.ServiceLevel, null, false, false)]
    internal void A_group_comes_at_one_threshold_and_goes_at_the_other(OverflowMeasure measure, int? value, bool isIn, bool helps)
    {
        var group = measure == OverflowMeasure.ServiceLevel ? new OverflowGroup(support, measure, 5, 7) : new OverflowGroup(support, measure, 5, 2);
        group.Helps(isIn, new QueueLoad(value ?? 0, value ?? 0, value, value)).ShouldBe(helps);
    }

    [Fact]
    public void Helpers_take_what_waits_and_go_again()
    {
        var group = Configure();
        var helper = Agent(support);
        pool.Put(helper, Start);
        var waiting = Place(sales, 0);
        pool.Put(waiting, At(0)).ShouldBeNull();
        var match = pool.Switch(sales, group, isIn: true, At(60)).ShouldHaveSingleItem();
        (match.Place, match.Agent).ShouldBe((waiting, helper));
        match.Choice.Replay().ShouldBe((waiting.Contact, helper.Agent));
        pool.GroupsOf(sales).ShouldHaveSingleItem().IsIn.ShouldBeTrue();

        pool.Switch(sales, group, isIn: false, At(61)).ShouldBeEmpty();
        pool.Put(Agent(support), At(62));
        pool.Put(Place(sales, 62), At(62)).ShouldBeNull("they help no more");
    }

    [Fact]
    public void Helpers_take_their_own_contacts_first()
    {
        var group = Configure();
        pool.Switch(sales, group, isIn: true, Start);
        pool.Put(Place(sales, 0), At(0));
        var own = Place(support, 10);
        pool.Put(own, At(10));
        pool.Put(Agent(support), At(11))!.Place.ShouldBe(own);
    }

    [Fact]
    public void Who_does_not_meet_what_the_queue_asks_for_does_not_help()
    {
        var group = Configure(rule: "fi >= 4");
        pool.Put(Agent(support), Start);
        pool.Put(Place(sales, 0), At(0));
        pool.Switch(sales, group, isIn: true, At(1)).ShouldBeEmpty();
        pool.Put(Agent(support) with { Skills = new Dictionary<string, int> { ["fi"] = 4 } }, At(2)).ShouldNotBeNull();
    }

    [Fact]
    public void An_agent_of_both_queues_keeps_its_own_profile()
    {
        var group = Configure();
        pool.Switch(sales, group, isIn: true, Start);
        pool.Put(Agent(support, sales), Start);
        pool.Put(Place(sales, 0), At(0))!.Agent.Queues.Count.ShouldBe(2);
    }

    [Fact]
    public void New_settings_let_helpers_go_and_those_left_are_switched_as_before()
    {
        var group = Configure();
        pool.Put(Agent(support), Start);
        pool.Switch(sales, group, isIn: true, Start);
        pool.Configure(new QueueRecord { Id = sales, Tenant = Tenant, Name = "Sales" }, At(1)).ShouldBeEmpty();
        pool.GroupsOf(sales).ShouldBeEmpty();
        pool.Put(Place(sales, 1), At(1)).ShouldBeNull();
        pool.WithOverflow.ShouldBeEmpty();
    }

    [Fact]
    public void Help_at_hand_keeps_contacts_from_leaving_for_want_of_agents()
    {
        pool.Configure(new QueueRecord { Id = support, Tenant = Tenant, Name = "Support" }, Start);
        pool.Configure(new QueueRecord { Id = sales, Tenant = Tenant, Name = "Sales", NoAgent = new(), Overflow = [Group()] }, Start);
        var helper = Agent(support) with { CanBeOffered = false };
        pool.Put(helper, Start);
        pool.Put(Place(sales, 0), At(0));
        pool.Depart(At(0)).ShouldBeEmpty();
        pool.Put(helper with { Version = 2, IsLoggedIn = false }, At(1));
        pool.Depart(At(1)).Count.ShouldBe(1);
    }

    [Fact]
    public void The_load_is_what_waits_and_the_oldest()
    {
        Configure();
        pool.Put(Place(sales, 0), At(0));
        pool.Put(Place(sales, 20), At(20));
        var load = pool.LoadOf(sales, null, 50, At(30));
        (load.Waiting, load.LongestWait, load.EstimatedWait, load.ServiceLevel).ShouldBe((2, 30, null, 50));
    }

    [Fact]
    public void The_service_level_is_that_of_the_last_quarter_of_an_hour()
    {
        var recent = new RecentService();
        recent.Of(sales, Start).ShouldBeNull();
        recent.Add(sales, true, Start);
        recent.Add(sales, false, At(600));
        recent.Of(sales, At(700)).ShouldBe(50);
        recent.Of(sales, At(901)).ShouldBe(0);
        recent.Of(sales, At(1_501)).ShouldBeNull();
    }

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    private static Place Place(Guid queue, double since) => new(Guid.NewGuid(), Tenant, queue, At(since), At(since), Guid.NewGuid());

    private static AgentView Agent(params Guid[] queues) =>
        new(Guid.NewGuid(), 1, true, Start, new Dictionary<string, int>(), [.. queues.Select(queue => new ProfileEntry(queue))]) { IsLoggedIn = true, IsAtWork = true };

    private OverflowGroup Group() => new(support, OverflowMeasure.Waiting, 3, 1);

    private OverflowGroup Configure(string? rule = null)
    {
        pool.Configure(new QueueRecord { Id = support, Tenant = Tenant, Name = "Support" }, Start);
        pool.Configure(new QueueRecord { Id = sales, Tenant = Tenant, Name = "Sales", SkillRule = rule, Overflow = [Group()] }, Start);
        return Group();
    }
}
