using System.Net;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Routing.Callbacks;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Queues;
using CallCenter.Routing.Tests.Running;

namespace CallCenter.Routing.Tests.Callbacks;

/// <summary>Callbacks on a real database, with fake time, over restarts too.</summary>
[Trait("needs", "server")]
public class CallbackTests(PostgresFixture postgres)
{
    private readonly FakeClock clock = new(new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_callback_keeps_its_callers_place_and_dials_once_the_agent_has_accepted()
    {
        await using var host = await RoutingHost.Start(await postgres.NewConfiguration(), clock);
        var queue = await host.AddQueue(wrapUpMs: 0);
        var first = await Waiting(host, queue);
        clock.Advance(TimeSpan.FromSeconds(10));
        var second = await Waiting(host, queue);
        clock.Advance(TimeSpan.FromSeconds(20));
        var back = await AskForCallback(host, first, queue);
        (await first.Ended()).Termination.Kind.ShouldBe(TerminationKind.Deflected);
        var planned = await host.Ledger.Wait<CallbackPlanned>(back.Id);
        (planned.First, planned.After, planned.Try).ShouldBe((first.Id, first.Id, 1));
        (await host.Ledger.Wait<ContactQueued>(back.Id)).AgeMs.ShouldBe(30_000);

        var agent = await host.AddAgent(queue);
        var offer = await back.Offered();
        offer.Agent.ShouldBe(agent.Id, "who came first is first, on the line or not");
        host.Gateway.All<PlaceCall>(back.Id).Single().ShouldSatisfyAllConditions(p => p.Number.ShouldBe("+358401"), p => p.Shown.ShouldBe("+358700"), p => p.Gateway.ShouldBe("gw"));
        await back.Placed();
        await back.Ringing(offer);
        host.Gateway.All<DialCaller>(back.Id).ShouldBeEmpty();
        await back.Accept(offer);
        (await host.Gateway.Command<DialCaller>(back.Id)).RingMs.ShouldBe(30_000);
        await back.CustomerAnswers();
        await host.Gateway.Command<ConnectAgent>(back.Id);
        await back.Telephony(new AgentAnswered(offer.Agent) { Leg = offer.Leg });
        await agent.Is(AgentState.Talking);
        await back.CallerLegEnds();
        await back.AgentLegEnds(offer, LegEnd.Ended);
        await back.Close();
        clock.Advance(TimeSpan.FromSeconds(11));
        (await back.Ended()).Termination.Kind.ShouldBe(TerminationKind.Completed);
        (await second.Offered()).Agent.ShouldBe(agent.Id);
    }

    [Fact]
    public async Task Who_does_not_answer_is_tried_again_after_the_pause_with_the_age_of_its_turn()
    {
        await using var host = await RoutingHost.Start(await postgres.NewConfiguration(), clock);
        var queue = await host.AddQueue(wrapUpMs: 0);
        var first = await Waiting(host, queue);
        clock.Advance(TimeSpan.FromSeconds(60));
        var back = await AskForCallback(host, first, queue);
        var agent = await host.AddAgent(queue);
        await NotAnswered(host, back, LegRefusal.NoAnswer);
        (await back.Ended()).Termination.Kind.ShouldBe(TerminationKind.NoAnswer);
        await agent.Is(AgentState.Idle);

        var next = host.NewCall(CallbackRules.IdAfter(back.Id));
        var planned = await host.Ledger.Wait<CallbackPlanned>(next.Id);
        (planned.Try, planned.After, planned.First).ShouldBe((2, back.Id, first.Id));
        host.Ledger.Of(next.Id).OfType<ContactQueued>().ShouldBeEmpty();
        (await Pass(host, 300, next.Id)).AgeMs.ShouldBe(60_000, "the pause is no waiting");
        await NotAnswered(host, next, LegRefusal.Busy);
        (await next.Ended()).Termination.Kind.ShouldBe(TerminationKind.Busy);

        var last = host.NewCall(CallbackRules.IdAfter(next.Id));
        await host.Ledger.Wait<CallbackPlanned>(last.Id);
        await Pass(host, 300, last.Id);
        await NotAnswered(host, last, LegRefusal.NoAnswer);
        await last.Ended();
        host.Ledger.Of(CallbackRules.IdAfter(last.Id)).ShouldBeEmpty("three tries are all");
    }

    [Fact]
    public async Task An_agent_who_leaves_while_the_customer_rings_costs_no_try_and_no_place()
    {
        await using var host = await RoutingHost.Start(await postgres.NewConfiguration(), clock);
        var queue = await host.AddQueue(wrapUpMs: 0);
        var first = await Waiting(host, queue);
        clock.Advance(TimeSpan.FromSeconds(60));
        var back = await AskForCallback(host, first, queue);
        await host.AddAgent(queue);
        var offer = await Dialling(host, back);
        await back.AgentLegEnds(offer);
        await back.CallerLegEnds(LegEnd.Ended);
        await back.Close();
        (await back.Ended()).Termination.Kind.ShouldBe(TerminationKind.NoAgent);
        var next = host.NewCall(CallbackRules.IdAfter(back.Id));
        (await host.Ledger.Wait<CallbackPlanned>(next.Id)).Try.ShouldBe(1);
        (await host.Ledger.Wait<ContactQueued>(next.Id)).AgeMs.ShouldBe(60_000);
        await next.Offered();
    }

    [Fact]
    public async Task A_restart_in_mid_wait_and_in_the_pause_loses_nobody()
    {
        var configuration = await postgres.NewConfiguration();
        Guid queue;
        TestCall waiting, pausing;
        await using (var before = await RoutingHost.Start(configuration, clock))
        {
            queue = await before.AddQueue(wrapUpMs: 0);
            var agent = await before.AddAgent(queue);
            pausing = await AskForCallback(before, await Waiting(before, queue, "+358409"), queue, "+358409", taken: true);
            await NotAnswered(before, pausing, LegRefusal.NoAnswer);
            await pausing.Ended();
            await agent.Choose(AgentStatus.LoggedOut);
            waiting = await AskForCallback(before, await Waiting(before, queue), queue);
        }

        clock.Advance(TimeSpan.FromSeconds(100));
        await using var after = await RoutingHost.Start(configuration, clock);
        (await after.Figures(queue)).Single().Waiting.ShouldBe(1);
        await Pass(after, 200, CallbackRules.IdAfter(pausing.Id));
        (await after.Figures(queue)).Single().Waiting.ShouldBe(2);
        await after.AddAgent(queue);
        await waiting.On(after).Offered();
        await after.AddAgent(queue);
        await after.NewCall(CallbackRules.IdAfter(pausing.Id)).Offered();
    }

    [Fact]
    public async Task A_supervisor_sees_what_is_pending_and_ends_it()
    {
        var configuration = await postgres.NewConfiguration();
        RoutingHost.KeepOperatorSnapshot(configuration["Data:Folder"]!);
        await using var host = await RoutingHost.Start(configuration, clock);
        var queue = await host.AddQueue(wrapUpMs: 0);
        var back = await AskForCallback(host, await Waiting(host, queue), queue);
        using var supervisor = host.Http(Guid.NewGuid(), Role.Supervisor);
        using var stranger = host.Http(Guid.NewGuid(), Role.Supervisor, Guid.NewGuid());
        var listed = (await supervisor.Get("/api/routing/callbacks"))["items"]!.AsArray().Single()!;
        listed["contact"]!.GetValue<Guid>().ShouldBe(back.Id);
        listed["number"]!.GetValue<string>().ShouldBe("+358401");
        listed["state"]!.GetValue<string>().ShouldBe("waiting");
        await stranger.Delete($"/api/routing/callbacks/{back.Id}", HttpStatusCode.NotFound);
        await supervisor.Delete($"/api/routing/callbacks/{back.Id}", HttpStatusCode.NoContent);
        (await back.Ended()).Termination.ShouldBe(new Termination(TerminationKind.Rejected, "Cancelled"));
        (await host.Figures(queue)).Single().Waiting.ShouldBe(0);
        await supervisor.Delete($"/api/routing/callbacks/{back.Id}", HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_number_that_may_not_be_dialled_ends_the_callback_and_a_second_request_makes_no_second_one()
    {
        await using var host = await RoutingHost.Start(await postgres.NewConfiguration(), clock);
        var queue = await host.AddQueue(wrapUpMs: 0);
        var back = await AskForCallback(host, await Waiting(host, queue), queue);
        var again = await Waiting(host, queue);
        await again.AskForCallback(queue);
        await again.Ended();
        host.Ledger.Of(CallbackRules.IdAfter(again.Id)).ShouldBeEmpty();
        host.Gateway.Refuse = command => command is PlaceCall ? "PremiumDestination" : null;
        var agent = await host.AddAgent(queue);
        (await back.Ended()).Termination.ShouldBe(new Termination(TerminationKind.Rejected, "PremiumDestination"));
        await agent.Is(AgentState.Idle);
        host.Ledger.Of(CallbackRules.IdAfter(back.Id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task No_rule_of_the_queue_takes_a_callback_out()
    {
        await using var host = await RoutingHost.Start(await postgres.NewConfiguration(), clock);
        var settings = new QueueRecord { Id = Guid.NewGuid(), Tenant = RoutingHost.Tenant, Name = "Sales", WrapUpMs = 0, MaxWait = new WaitLimit(60_000) };
        var queue = await host.AddQueue(settings);
        var back = await AskForCallback(host, await Waiting(host, queue), queue);
        await host.Ledger.Wait<ContactQueued>(back.Id);
        clock.Advance(TimeSpan.FromSeconds(100));
        await host.AddQueue(settings with { NoAgent = new NoAgentRule(), MaxLength = new LengthLimit(0) });
        await (await host.NewCall().Arrive("+358402")).Queue(queue);
        await Eventually.Be(async () => (await host.Figures(queue)).Single().Waiting == 1, text: "who came into the full queue has left");
        await host.AddAgent(queue);
        await back.Offered();
        host.Ledger.Of(back.Id).ShouldNotContain(e => e is QueueLeft);
    }

    /// <summary>Time passes for a contact that is planned: its deadline is armed by then, and it has taken its place.</summary>
    private async Task<ContactQueued> Pass(RoutingHost host, int seconds, Guid contact)
    {
        await host.Grains.GetGrain<IContactGrain>(Keys.OfTenant(RoutingHost.Tenant, contact)).Wake();
        clock.Advance(TimeSpan.FromSeconds(seconds));
        return await host.Ledger.Wait<ContactQueued>(contact);
    }

    private static async Task<TestCall> Waiting(RoutingHost host, Guid queue, string caller = "+358401") => await (await host.NewCall().Arrive(caller)).Queue(queue);

    private static async Task<TestCall> AskForCallback(RoutingHost host, TestCall call, Guid queue, string number = "+358401", bool taken = false)
    {
        if (taken)
        {
            await call.Refuse(await call.Offered(), LegRefusal.Failed);
        }

        await call.AskForCallback(queue, number);
        var back = host.NewCall(CallbackRules.IdAfter(call.Id));
        await host.Ledger.Wait<CallbackPlanned>(back.Id);
        return back;
    }

    private static async Task<OfferLeg> Dialling(RoutingHost host, TestCall back)
    {
        var offer = await back.Offered();
        await back.Placed();
        await back.Ringing(offer);
        await back.Accept(offer);
        await host.Gateway.Command<DialCaller>(back.Id);
        return offer;
    }

    private static async Task NotAnswered(RoutingHost host, TestCall back, LegRefusal refusal)
    {
        var offer = await Dialling(host, back);
        await back.Telephony(new CallerRefused("+358401", refusal, 480));
        await back.CallerLegEnds(LegEnd.Ended);
        await back.AgentLegEnds(offer, LegEnd.Ended);
        await back.Close();
    }
}
