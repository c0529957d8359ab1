using System.Net;
using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Routing.Tests.Running;

namespace CallCenter.Routing.Tests;

/// <summary>Consult, conference, transfers and supervisors, from the API to the gateway's commands and from its events to the agents' states.</summary>
[Trait("needs", "server")]
public class TransferTests(PostgresFixture postgres)
{
    private readonly FakeClock clock = new(new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_colleague_is_consulted_and_has_the_caller_after_the_transfer()
    {
        await using var host = await Start();
        var (queue, agent, call, offer) = await Talking(host);
        var colleague = await host.AddAgent(queue);
        using var desk = host.Http(agent.Id, Role.Agent);

        await desk.Post($"/api/agents/{agent.Id}/consult", new { contact = call.Id, to = new { agent = colleague.Id } }, HttpStatusCode.Accepted);
        var asked = await call.Offered(2);
        asked.Agent.ShouldBe(colleague.Id);
        await colleague.Is(AgentState.Reserved);
        (await host.Ledger.Wait<ContactOffered>(call.Id, 2)).ShouldSatisfyAllConditions(
            o => o.AskedBy.ShouldBe(agent.Id), o => o.Agent.ShouldBe(colleague.Id), o => o.Leg.ShouldBe(asked.Leg), o => o.Queue.ShouldBe(queue));
        await call.Ringing(asked);
        await call.Telephony(new LegAccepted(colleague.Id) { Leg = asked.Leg });
        (await host.Gateway.Command<ConsultLeg>(call.Id)).ShouldSatisfyAllConditions(c => c.Leg.ShouldBe(offer.Leg), c => c.With.ShouldBe(asked.Leg), c => c.Recording.ShouldNotBeNull());

        await call.Telephony(new ConsultStarted(agent.Id, asked.Leg) { Leg = offer.Leg });
        await call.Telephony(new ConsultStarted(colleague.Id, offer.Leg) { Leg = asked.Leg });
        await agent.Is(AgentState.Consulting);
        await colleague.Is(AgentState.Consulting);
        clock.Advance(TimeSpan.FromSeconds(20));

        await desk.Post($"/api/agents/{agent.Id}/complete", new { contact = call.Id }, HttpStatusCode.Accepted);
        await host.Gateway.Command<CompleteTransfer>(call.Id);
        await call.Telephony(new AgentAnswered(colleague.Id) { Leg = asked.Leg });
        await call.AgentLegEnds(offer, LegEnd.Transferred);
        await agent.Is(AgentState.WrapUp);
        await colleague.Is(AgentState.Talking);
        clock.Advance(TimeSpan.FromSeconds(15));
        await agent.Is(AgentState.Idle);

        await call.AgentLegEnds(asked);
        await call.HangUp(FlowOutcome.AgentEnded);
        clock.Advance(TimeSpan.FromSeconds(15));
        (await call.Ended()).Termination.Kind.ShouldBe(TerminationKind.Completed);
        host.Ledger.Of(call.Id).OfType<WrapUpEnded>().Select(e => e.Agent).ShouldBe([agent.Id, colleague.Id]);
        host.Ledger.Of(call.Id).OfType<ContactQueued>().Count().ShouldBe(1);
        host.Ledger.Of(call.Id).OfType<OfferEnded>().Select(e => e.Outcome).ShouldBe([OfferOutcome.Accepted, OfferOutcome.Accepted]);
    }

    [Fact]
    public async Task A_colleague_who_refuses_is_free_again_and_the_agent_talks_on()
    {
        await using var host = await Start();
        var (queue, agent, call, offer) = await Talking(host);
        var colleague = await host.AddAgent(queue);
        using var desk = host.Http(agent.Id, Role.Agent);
        await desk.Post($"/api/agents/{agent.Id}/consult", new { contact = call.Id, to = new { queue } }, HttpStatusCode.Accepted);
        var asked = await call.Offered(2);
        await desk.Post($"/api/agents/{agent.Id}/consult", new { contact = call.Id, to = new { agent = colleague.Id } }, HttpStatusCode.Conflict);
        await call.Refuse(asked, LegRefusal.Rejected);
        await colleague.Is(AgentState.Idle);
        await agent.Is(AgentState.Talking);
        (await host.Ledger.Wait<OfferEnded>(call.Id, 2)).Outcome.ShouldBe(OfferOutcome.Rejected);
        await call.AgentLegEnds(offer);
        await agent.Is(AgentState.WrapUp);
    }

    [Fact]
    public async Task A_phones_own_transfer_is_done_as_the_desks()
    {
        await using var host = await Start();
        var (queue, agent, call, offer) = await Talking(host);
        var colleague = await host.AddAgent(queue);
        await call.Telephony(new TransferAsked(agent.Id, colleague.Id, null, false) { Leg = offer.Leg });
        var asked = await call.Offered(2);
        asked.Agent.ShouldBe(colleague.Id);
        (await host.Gateway.Command<TransferLeg>(call.Id)).Leg.ShouldBe(offer.Leg);
        await call.AgentLegEnds(offer, LegEnd.Transferred);
        await agent.Is(AgentState.WrapUp);
        await colleague.Is(AgentState.Reserved);
    }

    [Fact]
    public async Task A_phones_attended_transfer_completes_the_consult()
    {
        await using var host = await Start();
        var (_, agent, call, offer) = await Talking(host);
        await call.Telephony(new TransferAsked(agent.Id, null, null, true) { Leg = offer.Leg });
        (await host.Gateway.Command<CompleteTransfer>(call.Id)).Leg.ShouldBe(offer.Leg);
    }

    [Fact]
    public async Task The_agent_leaves_before_the_colleague_answers()
    {
        await using var host = await Start();
        var (queue, agent, call, offer) = await Talking(host);
        var colleague = await host.AddAgent(queue);
        using var desk = host.Http(agent.Id, Role.Agent);
        await desk.Post($"/api/agents/{agent.Id}/consult", new { contact = call.Id, to = new { agent = colleague.Id } }, HttpStatusCode.Accepted);
        var asked = await call.Offered(2);
        await call.Ringing(asked);
        await call.AgentLegEnds(offer);
        (await host.Gateway.Command<WithdrawLeg>(call.Id)).Leg.ShouldBe(asked.Leg);
        await colleague.Is(AgentState.Idle);
    }

    [Fact]
    public async Task Whoever_was_asked_rings_no_more_when_the_agent_changes_its_mind()
    {
        await using var host = await Start();
        var (queue, agent, call, _) = await Talking(host);
        var colleague = await host.AddAgent(queue);
        using var desk = host.Http(agent.Id, Role.Agent);
        await desk.Post($"/api/agents/{agent.Id}/consult", new { contact = call.Id, to = new { agent = colleague.Id } }, HttpStatusCode.Accepted);
        await desk.Post($"/api/agents/{agent.Id}/retrieve-consult", new { contact = call.Id }, HttpStatusCode.Accepted);
        (await host.Gateway.Command<WithdrawLeg>(call.Id)).Leg.ShouldBe((await call.Offered(2)).Leg);
        await colleague.Is(AgentState.Idle);
        host.Gateway.All<EndConsult>(call.Id).ShouldBeEmpty();
        (await colleague.Read()).Status.ShouldBe(nameof(AgentStatus.Available));
    }

    [Fact]
    public async Task The_conference_and_the_way_back_are_the_gateways_and_the_states_follow()
    {
        await using var host = await Start();
        var (queue, agent, call, offer) = await Talking(host);
        var colleague = await host.AddAgent(queue);
        using var desk = host.Http(agent.Id, Role.Agent);
        await desk.Post($"/api/agents/{agent.Id}/consult", new { contact = call.Id, to = new { agent = colleague.Id } }, HttpStatusCode.Accepted);
        var asked = await call.Offered(2);
        await call.Telephony(new LegAccepted(colleague.Id) { Leg = asked.Leg });
        await call.Telephony(new ConsultStarted(agent.Id, asked.Leg) { Leg = offer.Leg });
        await call.Telephony(new ConsultStarted(colleague.Id, offer.Leg) { Leg = asked.Leg });

        await desk.Post($"/api/agents/{agent.Id}/conference", new { contact = call.Id }, HttpStatusCode.Accepted);
        await host.Gateway.Command<StartConference>(call.Id);
        await call.Telephony(new ConferenceStarted(agent.Id, asked.Leg) { Leg = offer.Leg });
        await call.Telephony(new AgentAnswered(colleague.Id) { Leg = asked.Leg });
        await agent.Is(AgentState.Talking);
        await colleague.Is(AgentState.Talking);

        await desk.Post($"/api/agents/{agent.Id}/retrieve-consult", new { contact = call.Id }, HttpStatusCode.Accepted);
        await host.Gateway.Command<EndConsult>(call.Id);
        await call.AgentLegEnds(asked, LegEnd.Ended);
        await colleague.Is(AgentState.WrapUp);
        await agent.Is(AgentState.Talking);
    }

    [Fact]
    public async Task Handed_on_to_a_queue_the_contact_keeps_its_age()
    {
        await using var host = await Start();
        var (_, agent, call, offer) = await Talking(host);
        var other = await host.AddQueue();
        using var desk = host.Http(agent.Id, Role.Agent);
        clock.Advance(TimeSpan.FromSeconds(40));
        await desk.Post($"/api/agents/{agent.Id}/transfer", new { contact = call.Id, to = new { queue = other } }, HttpStatusCode.Accepted);
        await host.Gateway.Command<TransferLeg>(call.Id);
        await call.AgentLegEnds(offer, LegEnd.Transferred);
        var queued = await host.Ledger.Wait<ContactQueued>(call.Id, 2);
        queued.Queue.ShouldBe(other);
        queued.AgeMs.ShouldBe(40_000);
        await agent.Is(AgentState.WrapUp);
        var specialist = await host.AddAgent(other);
        (await call.Offered(2)).Agent.ShouldBe(specialist.Id);
    }

    [Fact]
    public async Task Handed_on_to_a_colleague_who_does_not_answer_the_caller_is_back_in_the_queue()
    {
        await using var host = await Start();
        var (queue, agent, call, offer) = await Talking(host);
        var colleague = await host.AddAgent(queue);
        using var desk = host.Http(agent.Id, Role.Agent);
        await desk.Post($"/api/agents/{agent.Id}/transfer", new { contact = call.Id, to = new { agent = colleague.Id } }, HttpStatusCode.Accepted);
        var asked = await call.Offered(2);
        await call.AgentLegEnds(offer, LegEnd.Transferred);
        await call.Ringing(asked);
        await call.Refuse(asked, LegRefusal.NoAnswer);
        (await host.Ledger.Wait<ContactQueued>(call.Id, 2)).Queue.ShouldBe(queue);
        (await host.Ledger.Wait<OfferEnded>(call.Id, 2)).ShouldSatisfyAllConditions(e => e.Leg.ShouldBe(asked.Leg), e => e.Outcome.ShouldBe(OfferOutcome.NoAnswer));
        (await call.Offered(3)).Agent.ShouldBe(colleague.Id);
    }

    [Fact]
    public async Task Handed_on_to_a_number_outside_the_caller_is_connected_with_it()
    {
        await using var host = await Start();
        var (_, agent, call, offer) = await Talking(host);
        using var desk = host.Http(agent.Id, Role.Agent);
        await desk.Post($"/api/agents/{agent.Id}/transfer", new { contact = call.Id, to = new { number = "+358401234567" } }, HttpStatusCode.Accepted);
        var dialled = await host.Gateway.Command<DialNumber>(call.Id);
        await call.AgentLegEnds(offer, LegEnd.Transferred);
        await call.Telephony(new NumberAnswered(dialled.Number) { Leg = dialled.Leg });
        (await host.Gateway.Command<ConnectAgent>(call.Id, 2)).ShouldSatisfyAllConditions(c => c.Leg.ShouldBe(dialled.Leg), c => c.Recording.ShouldBeNull());
        await call.Telephony(new NumberConnected(dialled.Number) { Leg = dialled.Leg });
        await call.CallerLegEnds();
        await call.Telephony(new LegEnded(LegRole.External, null, LegEnd.Ended) { Leg = dialled.Leg });
        await call.FlowEnds(FlowOutcome.AgentEnded);
        await call.Close();
        await agent.Is(AgentState.WrapUp);
        clock.Advance(TimeSpan.FromSeconds(15));
        (await call.Ended()).Termination.Kind.ShouldBe(TerminationKind.Completed);
        host.Ledger.Of(call.Id).OfType<ContactQueued>().Count().ShouldBe(1);
    }

    [Fact]
    public async Task What_the_gateway_does_not_do_is_told_and_leaves_the_agent_with_the_caller()
    {
        await using var host = await Start();
        var (queue, agent, call, offer) = await Talking(host);
        var colleague = await host.AddAgent(queue);
        using var desk = host.Http(agent.Id, Role.Agent);
        host.Gateway.Answer = command => command is DialNumber or TransferLeg ? CommandOutcome.Refused : CommandOutcome.Done;
        await desk.Post($"/api/agents/{agent.Id}/consult", new { contact = call.Id, to = new { number = "112" } }, HttpStatusCode.Conflict);
        await desk.Post($"/api/agents/{agent.Id}/transfer", new { contact = call.Id, to = new { number = "112" } }, HttpStatusCode.Conflict);
        await desk.Post($"/api/agents/{agent.Id}/transfer", new { contact = call.Id, to = new { agent = colleague.Id } }, HttpStatusCode.Conflict);
        await colleague.Is(AgentState.Idle);
        await agent.Is(AgentState.Talking);
        host.Gateway.Answer = _ => CommandOutcome.Done;
        await desk.Post($"/api/agents/{agent.Id}/consult", new { contact = call.Id, to = new { agent = colleague.Id } }, HttpStatusCode.Accepted);
        await call.AgentLegEnds(offer);
    }

    [Fact]
    public async Task What_cannot_be_asked_for_is_refused()
    {
        await using var host = await Start();
        var (queue, agent, call, _) = await Talking(host);
        var busy = await host.AddAgent(queue);
        await busy.Choose(AgentStatus.Break, "Lunch");
        using var desk = host.Http(agent.Id, Role.Agent);
        using var other = host.Http(busy.Id, Role.Agent);
        foreach (var (to, status) in new (object To, HttpStatusCode Status)[]
        {
            (new { }, HttpStatusCode.BadRequest), (new { agent = busy.Id, queue }, HttpStatusCode.BadRequest), (new { agent = agent.Id }, HttpStatusCode.BadRequest),
            (new { number = new string('1', 99) }, HttpStatusCode.BadRequest), (new { agent = busy.Id }, HttpStatusCode.Conflict), (new { queue }, HttpStatusCode.Conflict),
            (new { queue = Guid.NewGuid() }, HttpStatusCode.NotFound),
        })
        {
            await desk.Post($"/api/agents/{agent.Id}/consult", new { contact = call.Id, to }, status);
        }

        await desk.Post($"/api/agents/{agent.Id}/transfer", new { contact = call.Id, to = new { queue = Guid.NewGuid() } }, HttpStatusCode.NotFound);
        await desk.Post($"/api/agents/{agent.Id}/consult", new { contact = Guid.NewGuid(), to = new { queue } }, HttpStatusCode.NotFound);
        await other.Post($"/api/agents/{agent.Id}/transfer", new { contact = call.Id, to = new { queue } }, HttpStatusCode.NotFound);
        await desk.Post($"/api/agents/{agent.Id}/monitor", new { contact = call.Id, mode = "listen" }, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_supervisor_listens_coaches_and_leaves_by_one_leg()
    {
        await using var host = await Start();
        var (_, agent, call, offer) = await Talking(host);
        var supervisor = Guid.NewGuid();
        using var wall = host.Http(supervisor, Role.Supervisor);
        await wall.Post($"/api/agents/{agent.Id}/monitor", new { contact = call.Id, mode = "listen" }, HttpStatusCode.Accepted);
        var first = await host.Gateway.Command<MonitorLeg>(call.Id);
        first.ShouldSatisfyAllConditions(m => m.Supervisor.ShouldBe(supervisor), m => m.Target.ShouldBe(offer.Leg), m => m.Mode.ShouldBe(MonitorMode.Listen));
        await wall.Post($"/api/agents/{agent.Id}/monitor", new { contact = call.Id, mode = "whisper" }, HttpStatusCode.Accepted);
        (await host.Gateway.Command<MonitorLeg>(call.Id, 2)).ShouldSatisfyAllConditions(m => m.Leg.ShouldBe(first.Leg), m => m.Mode.ShouldBe(MonitorMode.Whisper));
        await wall.Post($"/api/agents/{agent.Id}/monitor", new { contact = call.Id, mode = "off" }, HttpStatusCode.Accepted);
        (await host.Gateway.Command<EndLeg>(call.Id)).Leg.ShouldBe(first.Leg);
        await call.Telephony(new LegEnded(LegRole.Supervisor, supervisor, LegEnd.Ended) { Leg = first.Leg });
        await agent.Is(AgentState.Talking);
        await wall.Post($"/api/agents/{agent.Id}/monitor", new { contact = call.Id, mode = "barge" }, HttpStatusCode.Accepted);
        (await host.Gateway.Command<MonitorLeg>(call.Id, 3)).Leg.ShouldNotBe(first.Leg);
        await wall.Post($"/api/agents/{agent.Id}/monitor", new { contact = call.Id, mode = "shout" }, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_supervisor_of_other_tenants_hears_nothing()
    {
        await using var host = await Start();
        var (_, agent, call, _) = await Talking(host);
        using var stranger = host.Http(Guid.NewGuid(), Role.Supervisor, Guid.NewGuid());
        await stranger.Post($"/api/agents/{agent.Id}/monitor", new { contact = call.Id, mode = "listen" }, HttpStatusCode.NotFound);
        host.Gateway.All<MonitorLeg>(call.Id).ShouldBeEmpty();
    }

    [Fact]
    public async Task Keys_and_a_paused_recording_go_to_the_gateway()
    {
        await using var host = await Start();
        var (_, agent, call, offer) = await Talking(host);
        using var desk = host.Http(agent.Id, Role.Agent);
        await desk.Post($"/api/agents/{agent.Id}/digits", new { contact = call.Id, digits = "12#" }, HttpStatusCode.Accepted);
        (await host.Gateway.Command<SendDigits>(call.Id)).ShouldSatisfyAllConditions(d => d.Leg.ShouldBe(offer.Leg), d => d.Digits.ShouldBe("12#"));
        await desk.Post($"/api/agents/{agent.Id}/pause-recording", new { contact = call.Id }, HttpStatusCode.Accepted);
        await desk.Post($"/api/agents/{agent.Id}/resume-recording", new { contact = call.Id }, HttpStatusCode.Accepted);
        (await host.Gateway.Command<PauseRecording>(call.Id)).Leg.ShouldBe(offer.Leg);
        (await host.Gateway.Command<ResumeRecording>(call.Id)).Leg.ShouldBe(offer.Leg);
    }

    private async Task<RoutingHost> Start() => await RoutingHost.Start(await postgres.NewConfiguration(), clock);

    private static async Task<(Guid Queue, TestAgent Agent, TestCall Call, OfferLeg Offer)> Talking(RoutingHost host)
    {
        var queue = await host.AddQueue();
        var agent = await host.AddAgent(queue);
        var call = await host.NewCall().Arrive();
        await call.Queue(queue);
        var offer = await call.Offered();
        await call.Answer(offer);
        await agent.Is(AgentState.Talking);
        return (queue, agent, call, offer);
    }
}
