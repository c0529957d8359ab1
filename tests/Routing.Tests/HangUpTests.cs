using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Tests.Running;

namespace CallCenter.Routing.Tests;

/// <summary>Many contacts at once that end in every phase, in real time: nobody is stuck, nothing is told twice.</summary>
[Trait("needs", "server")]
public class HangUpTests(PostgresFixture postgres, ITestOutputHelper output)
{
    private const int Calls = 60;

    private enum Phase
    {
        Menu,
        Queue,
        Ringing,
        Refused,
        AgentLeft,
        CallerInTalk,
        AgentInTalk,
    }

    [Fact]
    public async Task Contacts_that_end_in_every_phase_have_one_right_termination_each_and_free_their_agents()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var host = await RoutingHost.Start(await postgres.NewConfiguration());
        // However long a busy machine takes to offer: whoever leaves a queue here leaves it early.
        var queues = new[] { await host.AddQueue(wrapUpMs: 10, shortAbandonMs: 600_000), await host.AddQueue(wrapUpMs: 30, shortAbandonMs: 600_000) };
        var agents = new Dictionary<Guid, TestAgent>();
        for (var i = 0; i < 6; i++)
        {
            var agent = await host.AddAgent(i % 2 == 0 ? queues : [queues[i % 3 == 0 ? 0 : 1]]);
            agents.Add(agent.Id, agent);
        }

        var scripts = Enumerable.Range(0, Calls).Select(i => (Phase: (Phase)random.Next(7), Queue: queues[random.Next(2)], PauseMs: random.Next(40))).ToList();
        var ended = await Task.WhenAll(scripts.Select(script => Run(host, agents, script.Phase, script.Queue, TimeSpan.FromMilliseconds(script.PauseMs))));
        foreach (var (script, contact) in scripts.Zip(ended))
        {
            await Check(host, contact, script.Phase);
        }

        foreach (var agent in agents.Values)
        {
            await agent.Is(AgentState.Idle);
            CheckChain(host, agent.Id);
        }

        foreach (var queue in queues)
        {
            (await host.Figures(queue)).Single().Waiting.ShouldBe(0);
        }
    }

    private static async Task<Guid> Run(RoutingHost host, Dictionary<Guid, TestAgent> agents, Phase phase, Guid queue, TimeSpan pause)
    {
        var call = await host.NewCall().Arrive();
        if (phase == Phase.Menu)
        {
            await call.HangUp();
            return call.Id;
        }

        await call.Queue(queue);
        if (phase == Phase.Queue)
        {
            await Task.Delay(pause, TimeProvider.System);
            await call.HangUp();
            return call.Id;
        }

        var offer = await call.Offered();
        if (phase is Phase.Refused or Phase.AgentLeft)
        {
            await GiveBack(call, offer, agents[offer.Agent], phase);
            offer = await call.Offered(2);
        }

        if (phase == Phase.Ringing)
        {
            await call.Ringing(offer);
            await Task.Delay(pause, TimeProvider.System);
            await call.HangUp();
            return call.Id;
        }

        await call.Answer(offer);
        await Task.Delay(pause, TimeProvider.System);
        if (phase == Phase.AgentInTalk)
        {
            await call.AgentLegEnds(offer);
            await call.HangUp(FlowOutcome.AgentEnded);
        }
        else
        {
            await call.CallerLegEnds();
            await call.AgentLegEnds(offer, LegEnd.Ended);
            await call.FlowEnds(FlowOutcome.CallerGone);
            await call.Close();
        }

        return call.Id;
    }

    private static async Task GiveBack(TestCall call, OfferLeg offer, TestAgent agent, Phase phase)
    {
        await call.Ringing(offer);
        if (phase == Phase.Refused)
        {
            await call.Refuse(offer, LegRefusal.Rejected);
        }
        else
        {
            await agent.Choose(AgentStatus.LoggedOut);
        }

        await agent.Choose(AgentStatus.Available);
    }

    private static async Task Check(RoutingHost host, Guid contact, Phase phase)
    {
        await Eventually.Be(() => host.Ledger.Of(contact).OfType<ContactEnded>().Any(), TimeSpan.FromSeconds(60));
        var events = host.Ledger.Of(contact);
        events.Select(e => e.Sequence).ShouldBe(Enumerable.Range(1, events.Count).Select(i => (long)i), $"{phase}: dense, each once");
        var end = events.OfType<ContactEnded>().Single();
        events[^1].ShouldBeSameAs(end);
        end.Termination.Kind.ShouldBe(phase switch
        {
            Phase.Menu => TerminationKind.CallerAbandoned,
            Phase.Queue or Phase.Ringing => TerminationKind.ShortAbandon,
            _ => TerminationKind.Completed,
        }, phase.ToString());
        var offered = events.OfType<ContactOffered>().Count();
        events.OfType<OfferEnded>().Count().ShouldBe(offered, "every offer has one end");
        events.OfType<WrapUpEnded>().Count().ShouldBe(events.OfType<WrapUpStarted>().Count());
    }

    /// <summary>An agent's states follow each other without a gap, and a reservation begins only from Idle.</summary>
    private static void CheckChain(RoutingHost host, Guid agent)
    {
        var changes = host.Ledger.Of(agent).OfType<AgentChanged>().ToList();
        foreach (var (before, after) in changes.Zip(changes.Skip(1)))
        {
            (after.Previous with { Deadline = null }).ShouldBe(before.Current with { Deadline = null });
            after.OccurredAt.ShouldBeGreaterThanOrEqualTo(before.OccurredAt);
        }

        changes.Where(change => change.Current.State == AgentState.Reserved && change.Cause == "Reserved").ShouldAllBe(change => change.Previous.State == AgentState.Idle);
    }
}
