using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Routing.Tests.Running;

/// <summary>A call as Telephony and Ivr tell of it, event by event.</summary>
internal sealed class TestCall(RoutingHost host)
{
    private readonly Guid callerLeg = Guid.NewGuid();
    private long telephony;
    private long ivr;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public TestCall On(RoutingHost other) => new(other) { Id = Id, telephony = telephony, ivr = ivr };

    public async Task<TestCall> Arrive(string caller = "+358401")
    {
        await Telephony(new CallArrived("gw", caller, "+358700", "trunk", Guid.NewGuid(), 0) { Leg = callerLeg });
        await Telephony(new CallAnswered("PCMA") { Leg = callerLeg });
        await Ivr(new FlowStarted(Guid.NewGuid(), 1, "fi"));
        return this;
    }

    public async Task<TestCall> Queue(Guid queue, bool returning = false, int? priority = null)
    {
        await Ivr(new QueueRequested(queue, returning, priority));
        return this;
    }

    /// <summary>Waits for the n-th offer: its agent and leg.</summary>
    public Task<OfferLeg> Offered(int number = 1) => host.Gateway.Command<OfferLeg>(Id, number);

    public Task Ringing(OfferLeg offer) => Telephony(new LegRinging(offer.Agent) { Leg = offer.Leg });

    /// <summary>The agent accepts; Routing takes control and connects.</summary>
    public async Task Answer(OfferLeg offer)
    {
        await Ringing(offer);
        await Telephony(new LegAccepted(offer.Agent) { Leg = offer.Leg });
        await host.Gateway.Command<ConnectAgent>(Id);
        await Telephony(new AgentAnswered(offer.Agent) { Leg = offer.Leg });
    }

    /// <summary>The caller confirms the number and hangs up.</summary>
    public async Task AskForCallback(Guid queue, string number = "+358401")
    {
        await Ivr(new CallbackRequested(queue, number, "fi"));
        await HangUp(FlowOutcome.Deflected);
    }

    /// <summary>The gateway has placed the call that calls a customer back.</summary>
    public Task Placed() => Telephony(new CallPlaced("gw", "+358401", "+358700", Guid.NewGuid(), Guid.NewGuid(), 1) { Leg = callerLeg });

    public Task Accept(OfferLeg offer) => Telephony(new LegAccepted(offer.Agent) { Leg = offer.Leg });

    public async Task CustomerAnswers()
    {
        await Telephony(new CallerDialled("+358401", "trunk") { Leg = callerLeg });
        await Telephony(new CallAnswered("PCMA") { Leg = callerLeg });
    }

    public Task Refuse(OfferLeg offer, LegRefusal refusal) => Telephony(new LegRefused(offer.Agent, refusal, 480) { Leg = offer.Leg });

    public Task AgentLegEnds(OfferLeg offer, LegEnd end = LegEnd.PartyHungUp) => Telephony(new LegEnded(LegRole.Agent, offer.Agent, end) { Leg = offer.Leg });

    public Task CallerLegEnds(LegEnd end = LegEnd.PartyHungUp) => Telephony(new LegEnded(LegRole.Caller, null, end) { Leg = callerLeg });

    public Task Close() => Telephony(new CallClosed { Final = true });

    public Task FlowEnds(FlowOutcome outcome) => Ivr(new FlowEnded(outcome, null) { Final = true });

    /// <summary>The caller hangs up and everybody says their last word.</summary>
    public async Task HangUp(FlowOutcome flow = FlowOutcome.CallerGone)
    {
        await CallerLegEnds();
        await FlowEnds(flow);
        await Close();
    }

    public Task<ContactEnded> Ended() => host.Ledger.Wait<ContactEnded>(Id);

    public Task Telephony(ContactEvent e) => Apply(e, "telephony/t", ++telephony);

    public Task Ivr(ContactEvent e) => Apply(e, "ivr", ++ivr);

    private Task Apply(ContactEvent e, string source, long sequence) => host.Events.Apply([e with
    {
        EventId = Guid.CreateVersion7(), Tenant = RoutingHost.Tenant, Stream = Id, OccurredAt = host.Clock.Now(), Source = source, Sequence = sequence,
    }], TestContext.Current.CancellationToken);
}
