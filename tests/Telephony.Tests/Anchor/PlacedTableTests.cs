using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Anchor;

namespace CallCenter.Telephony.Tests.Anchor;

/// <summary>Calls that we place: an agent first, then the other side.</summary>
public sealed class PlacedTableTests
{
    private readonly TableDriver call = new();

    [Fact]
    public void The_agent_accepts_then_the_other_side_is_dialled_then_they_are_connected()
    {
        Place();
        var leg = call.OfferAndAccept();
        call.Order(new DialCaller(30_000)).Outcome.ShouldBe(CommandOutcome.Done);
        call.Last<RingBack>().ShouldBe(new RingBack(leg, true));
        call.Last<DialOtherSide>().RingTime.ShouldBe(TimeSpan.FromSeconds(30));
        call.Input(new CallerInvited("+1", "t"));
        call.Input(new CallerTook("PCMU"));
        call.Last<RingBack>().ShouldBe(new RingBack(leg, false));
        call.Order(new TakeControl(ControlHolder.Routing)).Epoch.ShouldBe(2);
        call.Order(new ConnectAgent(leg, null)).Outcome.ShouldBe(CommandOutcome.Done);
        call.Input(new CallerHungUp());
        call.EventTypes.ShouldBe([
            "CallPlaced", "LegOffered", "LegRinging", "LegAccepted", "CallerDialled", "CallAnswered", "ControlChanged", "AgentAnswered", "LegEnded", "LegEnded", "CallClosed"]);
    }

    [Fact]
    public void Nobody_is_dialled_without_an_agent_who_has_accepted()
    {
        Place();
        call.Order(new DialCaller(30_000)).Outcome.ShouldBe(CommandOutcome.Refused);
        call.Offer();
        call.Order(new DialCaller(30_000)).Outcome.ShouldBe(CommandOutcome.Refused);
        call.Actions.ShouldNotContain(action => action is DialOtherSide);
    }

    [Fact]
    public void A_call_that_came_in_has_nobody_to_dial()
    {
        call.Answered();
        call.OfferAndAccept();
        call.Order(new DialCaller(30_000)).Outcome.ShouldBe(CommandOutcome.Refused);
    }

    [Fact]
    public void Another_agent_may_be_offered_the_call_while_nobody_was_dialled()
    {
        Place();
        var first = call.Offer();
        call.Input(new LegFailed(first, LegRefusal.NoAnswer, 408));
        var second = call.OfferAndAccept();
        call.Input(new LegGone(second, LegEnd.PartyHungUp));
        call.State.Phase.ShouldBe(CallPhase.Placed);
        call.OfferAndAccept();
        call.Order(new DialCaller(30_000)).Outcome.ShouldBe(CommandOutcome.Done);
    }

    [Fact]
    public void When_the_agent_leaves_the_other_side_does_not_ring_on()
    {
        var leg = Dialling();
        call.Input(new LegGone(leg, LegEnd.PartyHungUp));
        call.EventTypes[^2..].ShouldBe(["LegEnded", "CallClosed"]);
        call.Actions.ShouldContain(action => action is EndCaller);
    }

    [Fact]
    public void Who_does_not_answer_ends_the_call_and_frees_the_agent()
    {
        Dialling();
        call.Input(new CallerDeclined("+1", LegRefusal.NoAnswer, 408));
        call.Events.OfType<CallerRefused>().ShouldHaveSingleItem().Refusal.ShouldBe(LegRefusal.NoAnswer);
        call.EventTypes[^3..].ShouldBe(["LegEnded", "LegEnded", "CallClosed"]);
    }

    [Fact]
    public void The_accepted_leg_waits_as_long_as_the_other_side_rings()
    {
        Dialling();
        call.Actions.OfType<Arm>().Last(arm => arm.Timer.Kind == TimerKind.Connect).After.ShouldBe(TimeSpan.FromSeconds(35));
    }

    [Fact]
    public void A_call_that_nobody_dials_for_ends()
    {
        Place();
        var leg = call.Offer();
        call.Fire(TimerKind.Control);
        call.State.Phase.ShouldBe(CallPhase.Placed);
        call.Input(new LegFailed(leg, LegRefusal.NoAnswer, 408));
        call.Fire(TimerKind.Control);
        call.EventTypes[^2..].ShouldBe(["LegEnded", "CallClosed"]);
    }

    [Fact]
    public void A_day_whose_cost_is_used_up_ends_the_call()
    {
        Dialling();
        call.Input(new CallerTook("PCMA"));
        call.Input(new CallerUnpaid());
        call.Events.OfType<LegEnded>().First().End.ShouldBe(LegEnd.DayCost);
    }

    private void Place() => call.Input(new Place(new CallPlaced("g", "+1", "+2", Guid.NewGuid(), Guid.NewGuid(), PlacedTable.Epoch) { Leg = call.State.CallerLeg }));

    private Guid Dialling()
    {
        Place();
        var leg = call.OfferAndAccept();
        call.Order(new DialCaller(30_000)).Outcome.ShouldBe(CommandOutcome.Done);
        return leg;
    }
}
