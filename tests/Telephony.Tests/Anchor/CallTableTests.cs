using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Anchor;

namespace CallCenter.Telephony.Tests.Anchor;

/// <summary>The way of a call through the table, step by step.</summary>
public sealed class CallTableTests
{
    private readonly TableDriver call = new();

    [Fact]
    public void A_whole_call_tells_its_events_in_order()
    {
        call.Arrive();
        call.Order(new TakeControl(ControlHolder.Ivr)).Outcome.ShouldBe(CommandOutcome.Done);
        call.Order(new AnswerCall()).Outcome.ShouldBe(CommandOutcome.Done);
        call.Order(new Play([TableDriver.Clip], Loop: false)).Outcome.ShouldBe(CommandOutcome.Done);
        call.Input(new PlaybackOver(call.LastCommand, PlayOutcome.Finished, 1200));
        var leg = call.OfferAndAccept();
        call.Order(new TakeControl(ControlHolder.Routing)).Epoch.ShouldBe(2);
        var recording = Guid.NewGuid();
        call.Order(new ConnectAgent(leg, recording)).Outcome.ShouldBe(CommandOutcome.Done);
        call.Input(new LegHeld(leg));
        call.Input(new LegRetrieved(leg));
        call.Input(new CallerHungUp());
        call.State.Phase.ShouldBe(CallPhase.Ending);
        call.Input(new RecordingStopped(recording, 4, 1900));

        call.EventTypes.ShouldBe([
            "CallArrived", "ControlChanged", "CallAnswered", "PlayFinished", "LegOffered", "LegRinging", "LegAccepted", "ControlChanged",
            "AgentAnswered", "RecordingStarted", "CallHeld", "CallResumed", "LegEnded", "LegEnded", "RecordingEnded", "CallClosed"]);
        call.Events.OfType<RecordingEnded>().ShouldHaveSingleItem().Blocks.ShouldBe(4);
        call.Events.OfType<LegEnded>().Select(e => (e.Role, e.End)).ShouldBe([(LegRole.Caller, LegEnd.PartyHungUp), (LegRole.Agent, LegEnd.Ended)]);
        call.State.Phase.ShouldBe(CallPhase.Closed);
    }

    [Fact]
    public void Without_a_controller_the_fallback_answers_and_ends_at_the_longest_hold()
    {
        call.Arrive();
        call.Fire(TimerKind.Control);
        call.EventTypes.ShouldBe(["CallArrived", "ControlChanged", "CallAnswered"]);
        call.Last<PlayFallback>();
        call.Fire(TimerKind.Hold);
        call.EventTypes[^2..].ShouldBe(["LegEnded", "CallClosed"]);
    }

    [Fact]
    public void Who_takes_a_call_and_does_not_answer_it_loses_it_to_the_fallback()
    {
        call.Arrive();
        call.Order(new TakeControl(ControlHolder.Ivr));
        call.Last<Arm>().Timer.Kind.ShouldBe(TimerKind.Control);
        call.Fire(TimerKind.Control);
        call.EventTypes.ShouldBe(["CallArrived", "ControlChanged", "ControlChanged", "CallAnswered"]);
        call.Last<PlayFallback>();
        call.OrderAt(1, new AnswerCall()).Outcome.ShouldBe(CommandOutcome.NotInControl);
        call.Order(new TakeControl(ControlHolder.Ivr)).Outcome.ShouldBe(CommandOutcome.Done);
        call.Order(new AnswerCall()).Outcome.ShouldBe(CommandOutcome.Done);
        call.Last<Disarm>().Timer.Kind.ShouldBe(TimerKind.Control);
    }

    [Fact]
    public void A_service_that_returns_takes_the_call_from_the_fallback()
    {
        call.Arrive();
        call.Fire(TimerKind.Control);
        call.Order(new TakeControl(ControlHolder.Ivr)).ShouldSatisfyAllConditions(
            r => r.Outcome.ShouldBe(CommandOutcome.Done),
            r => r.Epoch.ShouldBe(2));
        call.Fire(TimerKind.Hold);
        call.State.Phase.ShouldBe(CallPhase.Answered);
        call.Order(new Play([TableDriver.Clip], Loop: true)).Outcome.ShouldBe(CommandOutcome.Done);
    }

    [Fact]
    public void An_old_epoch_is_not_in_control_and_a_late_command_expired()
    {
        call.Answered();
        call.OrderAt(0, new StopPlaying()).Outcome.ShouldBe(CommandOutcome.NotInControl);
        call.Advance(TimeSpan.FromSeconds(6));
        call.OrderAt(1, new StopPlaying(), expiresIn: TimeSpan.FromSeconds(-1)).Outcome.ShouldBe(CommandOutcome.Expired);
    }

    [Fact]
    public void A_repeated_command_gets_its_first_answer_and_does_nothing_again()
    {
        call.Answered();
        var play = call.Prepare(new Play([TableDriver.Clip], Loop: false));
        var first = call.Send(play);
        call.Order(new TakeControl(ControlHolder.Routing));
        var actions = call.Actions.Count;
        call.Send(play).ShouldBe(first);
        call.Actions.Count.ShouldBe(actions + 1);
        call.Actions[^1].ShouldBeOfType<Reply>();
    }

