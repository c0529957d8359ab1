using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Telephony;
using CallCenter.Ivr.Flows;
using static CallCenter.Ivr.Flows.FlowCommand;

namespace CallCenter.Ivr.Tests.Flows;

/// <summary>The voicemail step: what ends it and what the call was then.</summary>
public sealed class VoicemailTests : DrivenFlow
{
    [Fact]
    public void After_prompt_and_message_the_flow_goes_on_and_ends_deflected()
    {
        Then("bye");
        ToRecording();
        Sent[^2..].ShouldBe([new Say(DemoFlow.Leave), new TakeMessage(60_000, 4_000)]);
        State!.WaitMs.ShouldBe(60_000 + Interpreter.PlayMs);
        var message = Recorded(soundMs: 3_000);
        Told[^1].ShouldBe(new VoicemailLeft(message, 4_000));
        Sent[^1].ShouldBe(new Say(DemoFlow.Bye));
        Tell(Played());
        Sent[^1].ShouldBeOfType<End>();
        Ended(FlowOutcome.Deflected, over: false);
    }

    [Fact]
    public void A_step_that_is_the_last_hangs_up()
    {
        ToRecording();
        Recorded(soundMs: 3_000);
        Sent[^1].ShouldBeOfType<End>();
        Ended(FlowOutcome.Deflected, over: false);
    }

    [Fact]
    public void A_caller_who_hangs_up_in_the_message_has_left_it_and_the_flow_waits_for_its_end()
    {
        ToRecording();
        var message = Started();
        Tell(Gone(LegEnd.PartyHungUp));
        Told.OfType<FlowEnded>().ShouldBeEmpty("the message's end has not been told");
        State!.WaitMs.ShouldBe(Interpreter.GoneMs);
        Tell(new RecordingEnded(message, 5, 2_100, 2_000));
        Told[^2].ShouldBe(new VoicemailLeft(message, 2_100));
        Ended(FlowOutcome.Deflected, over: true);
    }

    [Fact]
    public void A_dead_gateways_message_is_kept_and_the_failure_is_ours()
    {
        ToRecording();
        var message = Started();
        Tell(Gone(LegEnd.GatewayDied), new RecordingEnded(message, 5, 2_100));
        Told[^2].ShouldBe(new VoicemailLeft(message, 2_100));
        Ended(FlowOutcome.Failed, over: true);
    }

    [Theory]
    [InlineData(0L, 3)]
    [InlineData(499L, 3)]
    [InlineData(3_000L, 0)]
    public void Without_a_word_or_without_a_block_there_is_no_message(long soundMs, int blocks)
    {
        ToRecording();
        Recorded(soundMs, blocks);
        Told.OfType<VoicemailLeft>().ShouldBeEmpty();
        Ended(FlowOutcome.HungUp, over: false);
    }

    [Theory]
    [InlineData(3_000, FlowOutcome.Deflected)]
    [InlineData(0, FlowOutcome.Closed)]
    public void On_the_closed_way_a_call_is_deflected_by_a_message_and_closed_without(long soundMs, FlowOutcome expected)
    {
        Flow = Flow with { Steps = new Dictionary<string, FlowStep>(Flow.Steps) { ["closed"] = new() { Voicemail = new() { Prompt = DemoFlow.Leave } } } };
        Local = DemoFlow.ClosedTime;
        Arrive();
        Tell(Control(ControlHolder.Ivr, 1), new CallAnswered("PCMA"));
        Tell(Played());
        Recorded(soundMs);
        Ended(expected, over: false);
    }

    [Fact]
    public void A_caller_who_hangs_up_before_the_beep_is_over_left_nothing()
    {
        ToRecording();
        Tell(Gone(LegEnd.PartyHungUp));
        Ended(FlowOutcome.CallerGone, over: true);
    }

    [Fact]
    public void A_prompt_that_cannot_be_played_does_not_cost_the_message()
    {
        ToMessage();
        Tell(Played(PlayOutcome.Failed));
        Sent[^1].ShouldBeOfType<TakeMessage>();
    }

    [Fact]
    public void A_message_whose_end_is_never_told_does_not_hold_the_call()
    {
        ToRecording();
        Started();
        Give(new FlowInput.DeadlinePassed());
        Sent[^1].ShouldBeOfType<End>();
        Ended(FlowOutcome.Failed, over: false);
    }

    [Fact]
    public void The_closed_call_of_a_caller_who_left_in_the_message_ends_the_flow()
    {
        ToRecording();
        Started();
        Tell(Gone(LegEnd.PartyHungUp), new CallClosed());
        Ended(FlowOutcome.CallerGone, over: true);
    }

    [Fact]
    public void When_control_is_lost_in_a_message_what_was_said_counts_and_the_step_begins_again()
    {
        ToRecording();
        var message = Started();
        Tell(Control(ControlHolder.Fallback, 2), new RecordingEnded(message, 4, 2_000, 1_900));
        Told[^1].ShouldBe(new VoicemailLeft(message, 2_000));
        Tell(Control(ControlHolder.Ivr, 3));
        Sent[^1].ShouldBe(new Say(DemoFlow.Leave));
        Tell(Gone(LegEnd.PartyHungUp));
        Ended(FlowOutcome.Deflected, over: true);
    }

    private void Then(string next) => Flow = Flow with
    {
        Steps = new Dictionary<string, FlowStep>(Flow.Steps) { ["message"] = new() { Voicemail = Flow.Steps["message"].Voicemail! with { Next = next } } },
    };

    private void ToMessage()
    {
        ToMenu();
        Tell(Digits("*"));
        Sent[^1].ShouldBe(new Say(DemoFlow.Leave));
    }

    private void ToRecording()
    {
        ToMessage();
        Tell(Played());
        State!.Phase.ShouldBe(Phase.Recording);
    }

    private Guid Started()
    {
        Tell(new RecordingStarted(State!.CommandId, null));
        return State!.Message!.Value;
    }

    private Guid Recorded(long soundMs, int blocks = 8)
    {
        var message = Started();
        Tell(new RecordingEnded(message, blocks, 4_000, soundMs));
        return message;
    }

    private static LegEnded Gone(LegEnd end) => new(LegRole.Caller, null, end);
}
