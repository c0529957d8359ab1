using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Queues;
using CallCenter.Routing.Tests.Running;

namespace CallCenter.Routing.Tests;

/// <summary>A caller who calls again soon after a conversation, on a real database.</summary>
[Trait("needs", "server")]
public class ReturningCallerTests(PostgresFixture postgres)
{
    private readonly FakeClock clock = new(new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Who_calls_again_in_time_has_the_same_agent_and_later_the_longest_idle_one()
    {
        await using var host = await RoutingHost.Start(await postgres.NewConfiguration(), clock);
        var queue = await host.AddQueue(new QueueRecord
        {
            Id = Guid.NewGuid(), Tenant = RoutingHost.Tenant, Name = "Sales", WrapUpMs = 0, Returning = new ReturningCallers(60_000, GoesAhead: false),
        });
        var first = await host.AddAgent(queue);
        (await Talk(host, queue)).ShouldBe(first.Id);
        clock.Advance(TimeSpan.FromSeconds(1));
        var other = await host.AddAgent(queue);
        clock.Advance(TimeSpan.FromSeconds(20));
        (await Talk(host, queue)).ShouldBe(first.Id, "within the minute");
        clock.Advance(TimeSpan.FromSeconds(61));
        (await Talk(host, queue)).ShouldBe(other.Id, "the one who is idle longest");
    }

    private async Task<Guid> Talk(RoutingHost host, Guid queue)
    {
        var call = await (await host.NewCall().Arrive()).Queue(queue);
        var offer = await call.Offered();
        await call.Answer(offer);
        await call.AgentLegEnds(offer);
        await call.HangUp(FlowOutcome.AgentEnded);
        clock.Advance(TimeSpan.FromSeconds(1));
        await call.Ended();
        return offer.Agent;
    }
}
