using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Anchor;

namespace CallCenter.Telephony.Tests.Anchor;

/// <summary>Consult, conference, attended and blind transfer: who has the caller, who hears whom, and what is told.</summary>
public sealed class ConsultTableTests
{
    private readonly TableDriver call = new();
    private readonly Guid agent;
    private readonly Guid recording;
    private readonly Guid nextRecording = Guid.NewGuid();

    public ConsultTableTests() => agent = call.Talking(out recording);

    [Fact]
    public void The_agent_speaks_apart_and_the_caller_hears_music()
    {
        var second = Consult();
        Mixed((agent, [second]), (second, [agent]));
        call.EventTypes[^2..].ShouldBe(["ConsultStarted", "ConsultStarted"]);
        call.Events[^2].ShouldBeOfType<ConsultStarted>().ShouldSatisfyAllConditions(e => e.Leg.ShouldBe(agent), e => e.With.ShouldBe(second));
        call.Events[^1].Leg.ShouldBe(second);
        call.State.Bridged.ShouldBe(agent);
    }

    [Fact]
    public void In_the_conference_each_hears_all_others_and_the_recording_goes_on()
    {
        var second = Consult();
        Done(new StartConference(agent));
        var caller = call.State.CallerLeg;
        Mixed((caller, [agent, second]), (agent, [caller, second]), (second, [caller, agent]));
        call.EventTypes[^2..].ShouldBe(["ConferenceStarted", "AgentAnswered"]);
        call.State.Recordings.Keys.ShouldBe([recording]);
        Done(new StartConference(agent));
        call.EventTypes.Count(type => type == "ConferenceStarted").ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Completing_gives_the_caller_to_the_consulted_one(bool fromConference)
    {
        var second = Consult();
        if (fromConference)
        {
            Done(new StartConference(agent));
        }
        Done(new CompleteTransfer(agent));
        call.State.Bridged.ShouldBe(second);
        call.Last<Bridge>().Leg.ShouldBe(second);
        call.Events.OfType<LegEnded>().ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Leg.ShouldBe(agent), e => e.End.ShouldBe(LegEnd.Transferred));
        call.Events.OfType<AgentAnswered>().Count(e => e.Leg == second).ShouldBe(1);
        call.Last<StopRecording>().Recording.ShouldBe(recording);
        call.Last<StartRecording>().ShouldSatisfyAllConditions(s => s.Recording.ShouldBe(nextRecording), s => s.Leg.ShouldBe(second));
        call.State.Holder.ShouldBe(ControlHolder.Routing);
        // Ivr and the history follow the newest conversation: it is told before the old one's end.
        Array.FindLastIndex(call.EventTypes, type => type == "AgentAnswered").ShouldBeLessThan(Array.IndexOf(call.EventTypes, "LegEnded"));
    }

    [Fact]
    public void Back_to_the_caller_ends_the_consulted_leg()
    {
        var second = Consult();
        Done(new EndConsult(agent));
        call.Last<Bridge>().Leg.ShouldBe(agent);
        call.EventTypes[^2..].ShouldBe(["LegEnded", "ConsultEnded"]);
        call.Events[^2].Leg.ShouldBe(second);
        call.Order(new EndConsult(agent)).Outcome.ShouldBe(CommandOutcome.Refused);
    }

    [Fact]
    public void From_the_conference_the_consulted_one_is_dropped_too()
    {
        Consult();
        Done(new StartConference(agent));
        Done(new EndConsult(agent));
        call.Last<Bridge>().Leg.ShouldBe(agent);
        call.Order(new CompleteTransfer(agent)).Outcome.ShouldBe(CommandOutcome.Refused);
        Done(new ConsultLeg(agent, call.OfferAndAccept(), null));
    }

