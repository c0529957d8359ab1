using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Anchor;

namespace CallCenter.Telephony.Tests.Anchor;

/// <summary>Who holds and who takes back: the agent's phone, a command, or both at once.</summary>
public sealed class HoldTableTests
{
    private readonly TableDriver call = new();
    private readonly Guid leg;

    public HoldTableTests() => leg = call.Talking(out _);

    [Fact]
    public void A_command_holds_and_retrieves_as_the_phone_does()
    {
        Done(new HoldLeg(leg));
        call.Actions[^3..].Select(a => a.GetType()).ShouldBe([typeof(HoldBridge), typeof(Tell), typeof(Reply)]);
        call.Events[^1].ShouldBeOfType<CallHeld>().ShouldSatisfyAllConditions(e => e.Leg.ShouldBe(leg), e => e.Causation.ShouldBe(call.LastCommand));
        Done(new RetrieveLeg(leg));
        call.Actions[^3..].Select(a => a.GetType()).ShouldBe([typeof(Bridge), typeof(Tell), typeof(Reply)]);
        call.Events[^1].ShouldBeOfType<CallResumed>().Leg.ShouldBe(leg);
    }

    [Fact]
    public void Asked_twice_it_is_told_once()
    {
        Done(new HoldLeg(leg));
        Done(new HoldLeg(leg));
        Done(new RetrieveLeg(leg));
        Done(new RetrieveLeg(leg));
        Holds().ShouldBe(["CallHeld", "CallResumed"]);
    }

    [Fact]
    public void What_a_command_holds_the_phone_does_not_take_back()
    {
        Done(new HoldLeg(leg));
        call.Input(new LegHeld(leg));
        call.Input(new LegRetrieved(leg));
        Holds().ShouldBe(["CallHeld"]);
        Done(new RetrieveLeg(leg));
        Holds().ShouldBe(["CallHeld", "CallResumed"]);
    }

    [Fact]
    public void What_the_phone_holds_a_command_does_not_take_back()
    {
        call.Input(new LegHeld(leg));
        Done(new HoldLeg(leg));
        call.Order(new RetrieveLeg(leg)).ShouldSatisfyAllConditions(
            r => r.Outcome.ShouldBe(CommandOutcome.Refused), r => r.Detail.ShouldBe("the agent's phone holds the call: take it back there"));
        call.Input(new LegRetrieved(leg));
        Holds().ShouldBe(["CallHeld", "CallResumed"]);
    }

    [Fact]
    public void Only_a_connected_leg_is_held()
    {
        call.Input(new LegGone(leg, LegEnd.PartyHungUp));
        call.Order(new HoldLeg(leg)).Outcome.ShouldBe(CommandOutcome.NoSuchLeg);
        var next = call.OfferAndAccept();
        call.Order(new HoldLeg(next)).Outcome.ShouldBe(CommandOutcome.Refused);
        call.Order(new RetrieveLeg(next)).Outcome.ShouldBe(CommandOutcome.Refused);
    }

    [Fact]
    public void A_phone_that_holds_before_it_is_connected_holds_at_once()
    {
        call.Input(new LegGone(leg, LegEnd.PartyHungUp));
        var next = call.OfferAndAccept();
        call.Input(new LegHeld(next));
        call.Order(new TakeControl(ControlHolder.Routing));
        Done(new ConnectAgent(next, null));
        call.EventTypes[^2..].ShouldBe(["AgentAnswered", "CallHeld"]);
    }

    [Fact]
    public void A_held_leg_ends_as_any_other()
    {
        Done(new HoldLeg(leg));
        Done(new EndLeg(leg));
        call.EventTypes[^2..].ShouldBe(["LegEnded", "ControlChanged"]);
        call.Events[^2].ShouldBeOfType<LegEnded>().End.ShouldBe(LegEnd.Ended);
    }

    private void Done(CallCommand order) => call.Order(order).Outcome.ShouldBe(CommandOutcome.Done);

    private string[] Holds() => [.. call.EventTypes.Where(type => type is "CallHeld" or "CallResumed")];
}
