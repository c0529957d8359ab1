using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Tests.Running;

namespace CallCenter.Routing.Tests;

/// <summary>Whole contacts on a real database, with fake time.</summary>
[Trait("needs", "server")]
public class CallTests(PostgresFixture postgres)
{
    private readonly FakeClock clock = new(new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_call_goes_through_queue_offer_talk_and_wrap_up_to_its_one_end()
    {
        await using var host = await Start();
        var queue = await host.AddQueue(wrapUpMs: 3_000);
        var agent = await host.AddAgent(queue);
        var call = await host.NewCall().Arrive();
        await call.Queue(queue);
        var offer = await call.Offered();
        offer.Agent.ShouldBe(agent.Id);
        await agent.Is(AgentState.Reserved);
        await call.Ringing(offer);
        await agent.Is(AgentState.Ringing);
        await call.Answer(offer);
        await agent.Is(AgentState.Talking);
        clock.Advance(TimeSpan.FromSeconds(42));
        await call.CallerLegEnds();
        await call.AgentLegEnds(offer, LegEnd.Ended);
        await agent.Is(AgentState.WrapUp);
        await call.FlowEnds(FlowOutcome.AgentEnded);
        await call.Close();
        clock.Advance(TimeSpan.FromSeconds(3));
        await agent.Is(AgentState.Idle);
        var ended = await call.Ended();
        ended.Termination.Kind.ShouldBe(TerminationKind.Completed);
        ended.Final.ShouldBeTrue();
        Story(host, call).ShouldBe(["ContactQueued", "ContactOffered", "OfferEnded", "WrapUpStarted", "WrapUpEnded", "ContactEnded"]);
        host.Ledger.Of(call.Id).Select(e => e.Sequence).ShouldBe([1L, 2, 3, 4, 5, 6]);
        await Eventually.Be(() => host.Ledger.Of(call.Id).OfType<OfferEnded>().Any());
        host.Ledger.Of(call.Id).OfType<OfferEnded>().Single().Outcome.ShouldBe(OfferOutcome.Accepted);
    }

    [Fact]
    public async Task An_agents_states_add_up_to_the_logged_in_time()
    {
        await using var host = await Start();
        var queue = await host.AddQueue(wrapUpMs: 3_000);
        var agent = await host.AddAgent(queue);
        clock.Advance(TimeSpan.FromMilliseconds(1_234));
        var call = await host.NewCall().Arrive();
        await call.Queue(queue);
        var offer = await call.Offered();
        clock.Advance(TimeSpan.FromMilliseconds(777));
        await call.Ringing(offer);
        clock.Advance(TimeSpan.FromMilliseconds(5_001));
        await call.Answer(offer);
        clock.Advance(TimeSpan.FromMilliseconds(30_003));
        await call.AgentLegEnds(offer);
        await call.HangUp(FlowOutcome.AgentEnded);
        clock.Advance(TimeSpan.FromMilliseconds(3_000));
        await agent.Is(AgentState.Idle);
        clock.Advance(TimeSpan.FromMilliseconds(99));
        await agent.Choose(AgentStatus.LoggedOut);
        await Eventually.Be(() => host.Ledger.Of(agent.Id).OfType<AgentChanged>().LastOrDefault()?.Current.Status == AgentStatus.LoggedOut);
        var changes = host.Ledger.Of(agent.Id).OfType<AgentChanged>().SkipWhile(e => e.Current.Status != AgentStatus.Available).ToList();
        foreach (var (before, after) in changes.Zip(changes.Skip(1)))
        {
            after.Previous.ShouldBe(before.Current);
        }

        var durations = changes.Zip(changes.Skip(1), (before, after) => (before.Current.State, Ms: (after.OccurredAt - before.OccurredAt).TotalMilliseconds));
        durations.GroupBy(d => d.State, d => d.Ms).ToDictionary(g => g.Key, g => g.Sum()).ShouldBe(new Dictionary<AgentState, double>
        {
            [AgentState.Idle] = 1_234 + 99, [AgentState.Reserved] = 777, [AgentState.Ringing] = 5_001, [AgentState.Talking] = 30_003, [AgentState.WrapUp] = 3_000,
        }, ignoreOrder: true);
    }

    [Theory]
    [InlineData(4_999, TerminationKind.ShortAbandon)]
    [InlineData(5_000, TerminationKind.CallerAbandoned)]
    public async Task A_caller_who_leaves_the_queue_is_short_or_abandoned(int waitMs, TerminationKind expected)
    {
        await using var host = await Start();
        var queue = await host.AddQueue();
        var call = await host.NewCall().Arrive();
        await call.Queue(queue);
        clock.Advance(TimeSpan.FromMilliseconds(waitMs));
        await call.HangUp();
        (await call.Ended()).Termination.Kind.ShouldBe(expected);
        (await host.Figures(queue)).Single().Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task Two_missed_offers_take_the_agent_out_and_the_contact_keeps_its_place()
    {
        await using var host = await Start();
        var queue = await host.AddQueue();
        var agent = await host.AddAgent(queue);
        var call = await host.NewCall().Arrive();
        await call.Queue(queue);
        var since = (await host.Figures(queue)).Single().LongestSince;
        for (var miss = 1; miss <= 2; miss++)
        {
            var offer = await call.Offered(miss);
            await call.Ringing(offer);
            clock.Advance(TimeSpan.FromSeconds(20));
            await call.Refuse(offer, LegRefusal.NoAnswer);
        }

        var read = await agent.Read();
        (read.Status, read.Reason, read.State).ShouldBe((nameof(AgentStatus.Break), AgentRules.NoAnswerReason, nameof(AgentState.Idle)));
        (await host.Figures(queue)).Single().ShouldSatisfyAllConditions(now => now.Waiting.ShouldBe(1), now => now.LongestSince.ShouldBe(since));
        await agent.Choose(AgentStatus.Available);
        (await call.Offered(3)).Agent.ShouldBe(agent.Id);
    }

    [Fact]
    public async Task An_agent_who_logs_out_while_ringing_gives_the_contact_to_the_next()
    {
        await using var host = await Start();
        var queue = await host.AddQueue();
        var first = await host.AddAgent(queue);
        clock.Advance(TimeSpan.FromSeconds(1));
        var second = await host.AddAgent(queue);
        var call = await host.NewCall().Arrive();
        await call.Queue(queue);
        var offer = await call.Offered();
        offer.Agent.ShouldBe(first.Id, "the longest idle goes first");
        await call.Ringing(offer);
        await first.Choose(AgentStatus.LoggedOut);
        (await first.Read()).Status.ShouldBe(nameof(AgentStatus.LoggedOut));
        (await call.Offered(2)).Agent.ShouldBe(second.Id);
        (await host.Gateway.Command<WithdrawLeg>(call.Id)).Leg.ShouldBe(offer.Leg);
        await Eventually.Be(() => host.Ledger.Of(call.Id).OfType<OfferEnded>().Any());
        host.Ledger.Of(call.Id).OfType<OfferEnded>().Single().Outcome.ShouldBe(OfferOutcome.AgentLoggedOut);
    }

    [Fact]
    public async Task An_agent_without_the_skill_is_never_offered()
    {
        await using var host = await Start();
        var queue = await host.AddQueue(skills: new() { ["fi"] = 4 });
        var agent = await host.AddAgent(queue);
        var call = await host.NewCall().Arrive();
        await call.Queue(queue);
        (await agent.Read()).State.ShouldBe(nameof(AgentState.Idle));
        await agent.Configure(new() { ["fi"] = 4 }, queue);
        (await call.Offered()).Agent.ShouldBe(agent.Id);
    }

    [Fact]
    public async Task A_caller_who_comes_back_goes_before_those_who_came_later()
    {
        await using var host = await Start();
        var queue = await host.AddQueue(wrapUpMs: 0);
        var agent = await host.AddAgent(queue);
        var (first, offer) = await Talk(host, queue);
        clock.Advance(TimeSpan.FromSeconds(10));
        var second = await host.NewCall().Arrive();
        await second.Queue(queue);
        await agent.Choose(AgentStatus.Break, "Pause");
        await first.AgentLegEnds(offer, LegEnd.Lost);
        clock.Advance(TimeSpan.Zero);
        await first.Queue(queue, returning: true);
        await agent.Is(AgentState.Idle);
        await agent.Choose(AgentStatus.Available);
        (await first.Offered(2)).Agent.ShouldBe(agent.Id);
        (await host.Ledger.Wait<ContactQueued>(first.Id, 2)).AgeMs.ShouldBe(10_000);
    }

    [Fact]
    public async Task A_caller_cut_off_comes_back_to_the_same_agent_while_others_are_free()
    {
        await using var host = await Start();
        var queue = await host.AddQueue(wrapUpMs: 60_000);
        var agent = await host.AddAgent(queue);
        var (call, offer) = await Talk(host, queue);
        await host.AddAgent(queue);
        await call.AgentLegEnds(offer, LegEnd.Lost);
        await call.Queue(queue, returning: true);
        (await call.Offered(2)).Agent.ShouldBe(agent.Id);
        (await host.Ledger.Wait<WrapUpEnded>(call.Id)).Disposition.ShouldBeNull();
    }

    [Fact]
    public async Task A_caller_cut_off_goes_to_the_next_when_the_agent_does_not_come_back()
    {
        await using var host = await Start();
        var queue = await host.AddQueue(wrapUpMs: 60_000);
        var agent = await host.AddAgent(queue);
        var (call, offer) = await Talk(host, queue);
        var other = await host.AddAgent(queue);
        await agent.Choose(AgentStatus.Break, "Pause");
        await call.AgentLegEnds(offer, LegEnd.Lost);
        await call.Queue(queue, returning: true);
        await agent.Is(AgentState.Idle);
        (await host.Figures(queue)).Single().Waiting.ShouldBe(1);
        clock.Advance(PoolGrain.KeepFor);
        (await call.Offered(2)).Agent.ShouldBe(other.Id);
    }

    [Fact]
    public async Task A_gateway_that_does_not_ring_costs_a_pause_not_the_place()
    {
        await using var host = await Start();
        host.Gateway.Answer = command => command is OfferLeg ? CommandOutcome.Expired : CommandOutcome.Done;
        var queue = await host.AddQueue();
        var agent = await host.AddAgent(queue);
        var call = await host.NewCall().Arrive();
        await call.Queue(queue);
        await call.Offered();
        await host.Ledger.Wait<OfferEnded>(call.Id);
        await agent.Is(AgentState.Idle);
        host.Gateway.Answer = _ => CommandOutcome.Done;
        (await host.Figures(queue)).Single().Waiting.ShouldBe(1);
        host.Gateway.All<OfferLeg>(call.Id).Count().ShouldBe(1);
        clock.Advance(ContactRules.CommandFailurePause);
        await call.Offered(2);
        (await agent.Read()).Status.ShouldBe(nameof(AgentStatus.Available));
    }

    [Fact]
    public async Task Repeated_events_change_nothing()
    {
        await using var host = await Start();
        var queue = await host.AddQueue();
        var call = await host.NewCall().Arrive();
        await call.Queue(queue);
        await call.On(host).Queue(queue);
        var again = new QueueRequested(queue, false)
        {
            EventId = Guid.CreateVersion7(), Tenant = RoutingHost.Tenant, Stream = call.Id, OccurredAt = clock.Now(), Source = "ivr", Sequence = 2,
        };
        await host.Events.Apply([again], TestContext.Current.CancellationToken);
        (await host.Events.Position(RoutingHost.Tenant, call.Id, "ivr", TestContext.Current.CancellationToken)).ShouldBe(3);
        (await host.Figures(queue)).Single().Waiting.ShouldBe(1);
    }

    [Theory]
    [InlineData(FlowOutcome.Closed, TerminationKind.Closed)]
    [InlineData(FlowOutcome.Deflected, TerminationKind.Deflected)]
    [InlineData(FlowOutcome.Failed, TerminationKind.Failed)]
    [InlineData(FlowOutcome.CallerGone, TerminationKind.CallerAbandoned)]
    public async Task A_contact_that_never_queued_ends_as_its_flow_did(FlowOutcome flow, TerminationKind expected)
    {
        await using var host = await Start();
        var call = await host.NewCall().Arrive();
        await call.CallerLegEnds();
        await call.Close();
        host.Ledger.Of(call.Id).ShouldBeEmpty("the flow has not spoken");
        await call.FlowEnds(flow);
        (await call.Ended()).Termination.Kind.ShouldBe(expected);
    }

    [Fact]
    public async Task A_flow_that_never_speaks_is_not_waited_for_for_ever()
    {
        await using var host = await Start();
        var call = await host.NewCall().Arrive();
        await call.CallerLegEnds();
        await call.Close();
        clock.Advance(ContactRules.FlowWait + TimeSpan.FromSeconds(1));
        (await call.Ended()).Termination.Kind.ShouldBe(TerminationKind.CallerAbandoned);
    }

    private static IEnumerable<string> Story(RoutingHost host, TestCall call) => host.Ledger.Of(call.Id).Select(e => e.GetType().Name);

    private static async Task<(TestCall Call, OfferLeg Offer)> Talk(RoutingHost host, Guid queue)
    {
        var call = await host.NewCall().Arrive();
        await call.Queue(queue);
        var offer = await call.Offered();
        await call.Answer(offer);
        return (call, offer);
    }

    private async Task<RoutingHost> Start() => await RoutingHost.Start(await postgres.NewConfiguration(), clock);
}