    [Fact]
    public void The_agent_goes_to_the_caller_and_back_as_often_as_wanted()
    {
        var (second, caller) = (Consult(), call.State.CallerLeg);
        for (var turn = 0; turn < 2; turn++)
        {
            Done(new SwitchConsult(agent));
            Mixed((caller, [agent]), (agent, [caller]), (second, []));
            call.EventTypes[^1].ShouldBe("ConsultEnded");
            Done(new SwitchConsult(agent));
            Mixed((agent, [second]), (second, [agent]));
            call.EventTypes[^1].ShouldBe("ConsultStarted");
        }
        call.State.Recordings.Keys.ShouldBe([recording]);
        Done(new CompleteTransfer(agent));
        call.State.Bridged.ShouldBe(second);
        call.Last<StartRecording>().Recording.ShouldBe(nextRecording);
    }

    [Fact]
    public void Who_waits_apart_joins_leaves_or_is_let_go_while_the_agent_is_with_the_caller()
    {
        var second = Consult();
        Done(new SwitchConsult(agent));
        Done(new StartConference(agent));
        call.EventTypes[^2..].ShouldBe(["ConferenceStarted", "AgentAnswered"]);
        call.Order(new SwitchConsult(agent)).Outcome.ShouldBe(CommandOutcome.Refused);
        Done(new EndConsult(agent));
        call.Last<Bridge>().Leg.ShouldBe(agent);

        second = Consult(Guid.NewGuid());
        Done(new SwitchConsult(agent));
        call.Input(new LegGone(second, LegEnd.PartyHungUp));
        call.Last<Bridge>().Leg.ShouldBe(agent);
        call.EventTypes[^1].ShouldBe("LegEnded");
        call.Order(new SwitchConsult(agent)).Outcome.ShouldBe(CommandOutcome.Refused);
    }

    [Fact]
    public void The_agent_hangs_up_with_the_caller_and_who_waits_apart_is_let_go()
    {
        var second = Consult();
        Done(new SwitchConsult(agent));
        call.Input(new LegGone(agent, LegEnd.PartyHungUp));
        call.Events.OfType<LegEnded>().Select(e => e.Leg!.Value).ShouldBe([agent, second], ignoreOrder: true);
        call.State.Holder.ShouldBe(ControlHolder.Ivr);
    }

    [Fact]
    public void The_consulted_one_hangs_up_and_the_agent_is_back_with_the_caller()
    {
        var second = Consult();
        call.Input(new LegGone(second, LegEnd.PartyHungUp));
        call.Last<Bridge>().Leg.ShouldBe(agent);
        call.EventTypes[^2..].ShouldBe(["LegEnded", "ConsultEnded"]);
        call.State.Epoch.ShouldBe(2);
    }

    [Fact]
    public void The_consulted_one_refuses_and_nothing_changes_for_the_caller()
    {
        var second = call.Offer();
        call.Input(new LegFailed(second, LegRefusal.Busy, 486));
        call.Order(new ConsultLeg(agent, second, null)).Outcome.ShouldBe(CommandOutcome.NoSuchLeg);
        call.State.Bridged.ShouldBe(agent);
        call.EventTypes[^1].ShouldBe("LegRefused");
    }

    [Fact]
    public void The_caller_hangs_up_while_consulted_and_every_leg_ends_once()
    {
        var second = Consult();
        call.Input(new CallerHungUp());
        call.Events.OfType<LegEnded>().Select(e => e.Leg!.Value).ShouldBe([call.State.CallerLeg, agent, second], ignoreOrder: true);
        call.EventTypes.ShouldNotContain("ConsultEnded");
        call.Input(new RecordingStopped(recording, 1, 500));
        call.State.Phase.ShouldBe(CallPhase.Closed);
    }

    [Fact]
    public void The_agent_hangs_up_while_consulting_and_the_caller_is_alone()
    {
        var second = Consult();
        call.Input(new LegGone(agent, LegEnd.PartyHungUp));
        call.Events.OfType<LegEnded>().Select(e => e.Leg!.Value).ShouldBe([agent, second]);
        call.Events.OfType<ControlChanged>().Count(e => e.Holder == ControlHolder.Ivr && e.Cause == "AgentLegEnded").ShouldBe(1);
        call.State.Bridged.ShouldBeNull();
        call.State.Legs.ShouldBeEmpty();
    }