    [Fact]
    public void Collecting_ends_with_enough_digits_a_terminator_or_silence()
    {
        call.Answered();
        call.Order(new Collect([TableDriver.Clip], 4, "#", 5000, 2000));
        call.Digits("12#");
        call.Events.OfType<DigitsCollected>().Last().ShouldSatisfyAllConditions(
            d => d.Digits.ShouldBe("12"), d => d.Outcome.ShouldBe(CollectOutcome.Complete));

        call.Order(new Collect([], 1, "", 5000, 2000));
        call.Fire(TimerKind.Digit);
        call.Events.OfType<DigitsCollected>().Last().Outcome.ShouldBe(CollectOutcome.NoInput);

        call.Order(new Collect([], 2, "", 5000, 2000));
        call.Digits("7");
        call.Fire(TimerKind.Digit);
        call.Events.OfType<DigitsCollected>().Last().Outcome.ShouldBe(CollectOutcome.Incomplete);
    }

    [Fact]
    public void A_key_press_that_comes_both_ways_counts_once()
    {
        call.Answered();
        call.Order(new Collect([], 4, "", 5000, 2000));
        foreach (var digit in "1234")
        {
            call.Input(new DigitPressed(digit, DigitWay.TelephoneEvent));
            call.Input(new DigitPressed(digit, DigitWay.Info));
        }
        call.Events.OfType<DigitsCollected>().ShouldHaveSingleItem().Digits.ShouldBe("1234");
    }

    [Fact]
    public void When_the_agent_hangs_up_the_caller_stays_and_ivr_has_control()
    {
        var leg = call.Talking(out var recording);
        call.Input(new LegGone(leg, LegEnd.PartyHungUp));
        call.Events[^1].ShouldBe(new ControlChanged(ControlHolder.Ivr, 3, "AgentLegEnded") { Leg = call.State.CallerLeg, OccurredAt = call.Now });
        call.State.Phase.ShouldBe(CallPhase.Answered);
        call.Input(new RecordingStopped(recording, 1, 20));
        call.Order(new HangUp("done")).Outcome.ShouldBe(CommandOutcome.Done);
        call.EventTypes[^3..].ShouldBe(["RecordingEnded", "LegEnded", "CallClosed"]);
    }

    [Fact]
    public void An_accepted_leg_that_nobody_connects_is_ended()
    {
        call.Answered();
        var leg = call.OfferAndAccept();
        call.Fire(TimerKind.Connect, leg);
        call.Events[^1].ShouldBeOfType<LegEnded>().End.ShouldBe(LegEnd.Ended);
        call.State.Holder.ShouldBe(ControlHolder.Ivr);
        call.State.Epoch.ShouldBe(1);
    }

    [Fact]
    public void Routing_that_took_control_and_connects_nobody_loses_it()
    {
        call.Answered();
        call.Order(new TakeControl(ControlHolder.Routing));
        call.Fire(TimerKind.Control);
        call.State.Holder.ShouldBe(ControlHolder.Ivr);
        call.State.Epoch.ShouldBe(3);
    }

    [Fact]
    public void A_withdrawn_offer_is_refused_at_once_and_a_late_answer_means_nothing()
    {
        call.Answered();
        var leg = call.Offer();
        call.Order(new WithdrawLeg(leg)).Outcome.ShouldBe(CommandOutcome.Done);
        call.Events[^1].ShouldBeOfType<LegRefused>().Refusal.ShouldBe(LegRefusal.Withdrawn);
        var events = call.Events.Count;
        call.Input(new LegTaken(leg));
        call.Events.Count.ShouldBe(events);
        call.Order(new EndLeg(leg)).Outcome.ShouldBe(CommandOutcome.NoSuchLeg);
    }

    [Fact]
    public void An_offer_that_its_withdrawal_has_overtaken_rings_nobody()
    {
        call.Answered();
        var (withdrawn, ended) = (Guid.NewGuid(), Guid.NewGuid());
        call.Order(new WithdrawLeg(withdrawn)).Outcome.ShouldBe(CommandOutcome.NoSuchLeg);
        call.Order(new EndLeg(ended)).Outcome.ShouldBe(CommandOutcome.NoSuchLeg);
        var events = call.Events.Count;
        call.Order(new OfferLeg(withdrawn, Guid.NewGuid(), 1000)).Outcome.ShouldBe(CommandOutcome.Refused);
        call.Order(new DialNumber(ended, "+358401", 1000)).Outcome.ShouldBe(CommandOutcome.Refused);
        call.Events.Count.ShouldBe(events);
    }

    [Fact]
    public void Commands_with_faults_say_what_to_do()
    {
        call.Arrive();
        call.Order(new TakeControl(ControlHolder.Fallback)).Outcome.ShouldBe(CommandOutcome.Refused);
        call.Order(new TakeControl(ControlHolder.Ivr));
        call.Order(new Play([TableDriver.Clip], false)).Detail.ShouldBe("answer the call first");
        call.Order(new AnswerCall());
        call.Order(new Play([], false)).Outcome.ShouldBe(CommandOutcome.Refused);
        call.Order(new Collect([], 0, "", 1, 1)).Outcome.ShouldBe(CommandOutcome.Refused);
        var leg = call.Offer();
        call.Order(new ConnectAgent(leg, null)).Detail.ShouldBe("wait for LegAccepted");
        call.Order(new OfferLeg(leg, Guid.NewGuid(), 1000)).Outcome.ShouldBe(CommandOutcome.Refused);
        call.Order(new HangUp("x"));
        call.Order(new AnswerCall()).Outcome.ShouldBe(CommandOutcome.NoSuchCall);
    }

    [Fact]
    public void Events_name_the_command_that_caused_them()
    {
        call.Answered();
        var leg = call.Offer();
        var offer = call.LastCommand;
        call.Input(new LegTaken(leg));
        call.Events[^1].Causation.ShouldBe(offer);
        call.Order(new EndLeg(leg));
        call.Events[^1].Causation.ShouldBe(call.LastCommand);
    }
}
