using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Queues;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Tests.Running;

namespace CallCenter.Routing.Tests;

/// <summary>What a process leaves behind, the next one takes up: same database, new memory.</summary>
[Trait("needs", "server")]
public class RestartTests(PostgresFixture postgres)
{
    private readonly FakeClock clock = new(new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Waiting_contacts_keep_their_places_and_order()
    {
        var configuration = await postgres.NewConfiguration();
        Guid queue;
        var calls = new List<TestCall>();
        await using (var before = await RoutingHost.Start(configuration, clock))
        {
            queue = await before.AddQueue();
            for (var i = 0; i < 3; i++)
            {
                calls.Add(await (await before.NewCall().Arrive()).Queue(queue));
                clock.Advance(TimeSpan.FromSeconds(1));
            }
        }

        clock.Advance(TimeSpan.FromSeconds(30));
        await using var after = await RoutingHost.Start(configuration, clock);
        (await after.Figures(queue)).Single().Waiting.ShouldBe(3);
        foreach (var call in calls)
        {
            var agent = await after.AddAgent(queue);
            (await call.On(after).Offered()).Agent.ShouldBe(agent.Id);
        }
    }

    [Fact]
    public async Task Turns_of_a_queue_that_goes_round_go_on()
    {
        var queue = new QueueRecord { Id = Guid.NewGuid(), Tenant = RoutingHost.Tenant, Name = "Sales", Strategy = AgentStrategy.RoundRobin };
        var configuration = await postgres.NewConfiguration();
        TestAgent first, second;
        await using (var before = await RoutingHost.Start(configuration, clock))
        {
            await before.AddQueue(queue);
            (first, second) = (await before.AddAgent(queue.Id), await before.AddAgent(queue.Id));
            var offers = new List<Guid>();
            foreach (var _ in Enumerable.Range(0, 2))
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                var call = await (await before.NewCall().Arrive()).Queue(queue.Id);
                offers.Add((await call.Offered()).Agent);
                await call.HangUp();
                await call.Ended();
            }

            (first, second) = offers[0] == first.Id ? (first, second) : (second, first);
            await second.Choose(AgentStatus.Break);
            await first.Choose(AgentStatus.Break);
            clock.Advance(TimeSpan.FromSeconds(1));
            await second.Choose(AgentStatus.Available);
            clock.Advance(TimeSpan.FromSeconds(1));
            await first.Choose(AgentStatus.Available);
        }

        // The second is idle longer; the first had its turn longer ago.
        await using var host = await RoutingHost.Start(configuration, clock);
        var next = await (await host.NewCall().Arrive()).Queue(queue.Id);
        (await next.Offered()).Agent.ShouldBe(first.Id);
    }

    [Fact]
    public async Task Waiting_callers_are_told_their_wait_as_before()
    {
        var configuration = await postgres.NewConfiguration();
        TestCall waiting;
        PlaceReport told;
        await using (var before = await RoutingHost.Start(configuration, clock))
        {
            var queue = await before.AddQueue(wrapUpMs: 3_000);
            var agent = await before.AddAgent(queue);
            var served = await (await before.NewCall().Arrive()).Queue(queue);
            var offer = await served.Offered();
            await served.Answer(offer);
            clock.Advance(TimeSpan.FromSeconds(100));
            await served.AgentLegEnds(offer);
            await agent.Is(AgentState.WrapUp);
            clock.Advance(TimeSpan.FromSeconds(3));
            await agent.Is(AgentState.Idle);
            var next = await (await before.NewCall().Arrive()).Queue(queue);
            await next.Answer(await next.Offered());
            await agent.Is(AgentState.Talking);
            waiting = await (await before.NewCall().Arrive()).Queue(queue);
            told = (await before.PlaceOf(waiting)).ShouldNotBeNull();
            told.MedianMs.ShouldNotBeNull().ShouldBeGreaterThan(10_000);
        }

        await using var after = await RoutingHost.Start(configuration, clock);
        (await after.PlaceOf(waiting)).ShouldBe(told);
    }

    [Fact]
    public async Task An_offer_goes_on_with_the_same_leg()
    {
        var configuration = await postgres.NewConfiguration();
        TestCall call;
        TestAgent agent;
        OfferLeg offer;
        await using (var before = await RoutingHost.Start(configuration, clock))
        {
            var queue = await before.AddQueue();
            agent = await before.AddAgent(queue);
            call = await (await before.NewCall().Arrive()).Queue(queue);
            offer = await call.Offered();
        }

        await using var after = await RoutingHost.Start(configuration, clock);
        clock.Advance(TimeSpan.Zero);
        call = call.On(after);
        (await call.Offered()).ShouldBe(offer with { Expires = default }, "the gateway knows the repetition by its id");
        await call.Answer(offer);
        await agent.On(after).Is(AgentState.Talking);
    }

    [Fact]
    public async Task An_offer_that_lapsed_meanwhile_frees_the_agent_and_keeps_the_place()
    {
        var configuration = await postgres.NewConfiguration();
        TestCall call;
        TestAgent agent;
        Guid queue;
        await using (var before = await RoutingHost.Start(configuration, clock))
        {
            queue = await before.AddQueue();
            agent = await before.AddAgent(queue);
            call = await (await before.NewCall().Arrive()).Queue(queue);
            await call.Offered();
            await agent.Choose(AgentStatus.Break, "Lunch");
        }

        clock.Advance(TimeSpan.FromMinutes(2));
        await using var after = await RoutingHost.Start(configuration, clock);
        await Eventually.Be(async () =>
        {
            clock.Advance(TimeSpan.Zero);
            return (await agent.On(after).Read()).State == nameof(AgentState.Idle);
        });
        (await after.Figures(queue)).Single().Waiting.ShouldBe(1);
    }
}