    [Fact]
    public void The_agent_hangs_up_in_the_conference_and_the_caller_stays_with_the_other()
    {
        var second = Consult();
        Done(new StartConference(agent));
        call.Input(new LegGone(agent, LegEnd.PartyHungUp));
        call.State.Bridged.ShouldBe(second);
        call.Last<Bridge>().Leg.ShouldBe(second);
        call.Last<StartRecording>().Recording.ShouldBe(nextRecording);
        call.State.Holder.ShouldBe(ControlHolder.Routing);
        call.Input(new LegGone(second, LegEnd.PartyHungUp));
        call.EventTypes[^1].ShouldBe("ControlChanged");
    }

    [Fact]
    public void A_hold_ends_with_the_consult_but_not_one_of_the_phone()
    {
        var second = call.OfferAndAccept();
        call.Input(new LegHeld(agent));
        call.Order(new ConsultLeg(agent, second, null)).Outcome.ShouldBe(CommandOutcome.Refused);
        call.Input(new LegRetrieved(agent));
        Done(new HoldLeg(agent));
        Done(new ConsultLeg(agent, second, null));
        call.EventTypes[^3..].ShouldBe(["CallResumed", "ConsultStarted", "ConsultStarted"]);
    }

    [Fact]
    public void A_phone_that_holds_during_the_consult_holds_the_caller_after_it()
    {
        var second = Consult();
        call.Input(new LegHeld(agent));
        call.EventTypes.ShouldNotContain("CallHeld");
        call.Input(new LegGone(second, LegEnd.PartyHungUp));
        call.EventTypes[^2..].ShouldBe(["ConsultEnded", "CallHeld"]);
        call.Actions.FindLast(action => action is Bridge or HoldBridge or Mix).ShouldBeOfType<HoldBridge>().Leg.ShouldBe(agent);
    }

    [Fact]
    public void In_a_state_that_does_not_fit_it_is_refused_with_the_reason()
    {
        Refused(new StartConference(agent)).ShouldContain("consults nobody");
        Refused(new CompleteTransfer(agent)).ShouldContain("consults nobody");
        Refused(new ConsultLeg(agent, agent, null)).ShouldContain("wait for LegAccepted");
        var ringing = call.Offer();
        Refused(new ConsultLeg(agent, ringing, null)).ShouldContain("wait for LegAccepted");
        Refused(new TransferLeg(ringing)).ShouldContain("does not have the caller");
        call.Input(new LegTaken(ringing));
        Done(new ConsultLeg(agent, ringing, null));
        Refused(new TransferLeg(agent)).ShouldContain("does not have the caller");
        Refused(new ConsultLeg(agent, call.OfferAndAccept(), null)).ShouldContain("does not have the caller");
        Refused(new HoldLeg(agent)).ShouldContain("not connected");
        Refused(new WithdrawLeg(ringing)).ShouldContain("use EndLeg");
    }

    [Fact]
    public void Asked_again_it_is_answered_alike_and_done_once()
    {
        var second = call.OfferAndAccept();
        var order = call.Prepare(new ConsultLeg(agent, second, null));
        var first = call.Send(order);
        call.Send(order).ShouldBe(first);
        call.EventTypes.Count(type => type == "ConsultStarted").ShouldBe(2);
    }

    [Fact]
    public void A_blind_transfer_leaves_the_caller_to_Ivr()
    {
        Done(new TransferLeg(agent));
        call.EventTypes[^2..].ShouldBe(["LegEnded", "ControlChanged"]);
        call.Events[^2].ShouldBeOfType<LegEnded>().End.ShouldBe(LegEnd.Transferred);
        call.Events[^1].ShouldBeOfType<ControlChanged>().ShouldSatisfyAllConditions(c => c.Holder.ShouldBe(ControlHolder.Ivr), c => c.Cause.ShouldBe("Transferred"));
        var next = call.OfferAndAccept();
        Done(new TakeControl(ControlHolder.Routing));
        Done(new ConnectAgent(next, null));
        call.Last<Bridge>().Leg.ShouldBe(next);
    }

