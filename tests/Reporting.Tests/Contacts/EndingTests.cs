using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Reporting.Contacts;

namespace CallCenter.Reporting.Tests.Contacts;

/// <summary>What a history says of each kind of ending, to the millisecond.</summary>
public class EndingTests
{
    [Fact]
    public void Rejected_call_is_all_alerting()
    {
        var history = Fold(Calls.Rejected(new Script()));
        history.Termination.ShouldBe("Rejected(limit)");
        history.EndedAt.ShouldBe(Script.Start.AddMilliseconds(6));
        Leg(history, 0).ShouldBe(("Rejected", new Phases(3, 0, 0, 0, 0, 0, 0, 0)));
    }

    [Fact]
    public void Call_rejected_before_it_arrived_has_no_length_and_the_numbers_it_was_refused_with()
    {
        var history = Fold(new Script().Telephony(0, new CallRejected("limit", 503, "+358401234567", "+358800100200")).Telephony(0, new CallClosed())
            .Routing(5, new ContactEnded(new Termination(TerminationKind.Rejected, "limit"), 1)));
        (history.Termination, history.Caller, history.Called).ShouldBe(("Rejected(limit)", "+358401234567", "+358800100200"));
        Leg(history, 0).ShouldBe(("Rejected", new Phases(0, 0, 0, 0, 0, 0, 0, 0)));
    }

    [Fact]
    public void Abandoned_in_the_menu()
    {
        var history = Fold(Calls.AbandonedInMenu(new Script()));
        history.Termination.ShouldBe("CallerAbandoned");
        (history.Queue, history.Agent).ShouldBe((null, null));
        (history.Channel, history.Caller, history.Called).ShouldBe(("VoiceIn", "+35840111", "+35891234"));
        Leg(history, 0).ShouldBe(("PartyHungUp", new Phases(150, 4_050, 0, 0, 0, 0, 0, 0)));
    }

    [Fact]
    public void Abandoned_in_the_queue()
    {
        var history = Fold(Calls.AbandonedInQueue(new Script()));
        history.Termination.ShouldBe("ShortAbandon");
        history.Queue.ShouldBe(Calls.Queue);
        Leg(history, 0).ShouldBe(("PartyHungUp", new Phases(150, 4_855, 2_996, 0, 0, 0, 0, 0)));
    }

    [Fact]
    public void Abandoned_while_an_agent_rings()
    {
        var history = Fold(Calls.AbandonedWhileRinging(new Script()));
        history.Agent.ShouldBeNull("nobody answered");
        Leg(history, 0).ShouldBe(("PartyHungUp", new Phases(150, 4_855, 8_495, 0, 0, 0, 0, 0)));
        Leg(history, 1).ShouldBe(("CallerGone", new Phases(0, 0, 0, 3_505, 0, 0, 0, 0)));
        history.Legs[1].User.ShouldBe(Calls.Anna);
    }

    [Fact]
    public void Offer_that_is_taken_back_while_its_invite_is_on_the_way_ends_as_routing_says()
    {
        var history = Fold(Calls.AbandonedAsThePhoneIsAsked(new Script()));
        Leg(history, 1).ShouldBe(("CallerGone", new Phases(0, 0, 0, 20, 0, 0, 0, 0)));
    }

    [Fact]
    public void Talk_with_wrap_up_and_recording()
    {
        var history = Fold(Calls.Talk(new Script()));
        history.Termination.ShouldBe("Completed");
        history.Agent.ShouldBe(Calls.Anna);
        history.Recordings.ShouldBe([Calls.Recording]);
        history.EndedAt.ShouldBe(Script.Start.AddMilliseconds(90_000), "the end of the wrap-up");
        Leg(history, 0).ShouldBe(("PartyHungUp", new Phases(150, 4_855, 9_003, 0, 60_313, 0, 0, 0)));
        Leg(history, 1).ShouldBe(("Ended", new Phases(0, 0, 0, 4_003, 60_315, 0, 0, 15_677)));
        history.Legs[0].Role.ShouldBe(LegRole.Caller);
        history.Legs[0].User.ShouldBeNull();
    }

    [Fact]
    public void Hold_is_apart_from_talk_on_both_legs()
    {
        var history = Fold(Calls.Hold(new Script()));
        Leg(history, 0).Phases.ShouldBe(new Phases(150, 4_855, 9_003, 0, 20_492, 6_734, 0, 0));
        Leg(history, 1).Phases.ShouldBe(new Phases(0, 0, 0, 4_003, 20_492, 6_736, 0, 0));
    }

