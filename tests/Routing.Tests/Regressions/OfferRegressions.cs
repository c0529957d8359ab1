using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Tests.Running;

namespace CallCenter.Routing.Tests.Regressions;

/// <summary>Faults of offers of which an answer is lost or late, on a real database with fake time.</summary>
[Trait("needs", "server")]
public class OfferRegressions(PostgresFixture postgres)
{
    private readonly FakeClock clock = new(new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero));

    /// <summary>Neither an answer nor news of a leg came: it may ring until the gateway has ended it.</summary>
    [Fact]
    public async Task Two_legs_ring_one_agent()
    {
        await using var host = await Start();
        var withdrawn = new TaskCompletionSource();
        host.Gateway.Answer = command => command is OfferLeg ? CommandOutcome.Expired : CommandOutcome.Done;
        host.Gateway.Hold = command => command is WithdrawLeg ? withdrawn.Task : Task.CompletedTask;
        var queue = await host.AddQueue();
        var agent = await host.AddAgent(queue);
        var first = await (await host.NewCall().Arrive()).Queue(queue);
        await host.Gateway.Command<WithdrawLeg>(first.Id);
        var offer = await first.Offered();
        host.Gateway.Answer = _ => CommandOutcome.Done;
        var second = await (await host.NewCall().Arrive()).Queue(queue);
        (await agent.Read()).Engagement!.Leg.ShouldBe(offer.Leg);
        withdrawn.SetResult();
        (await second.Offered()).Agent.ShouldBe(agent.Id);
    }

    /// <summary>The gateway ended the leg, and only its answer was lost; nor does it tell more of the leg.</summary>
    [Fact]
    public async Task Agent_stuck_after_a_withdrawal_without_an_answer()
    {
        await using var host = await Start();
        host.Gateway.Answer = _ => CommandOutcome.Expired;
        var queue = await host.AddQueue();
        var agent = await host.AddAgent(queue);
        var call = await (await host.NewCall().Arrive()).Queue(queue);
        await call.Offered();
        await host.Ledger.Wait<OfferEnded>(call.Id);
        await agent.Choose(AgentStatus.Break, "Lunch");
        await Eventually.Be(async () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return (await agent.Read()).State == nameof(AgentState.Idle);
        });
    }

    /// <summary>The gateway told that the phone rings; that its answer to the command was lost changes nothing.</summary>
    [Fact]
    public async Task Ringing_leg_taken_back_for_a_lost_answer()
    {
        await using var host = await Start();
        var queue = await host.AddQueue();
        var agent = await host.AddAgent(queue);
        var call = await (await host.NewCall().Arrive()).Queue(queue);
        var offer = await call.Offered();
        await call.Ringing(offer);
        await Contact(host, call).RingFailed(offer.Leg);
        await call.Accept(offer);
        await Contact(host, call).RingFailed(offer.Leg);
        await host.Gateway.Command<ConnectAgent>(call.Id);
        await call.Telephony(new AgentAnswered(offer.Agent) { Leg = offer.Leg });
        await agent.Is(AgentState.Talking);
        (await host.Ledger.Wait<OfferEnded>(call.Id)).Outcome.ShouldBe(OfferOutcome.Accepted);
        host.Ledger.Of(call.Id).OfType<OfferEnded>().Count().ShouldBe(1);
        host.Gateway.All<WithdrawLeg>(call.Id).ShouldBeEmpty();
    }

    /// <summary>The gateway connects the agent with another caller than Routing thought: who was being offered goes on at once.</summary>
    [Fact]
    public async Task Offer_kept_by_an_agent_who_is_in_talk()
    {
        await using var host = await Start();
        var queue = await host.AddQueue();
        var agent = await host.AddAgent(queue);
        var call = await (await host.NewCall().Arrive()).Queue(queue);
        await call.Offered();
        await host.Grains.GetGrain<IAgentGrain>(agent.Id.ToString()).Talk(new EngagementMessage(RoutingHost.Tenant, Guid.CreateVersion7(), Guid.NewGuid()), clock.Now());
        (await host.Ledger.Wait<OfferEnded>(call.Id)).Outcome.ShouldBe(OfferOutcome.AgentLoggedOut);
        var next = await host.AddAgent(queue);
        (await call.Offered(2)).Agent.ShouldBe(next.Id);
    }

    private static IContactGrain Contact(RoutingHost host, TestCall call) => host.Grains.GetGrain<IContactGrain>(Keys.OfTenant(RoutingHost.Tenant, call.Id));

    private async Task<RoutingHost> Start() => await RoutingHost.Start(await postgres.NewConfiguration(), clock);
}