    [Fact]
    public void A_number_outside_is_dialled_consulted_and_takes_over()
    {
        var outside = Dial("+3581234567");
        Done(new ConsultLeg(agent, outside, null));
        call.EventTypes[^1].ShouldBe("ConsultStarted");
        Done(new CompleteTransfer(agent));
        call.EventTypes.ShouldContain("NumberConnected");
        call.State.Bridged.ShouldBe(outside);
        call.Input(new LegGone(outside, LegEnd.PartyHungUp));
        call.EventTypes[^2..].ShouldBe(["LegEnded", "ControlChanged"]);
        call.Events[^2].ShouldBeOfType<LegEnded>().ShouldSatisfyAllConditions(e => e.Role.ShouldBe(LegRole.External), e => e.Agent.ShouldBeNull());
        call.Events[^1].ShouldBeOfType<ControlChanged>().Cause.ShouldBe("NumberEnded");
    }

    [Fact]
    public void A_number_outside_that_refuses_is_told()
    {
        var outside = Guid.NewGuid();
        Done(new DialNumber(outside, "112", 1000));
        call.Last<DialOut>().Number.ShouldBe("112");
        call.Input(new NumberInvited(outside, "trunk"));
        call.Input(new LegFailed(outside, LegRefusal.Busy, 486));
        call.EventTypes[^2..].ShouldBe(["NumberDialled", "NumberRefused"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("+")]
    [InlineData("12a")]
    [InlineData("1@x")]
    [InlineData("+12+3")]
    [InlineData("123456789012345678901234567890123")]
    public void What_is_no_number_is_refused(string number) => Refused(new DialNumber(Guid.NewGuid(), number, 1000)).ShouldContain("is not a number");

    [Fact]
    public void A_paused_recording_holds_silence_until_it_is_resumed()
    {
        Done(new PauseRecording(agent));
        Done(new PauseRecording(agent));
        call.Last<MuteRecording>().ShouldBe(new MuteRecording(recording, true));
        Done(new ResumeRecording(agent));
        call.Last<MuteRecording>().ShouldBe(new MuteRecording(recording, false));
        call.EventTypes[^2..].ShouldBe(["RecordingPaused", "RecordingResumed"]);
        Done(new PauseRecording(agent));
        call.Input(new CallerHungUp());
        call.Input(new RecordingStopped(recording, 1, 500));
        call.State.Paused.ShouldBeEmpty();
    }

    [Fact]
    public void Keys_go_to_whom_the_agent_speaks_with()
    {
        Done(new SendDigits(agent, "12#"));
        call.Last<SendKeys>().ShouldBe(new SendKeys(call.State.CallerLeg, "12#"));
        var second = Consult();
        Done(new SendDigits(agent, "*"));
        call.Last<SendKeys>().Leg.ShouldBe(second);
        Refused(new SendDigits(agent, "1x")).ShouldContain("send 1 to");
        Refused(new SendDigits(agent, "")).ShouldContain("send 1 to");
    }

    private Guid Consult(Guid? next = null)
    {
        var second = call.OfferAndAccept();
        Done(new ConsultLeg(agent, second, next ?? nextRecording));
        return second;
    }

    private Guid Dial(string number)
    {
        var leg = Guid.NewGuid();
        Done(new DialNumber(leg, number, 1000));
        call.Input(new NumberInvited(leg, "trunk"));
        call.Input(new LegRings(leg));
        call.Input(new LegTaken(leg));
        call.EventTypes[^2..].ShouldBe(["NumberDialled", "NumberAnswered"]);
        return leg;
    }

    private void Mixed(params (Guid Leg, Guid[] HeardBy)[] wanted)
    {
        var voices = call.Last<Mix>().Voices;
        voices.Select(voice => voice.Leg).ShouldBe(wanted.Select(one => one.Leg), ignoreOrder: true);
        foreach (var (leg, heardBy) in wanted)
        {
            voices.Single(voice => voice.Leg == leg).HeardBy.ShouldBe(heardBy, ignoreOrder: true);
        }
    }

    private void Done(CallCommand order) => call.Order(order).ShouldSatisfyAllConditions(r => r.Outcome.ShouldBe(CommandOutcome.Done, $"{order.GetType().Name}: {r.Detail}"));

    private string Refused(CallCommand order)
    {
        var result = call.Order(order);
        result.Outcome.ShouldBe(CommandOutcome.Refused);
        return result.Detail!;
    }
}
