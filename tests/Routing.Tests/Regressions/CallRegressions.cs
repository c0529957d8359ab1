using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Tests.Running;

namespace CallCenter.Routing.Tests.Regressions;

/// <summary>Faults of agents and callers that other systems are known for, on a real database with fake time.</summary>
[Trait("needs", "server")]
public class CallRegressions(PostgresFixture postgres)
{
    private readonly FakeClock clock = new(new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero));

    /// <summary>An offer of which nothing is ever heard.</summary>
    [Fact]
    public async Task Agent_stuck_reserved()
    {
        await using var host = await Start();
        var queue = await host.AddQueue();
        var agent = await host.AddAgent(queue);
        var call = await host.NewCall().Arrive();
        await call.Queue(queue);
        await call.Offered();
        await agent.Choose(AgentStatus.Break, "Lunch");
        // The phone rings before the contact's row is written: its deadline is armed once the grain has answered.
        await host.Grains.GetGrain<IContactGrain>(Keys.OfTenant(RoutingHost.Tenant, call.Id)).Wake();
        clock.Advance(TimeSpan.FromSeconds(23));
        (await host.Ledger.Wait<OfferEnded>(call.Id)).Outcome.ShouldBe(OfferOutcome.Lapsed);
        await agent.Is(AgentState.Idle);
        (await host.Figures(queue)).Single().Waiting.ShouldBe(1);
    }

    /// <summary>The caller hangs up while the phone rings.</summary>
    [Fact]
    public async Task Agent_offered_after_the_caller_left()
    {
        await using var host = await Start();
        var queue = await host.AddQueue();
        var agent = await host.AddAgent(queue);
        var call = await host.NewCall().Arrive();
        await call.Queue(queue);
        var offer = await call.Offered();
        await call.Ringing(offer);
        clock.Advance(TimeSpan.FromSeconds(6));
        await call.HangUp();
        (await host.Gateway.Command<WithdrawLeg>(call.Id)).Leg.ShouldBe(offer.Leg);
        await agent.Is(AgentState.Idle);
        (await call.Ended()).Termination.Kind.ShouldBe(TerminationKind.CallerAbandoned);
        await Eventually.Be(() => host.Ledger.Of(call.Id).OfType<OfferEnded>().Any());
        host.Ledger.Of(call.Id).OfType<OfferEnded>().Single().Outcome.ShouldBe(OfferOutcome.CallerGone);
    }

    /// <summary>A phone that cannot be reached is not rung again until it registers.</summary>
    [Fact]
    public async Task Unregistered_phone_offered()
    {
        await using var host = await Start();
        var queue = await host.AddQueue();
        var agent = await host.AddAgent(queue);
        var call = await host.NewCall().Arrive();
        await call.Queue(queue);
        await call.Refuse(await call.Offered(), LegRefusal.Unreachable);
        await agent.Is(AgentState.Unreachable);
        (await host.Figures(queue)).Single().Waiting.ShouldBe(1);
        await agent.Reachable();
        (await call.Offered(2)).Agent.ShouldBe(agent.Id);
    }

    /// <summary>Of two statuses chosen in talk the later one holds.</summary>
    [Fact]
    public async Task Queued_next_status_beats_the_later_choice()
    {
        await using var host = await Start();
        var queue = await host.AddQueue();
        var agent = await host.AddAgent(queue);
        var (call, offer) = await Talk(host, queue);
        await agent.Choose(AgentStatus.Break, "Lunch");
        await agent.Choose(AgentStatus.Training);
        (await agent.Read()).Status.ShouldBe(nameof(AgentStatus.Available));
        await call.AgentLegEnds(offer);
        await agent.Is(AgentState.WrapUp);
        var contact = host.Grains.GetGrain<IContactGrain>(Keys.OfTenant(RoutingHost.Tenant, call.Id));
        (await contact.EndWrapUp(offer.Leg, "sold")).ShouldBeTrue();
        (await contact.EndWrapUp(offer.Leg, "sold")).ShouldBeFalse();
        (await agent.Read()).Status.ShouldBe(nameof(AgentStatus.Training));
        (await host.Ledger.Wait<WrapUpEnded>(call.Id)).Disposition.ShouldBe("sold");
    }

    /// <summary>A wrap-up whose deadline passed while no process ran ends at its deadline.</summary>
    [Fact]
    public async Task Wrap_up_lost_on_restart()
    {
        var configuration = await postgres.NewConfiguration();
        TestCall call;
        TestAgent agent;
        DateTimeOffset deadline;
        await using (var before = await RoutingHost.Start(configuration, clock))
        {
            var queue = await before.AddQueue(wrapUpMs: 3_000);
            agent = await before.AddAgent(queue);
            call = await (await before.NewCall().Arrive()).Queue(queue);
            var offer = await call.Offered();
            await call.Answer(offer);
            await call.AgentLegEnds(offer);
            deadline = clock.Now().AddSeconds(3);
            await call.HangUp(FlowOutcome.AgentEnded);
        }

        clock.Advance(TimeSpan.FromMinutes(1));
        await using var after = await RoutingHost.Start(configuration, clock);
        clock.Advance(TimeSpan.Zero);
        await Eventually.Be(() =>
        {
            clock.Advance(TimeSpan.Zero);
            return after.Ledger.Of(call.Id).OfType<ContactEnded>().Any();
        });
        after.Ledger.Of(call.Id).OfType<WrapUpEnded>().Single().OccurredAt.ShouldBe(deadline);
        await agent.On(after).Is(AgentState.Idle);
        (await agent.On(after).Read()).StateSince.ShouldBe(deadline);
    }

    /// <summary>The gateway never tells that the agent's leg ended: its last word on the call ends the conversation.</summary>
    [Fact]
    public async Task Member_stays_answered()
    {
        await using var host = await Start();
        var queue = await host.AddQueue();
        var agent = await host.AddAgent(queue);
        var (call, _) = await Talk(host, queue);
        await agent.Is(AgentState.Talking);
        await call.CallerLegEnds();
        await call.Close();
        await agent.Is(AgentState.WrapUp);
        clock.Advance(TimeSpan.FromSeconds(15));
        await Until(async () => (await agent.Read()).State == nameof(AgentState.Idle));
    }

    /// <summary>The phone says 486 or 603: the caller is offered to the next, and goes before who came later.</summary>
    [Fact]
    public async Task Rejected_call_lost()
    {
        await using var host = await Start();
        var queue = await host.AddQueue();
        await host.AddAgent(queue);
        var call = await (await host.NewCall().Arrive()).Queue(queue);
        clock.Advance(TimeSpan.FromSeconds(1));
        var later = await (await host.NewCall().Arrive()).Queue(queue);
        for (var refused = 1; refused <= 2; refused++)
        {
            await call.Refuse(await call.Offered(refused), LegRefusal.Rejected);
        }

        (await host.Figures(queue)).Single().Waiting.ShouldBe(2);
        var next = await host.AddAgent(queue);
        (await call.Offered(3)).Agent.ShouldBe(next.Id);
        host.Gateway.All<OfferLeg>(later.Id).ShouldBeEmpty();
    }

    /// <summary>From agent to queue to agent to queue to agent: each has a leg, an offer, a wrap-up and a contact of its own, and the contact one end.</summary>
    [Fact]
    public async Task Statistics_after_a_chain_of_transfers()
    {
        const int Links = 3;
        await using var host = await Start();
        var agents = new List<TestAgent>();
        var call = await host.NewCall().Arrive();
        for (var link = 1; link <= Links; link++)
        {
            var queue = await host.AddQueue();
            agents.Add(await host.AddAgent(queue));
            if (link == 1)
            {
                await call.Queue(queue);
            }
            else
            {
                var before = await call.Offered(link - 1);
                (await host.Grains.GetGrain<IContactGrain>(Keys.OfTenant(RoutingHost.Tenant, call.Id)).TransferToQueue(before.Leg, queue)).ShouldBeNull();
                await call.AgentLegEnds(before, LegEnd.Transferred);
            }

            var offer = await call.Offered(link);
            offer.Agent.ShouldBe(agents[^1].Id);
            await call.Answer(offer);
            await agents[^1].Is(AgentState.Talking);
            clock.Advance(TimeSpan.FromSeconds(10));
        }

        await call.AgentLegEnds(await call.Offered(Links));
        await call.HangUp(FlowOutcome.AgentEnded);
        await agents[^1].Is(AgentState.WrapUp);
        clock.Advance(TimeSpan.FromSeconds(15));
        await Until(() => Task.FromResult(host.Ledger.Of(call.Id).OfType<ContactEnded>().Any()));
        (await call.Ended()).Termination.Kind.ShouldBe(TerminationKind.Completed);
        var told = host.Ledger.Of(call.Id);
        told.OfType<ContactOffered>().Select(e => e.Agent).ShouldBe(agents.Select(agent => agent.Id));
        told.OfType<OfferEnded>().Select(e => e.Outcome).ShouldBe(Enumerable.Repeat(OfferOutcome.Accepted, Links));
        told.OfType<WrapUpStarted>().Select(e => e.Agent).ShouldBe(agents.Select(agent => agent.Id));
        told.OfType<WrapUpEnded>().Select(e => e.Agent).ShouldBe(agents.Select(agent => agent.Id));
        told.OfType<ContactQueued>().Select(e => e.AgeMs).ShouldBe([0, 10_000, 20_000]);
    }

    /// <summary>Timers that are armed only after the clock was moved fire too.</summary>
    private Task Until(Func<Task<bool>> holds) => Eventually.Be(() =>
    {
        clock.Advance(TimeSpan.Zero);
        return holds();
    });

    private static async Task<(TestCall Call, OfferLeg Offer)> Talk(RoutingHost host, Guid queue)
    {
        var call = await (await host.NewCall().Arrive()).Queue(queue);
        var offer = await call.Offered();
        await call.Answer(offer);
        return (call, offer);
    }

    private async Task<RoutingHost> Start() => await RoutingHost.Start(await postgres.NewConfiguration(), clock);
}
