using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Queues;
using CallCenter.Routing.Tests.Running;

namespace CallCenter.Routing.Tests;

/// <summary>Contacts that a rule of their queue takes out.</summary>
[Trait("needs", "server")]
public class QueueRuleTests(PostgresFixture postgres)
{
    private readonly FakeClock clock = new(new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Who_has_waited_too_long_is_given_to_the_flow_and_ends_as_timed_out()
    {
        await using var host = await Start();
        var queue = await host.AddQueue(Queue() with { MaxWait = new(30_000) });
        var call = await Waiting(host, queue);
        clock.Advance(TimeSpan.FromSeconds(30));
        (await host.Ledger.Wait<QueueLeft>(call.Id)).ShouldSatisfyAllConditions(left => left.Queue.ShouldBe(queue), left => left.Rule.ShouldBe(QueueRule.MaxWait), left => left.To.ShouldBeNull());
        (await host.Figures(queue)).Single().Waiting.ShouldBe(0);
        await call.FlowEnds(FlowOutcome.HungUp);
        await call.CallerLegEnds(LegEnd.Ended);
        await call.Close();
        (await call.Ended()).Termination.Kind.ShouldBe(TerminationKind.QueueTimeout);
    }

    [Fact]
    public async Task Who_leaves_a_message_after_the_longest_wait_is_deflected()
    {
        await using var host = await Start();
        var call = await Waiting(host, await host.AddQueue(Queue() with { MaxWait = new(10_000) }));
        clock.Advance(TimeSpan.FromSeconds(10));
        await host.Ledger.Wait<QueueLeft>(call.Id);
        await call.HangUp(FlowOutcome.Deflected);
        (await call.Ended()).Termination.Kind.ShouldBe(TerminationKind.Deflected);
    }

    [Fact]
    public async Task The_next_queue_has_the_contact_with_its_age_and_its_agent_answers()
    {
        await using var host = await Start();
        var second = await host.AddQueue(Queue());
        var first = await host.AddQueue(Queue() with { MaxWait = new(20_000, second) });
        var call = await Waiting(host, first);
        clock.Advance(TimeSpan.FromSeconds(20));
        var left = await host.Ledger.Wait<QueueLeft>(call.Id);
        (left.Queue, left.To).ShouldBe((first, second));
        (await host.Ledger.Wait<ContactQueued>(call.Id, 2)).ShouldSatisfyAllConditions(queued => queued.Queue.ShouldBe(second), queued => queued.AgeMs.ShouldBe(20_000));
        await host.AddAgent(second);
        await call.Answer(await call.Offered());
        await call.HangUp();
        await Eventually.Be(() => host.Ledger.Of(call.Id).OfType<WrapUpStarted>().Any());
        (await host.Figures(second)).Single().Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task An_agent_who_rings_at_the_longest_wait_has_the_caller()
    {
        await using var host = await Start();
        var queue = await host.AddQueue(Queue() with { MaxWait = new(10_000) });
        var call = await Waiting(host, queue);
        clock.Advance(TimeSpan.FromSeconds(9));
        await host.AddAgent(queue);
        var offer = await call.Offered();
        clock.Advance(TimeSpan.FromSeconds(5));
        await call.Answer(offer);
        await call.HangUp();
        host.Ledger.Of(call.Id).ShouldNotContain(e => e is QueueLeft);
    }

    [Fact]
    public async Task An_unanswered_offer_after_the_longest_wait_is_the_last()
    {
        await using var host = await Start();
        var queue = await host.AddQueue(Queue() with { MaxWait = new(10_000) });
        var call = await Waiting(host, queue);
        clock.Advance(TimeSpan.FromSeconds(9));
        await host.AddAgent(queue);
        var offer = await call.Offered();
        await call.Ringing(offer);
        clock.Advance(TimeSpan.FromSeconds(5));
        await call.Refuse(offer, LegRefusal.NoAnswer);
        (await host.Ledger.Wait<QueueLeft>(call.Id)).Rule.ShouldBe(QueueRule.MaxWait);
    }

    [Fact]
    public async Task Who_comes_when_the_queue_is_full_leaves_and_the_others_stay()
    {
        await using var host = await Start();
        var queue = await host.AddQueue(Queue() with { MaxLength = new(1) });
        var first = await Waiting(host, queue);
        var second = await Waiting(host, queue);
        (await host.Ledger.Wait<QueueLeft>(second.Id)).Rule.ShouldBe(QueueRule.MaxLength);
        await second.HangUp(FlowOutcome.HungUp);
        (await second.Ended()).Termination.Kind.ShouldBe(TerminationKind.QueueFull);
        (await host.Figures(queue)).Single().Waiting.ShouldBe(1);
        host.Ledger.Of(first.Id).ShouldNotContain(e => e is QueueLeft);
    }

    [Fact]
    public async Task Without_anybody_who_can_serve_it_a_contact_goes_on_at_once_from_queue_to_queue_to_the_flow()
    {
        await using var host = await Start();
        var second = await host.AddQueue(Queue() with { NoAgent = new() });
        var first = await host.AddQueue(Queue() with { NoAgent = new(second) });
        var call = await Waiting(host, first);
        (await host.Ledger.Wait<QueueLeft>(call.Id)).To.ShouldBe(second);
        (await host.Ledger.Wait<QueueLeft>(call.Id, 2)).ShouldSatisfyAllConditions(left => left.Queue.ShouldBe(second), left => left.To.ShouldBeNull());
        await call.HangUp(FlowOutcome.HungUp);
        (await call.Ended()).Termination.Kind.ShouldBe(TerminationKind.NoAgent);
    }

    [Fact]
    public async Task The_last_agent_to_log_out_sends_those_on_who_wait()
    {
        await using var host = await Start();
        var queue = await host.AddQueue(Queue() with { NoAgent = new() });
        var agent = await host.AddAgent(queue);
        await agent.Choose(AgentStatus.Break, "Lunch");
        var call = await Waiting(host, queue);
        (await host.Figures(queue)).Single().Waiting.ShouldBe(1);
        host.Ledger.Of(call.Id).ShouldNotContain(e => e is QueueLeft);
        await agent.Choose(AgentStatus.LoggedOut);
        (await host.Ledger.Wait<QueueLeft>(call.Id)).Rule.ShouldBe(QueueRule.NoAgent);
    }

    [Fact]
    public async Task A_rule_is_kept_over_a_restart_and_so_is_the_new_queue()
    {
        var configuration = await postgres.NewConfiguration();
        Guid queue, second;
        TestCall call;
        await using (var before = await RoutingHost.Start(configuration, clock))
        {
            second = await before.AddQueue(Queue() with { MaxWait = new(60_000) });
            queue = await before.AddQueue(Queue() with { MaxWait = new(10_000, second) });
            call = await Waiting(before, queue);
            clock.Advance(TimeSpan.FromSeconds(10));
            await before.Ledger.Wait<QueueLeft>(call.Id);
        }

        clock.Advance(TimeSpan.FromSeconds(60));
        await using var host = await RoutingHost.Start(configuration, clock);
        // What was told before the restart may be sent once more.
        await Eventually.Be(() => host.Ledger.Of(call.Id).OfType<QueueLeft>().Any(left => left.Queue == second && left.To is null), text: "the second queue gave it up");
        (await host.Figures(second)).Single().Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task A_longest_wait_that_is_set_now_holds_for_who_waits()
    {
        await using var host = await Start();
        var queue = Queue();
        await host.AddQueue(queue);
        var call = await Waiting(host, queue.Id);
        clock.Advance(TimeSpan.FromSeconds(50));
        await host.AddQueue(queue with { MaxWait = new(40_000) });
        (await host.Ledger.Wait<QueueLeft>(call.Id)).Rule.ShouldBe(QueueRule.MaxWait);
    }

    private static QueueRecord Queue() => new() { Id = Guid.NewGuid(), Tenant = RoutingHost.Tenant, Name = "Sales" };

    private static async Task<TestCall> Waiting(RoutingHost host, Guid queue)
    {
        var call = await host.NewCall().Arrive();
        return await call.Queue(queue);
    }

    private async Task<RoutingHost> Start() => await RoutingHost.Start(await postgres.NewConfiguration(), clock);
}
