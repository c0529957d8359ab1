using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Contacts;

namespace CallCenter.Routing.Tests.Regressions;

/// <summary>What two sources tell in an order that is not the one in which it happened.</summary>
public class OrderRegressions
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Leg = Guid.NewGuid(), Agent = Guid.NewGuid(), Queue = Guid.NewGuid();

    private ContactState state = new() { Id = Guid.NewGuid(), Tenant = Guid.NewGuid() };

    /// <summary>
    /// An agent whom Routing had given up was connected all the same and cut off at once; the flow's request for a place comes before the gateway's word of
    /// both. The caller has a place when all has come.
    /// </summary>
    [Fact]
    public void Place_asked_for_before_an_answer_that_nobody_expected()
    {
        var control = Guid.NewGuid();
        Tell(new CallArrived("gw", "+358401", "+358700", "trunk", Guid.NewGuid(), 0) { Leg = Guid.NewGuid() });
        Tell(new QueueRequested(Queue, false));
        state = ContactRules.Offer(state, new AgentLeg(Leg, Agent, Queue, LegPhase.Offered, Start.AddSeconds(20), 20_000, 0, null)).State;
        Tell(new LegAccepted(Agent) { Leg = Leg });
        state = ContactRules.TakeBack(state, Leg, OfferOutcome.Failed, Start).State;
        Tell(new QueueRequested(Queue, Returning: true) { Causation = control });
        Tell(new AgentAnswered(Agent) { Leg = Leg });
        Tell(new LegEnded(LegRole.Agent, Agent, LegEnd.Lost) { Leg = Leg });
        Tell(new ControlChanged(ControlHolder.Ivr, 2, "Lost") { EventId = control });
        state.Queue.ShouldBe(Queue);
        state.Early.ShouldBeNull();
    }

    private void Tell(ContactEvent e) => state = ContactRules.Apply(state, e with
    {
        EventId = e.EventId == default ? Guid.NewGuid() : e.EventId, Tenant = state.Tenant, Stream = state.Id, OccurredAt = Start,
    }).State;
}
