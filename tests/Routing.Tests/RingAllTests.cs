using System.Text.Json;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;
using CallCenter.Routing.Tests.Running;

namespace CallCenter.Routing.Tests;

/// <summary>Several phones ring for one caller.</summary>
[Trait("needs", "server")]
public class RingAllTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Who_accepts_first_has_the_caller_and_the_others_ring_no_more_and_have_missed_nothing()
    {
        await using var host = await Start();
        var queue = await AddQueue(host);
        var agents = new[] { await host.AddAgent(queue), await host.AddAgent(queue), await host.AddAgent(queue) };
        var call = await (await host.NewCall().Arrive()).Queue(queue);
        var offers = new[] { await call.Offered(1), await call.Offered(2), await call.Offered(3) };
        offers.Select(offer => offer.Agent).ShouldBe(agents.Select(agent => agent.Id), ignoreOrder: true);
        foreach (var offer in offers)
        {
            await call.Ringing(offer);
        }

        await call.Answer(offers[1]);
        var withdrawn = new[] { await host.Gateway.Command<WithdrawLeg>(call.Id, 1), await host.Gateway.Command<WithdrawLeg>(call.Id, 2) };
        withdrawn.Select(command => command.Leg).ShouldBe([offers[0].Leg, offers[2].Leg], ignoreOrder: true);
        foreach (var agent in agents)
        {
            await agent.Is(agent.Id == offers[1].Agent ? AgentState.Talking : AgentState.Idle);
        }

        await host.Ledger.Wait<OfferEnded>(call.Id, 3);
        var ended = host.Ledger.Of(call.Id).OfType<OfferEnded>().ToDictionary(e => e.Leg!.Value, e => e.Outcome);
        offers.Select(offer => ended[offer.Leg]).ShouldBe([OfferOutcome.AnsweredElsewhere, OfferOutcome.Accepted, OfferOutcome.AnsweredElsewhere]);
        await IsExplained(host, call, offers);
    }

    [Fact]
    public async Task Of_two_who_accept_at_once_one_has_the_caller_and_the_other_is_free()
    {
        await using var host = await Start();
        var queue = await AddQueue(host);
        var agents = new[] { await host.AddAgent(queue), await host.AddAgent(queue) };
        var call = await (await host.NewCall().Arrive()).Queue(queue);
        var (first, second) = (await call.Offered(1), await call.Offered(2));
        await call.Accept(first);
        await call.Accept(second);
        await call.Telephony(new AgentAnswered(first.Agent) { Leg = first.Leg });
        (await host.Gateway.Command<WithdrawLeg>(call.Id)).Leg.ShouldBe(second.Leg);
        await call.AgentLegEnds(second, LegEnd.Ended);
        await agents.Single(agent => agent.Id == first.Agent).Is(AgentState.Talking);
        var other = agents.Single(agent => agent.Id == second.Agent);
        await other.Is(AgentState.Idle);
        (await other.Read()).Status.ShouldBe(nameof(AgentStatus.Available));
        host.Gateway.All<ConnectAgent>(call.Id).Select(command => command.Leg).ShouldBe([first.Leg]);
    }

    [Fact]
    public async Task Who_refuses_leaves_the_others_ringing_and_who_becomes_free_rings_too()
    {
        await using var host = await Start();
        var queue = await AddQueue(host);
        await host.AddAgent(queue);
        await host.AddAgent(queue);
        var call = await (await host.NewCall().Arrive()).Queue(queue);
        var (first, second) = (await call.Offered(1), await call.Offered(2));
        await call.Refuse(first, LegRefusal.Rejected);
        (await host.Ledger.Wait<OfferEnded>(call.Id)).Outcome.ShouldBe(OfferOutcome.Rejected);
        var late = await host.AddAgent(queue);
        var third = await call.Offered(3);
        third.Agent.ShouldBe(late.Id, "who has refused is not asked again while another rings");
        (await host.Ledger.Wait<ContactOffered>(call.Id, 3)).Why.ShouldStartWith(Choice.JoinsIn);
        await call.Refuse(second, LegRefusal.Rejected);
        await call.Refuse(third, LegRefusal.Rejected);
        await call.Offered(6);
    }

    [Fact]
    public async Task The_caller_who_leaves_takes_every_offer_back()
    {
        await using var host = await Start();
        var queue = await AddQueue(host);
        var agents = new[] { await host.AddAgent(queue), await host.AddAgent(queue) };
        var call = await (await host.NewCall().Arrive()).Queue(queue);
        await call.Offered(2);
        await call.HangUp();
        await call.Ended();
        foreach (var agent in agents)
        {
            await agent.Is(AgentState.Idle);
        }

        await host.Ledger.Wait<OfferEnded>(call.Id, 2);
        host.Ledger.Of(call.Id).OfType<OfferEnded>().Select(e => e.Outcome).ShouldBe([OfferOutcome.CallerGone, OfferOutcome.CallerGone]);
    }

    /// <summary>Each leg says why, and its choice is made again from what it says.</summary>
    private static async Task IsExplained(RoutingHost host, TestCall call, IReadOnlyList<OfferLeg> offers)
    {
        using var supervisor = host.Http(Guid.NewGuid(), Role.Supervisor);
        var shown = (await supervisor.Get($"/api/routing/contacts/{call.Id}"))["offers"]!.AsArray();
        shown.Select(offer => (Guid)offer!["leg"]!).ShouldBe(offers.Select(offer => offer.Leg), ignoreOrder: true);
        foreach (var offer in shown)
        {
            var why = offer!["why"]!.Deserialize<Choice>(EventCatalog.Json)!;
            why.Rule.ShouldBe(nameof(AgentStrategy.RingAll));
            why.Replay().ShouldBe((call.Id, (Guid)offer["agent"]!));
        }
    }

    private static Task<Guid> AddQueue(RoutingHost host) =>
        host.AddQueue(new QueueRecord { Id = Guid.NewGuid(), Tenant = RoutingHost.Tenant, Name = "Sales", Strategy = AgentStrategy.RingAll });

    private async Task<RoutingHost> Start()
    {
        var configuration = await postgres.NewConfiguration();
        RoutingHost.KeepOperatorSnapshot(configuration["Data:Folder"]!);
        return await RoutingHost.Start(configuration);
    }
}