    [Fact]
    public void No_answer_then_another_agent()
    {
        var history = Fold(Calls.NoAnswerThenAnother(new Script()));
        history.Agent.ShouldBe(Calls.Bo);
        Leg(history, 0).Phases.ShouldBe(new Phases(150, 4_855, 28_003, 0, 26_992, 0, 0, 0), "the queue goes on through the miss");
        Leg(history, 1).ShouldBe(("NoAnswer", new Phases(0, 0, 0, 20_005, 0, 0, 0, 0)));
        Leg(history, 2).ShouldBe(("Ended", new Phases(0, 0, 0, 2_983, 26_994, 0, 0, 2_998)));
    }

    [Fact]
    public void Agent_lost_and_the_caller_returned_to_another()
    {
        var history = Fold(Calls.AgentLost(new Script()));
        history.Agent.ShouldBe(Calls.Bo, "who talked last");
        Leg(history, 0).Phases.ShouldBe(new Phases(150, 4_855 + 60, 9_003 + 2_948, 0, 5_992 + 26_992, 0, 0, 0));
        Leg(history, 1).ShouldBe(("Lost", new Phases(0, 0, 0, 4_003, 5_992, 0, 0, 0)));
        Leg(history, 2).Outcome.ShouldBe("Ended");
    }

    [Fact]
    public void Offer_that_found_no_phone_is_a_leg_from_offer_to_its_end()
    {
        var history = Fold(Calls.NoPhone(new Script()));
        Leg(history, 0).Phases.Queue.ShouldBe(13_995);
        Leg(history, 1).ShouldBe(("Unreachable", new Phases(0, 0, 0, 250, 0, 0, 0, 0)));
    }

    [Fact]
    public void Gateway_died_in_talk()
    {
        var history = Fold(Calls.GatewayDied(new Script()));
        history.Termination.ShouldBe("Failed(gateway, ours)");
        history.Legs.ShouldAllBe(l => l.Outcome == "GatewayDied" && l.EndedAt == Script.Start.AddMilliseconds(31_000));
        Leg(history, 1).Phases.WrapUp.ShouldBe(64_000, "ended by the restart that found its deadline passed");
    }

    [Fact]
    public void Live_contact_has_no_end_and_counts_phases_that_have_ended()
    {
        var history = Fold(Calls.Connect(Calls.Offer(Calls.ToQueue(new Script()), 10_000, Calls.FirstLeg, Calls.Anna), 14_000, Calls.FirstLeg, Calls.Anna));
        (history.EndedAt, history.Termination).ShouldBe((null, null));
        history.Legs.ShouldAllBe(l => l.EndedAt == null && l.Outcome == null);
        Leg(history, 0).Phases.ShouldBe(new Phases(150, 4_855, 9_003, 0, 0, 0, 0, 0));
    }

    [Fact]
    public void Correction_of_a_provisional_end_is_in_force()
    {
        var script = Calls.GatewayDied(new Script());
        script.Routing(99_000, new ContactEnded(new Termination(TerminationKind.Completed), 2));
        var history = Fold(script);
        history.Termination.ShouldBe("Completed");
        history.EndedAt.ShouldBe(Script.Start.AddMilliseconds(99_000));
    }

    [Fact]
    public void Lost_ends_of_legs_are_closed_with_the_call()
    {
        var script = Calls.Talk(new Script());
        var history = ContactFold.Of(script.Events.Where(e => e is not LegEnded).ToList()).ShouldNotBeNull();
        history.Legs.ShouldAllBe(l => l.Outcome == "Unknown" && l.EndedAt == Script.Start.AddMilliseconds(74_324));
        Sums.ShouldBeExact(history);
    }

    [Fact]
    public void Events_that_say_nothing_of_the_history_give_none() =>
        ContactFold.Of([.. new Script().Ivr(0, new FlowStarted(Script.Id(500), 1, "fi")).Events]).ShouldBeNull();

    private static ContactHistory Fold(Script script)
    {
        var history = ContactFold.Of([.. script.Events]).ShouldNotBeNull();
        Sums.ShouldBeExact(history);
        return history;
    }

    private static (string? Outcome, Phases Phases) Leg(ContactHistory history, int n) => (history.Legs[n].Outcome, history.Legs[n].Phases);
}
