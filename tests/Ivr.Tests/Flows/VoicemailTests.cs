using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Telephony;
using CallCenter.Ivr.Flows;
using static CallCenter.Ivr.Flows.FlowCommand;

namespace CallCenter.Ivr.Tests.Flows;

/// <summary>The voicemail step: what ends it and what the call was then.</summary>
public sealed class VoicemailTests
{
    private FlowDefinition flow = DemoFlow.Create();
    private FlowState? state;
    private DateTime at;
    private readonly List<DomainEvent> told = [];
    private readonly List<FlowCommand> sent = [];

    [Fact]
    public void After_prompt_and_message_the_flow_goes_on_and_ends_deflected()
    {
        Then("bye");
        ToRecording();
        sent[^2..].ShouldBe([new Say(DemoFlow.Leave), new TakeMessage(60_000, 4_000)]);
        state!.WaitMs.ShouldBe(60_000 + Interpreter.PlayMs);
        var message = Recorded(soundMs: 3_000);
        told[^1].ShouldBe(new VoicemailLeft(message, 4_000));
        sent[^1].ShouldBe(new Say(DemoFlow.Bye));
        Tell(new PlayFinished(state!.CommandId, PlayOutcome.Finished, 900));
        sent[^1].ShouldBeOfType<End>();
        Ended(FlowOutcome.Deflected);
    }

    [Fact]
    public void A_step_that_is_the_last_hangs_up()
    {
        ToRecording();
        Recorded(soundMs: 3_000);
        sent[^1].ShouldBeOfType<End>();
        Ended(FlowOutcome.Deflected);
    }

    [Fact]
    public void A_caller_who_hangs_up_in_the_message_has_left_it_and_the_flow_waits_for_its_end()
    {
        ToRecording();
        var message = Started();
        Tell(Gone(LegEnd.PartyHungUp));
        told.OfType<FlowEnded>().ShouldBeEmpty("the message's end has not been told");
        state!.WaitMs.ShouldBe(Interpreter.GoneMs);
        Tell(new RecordingEnded(message, 5, 2_100, 2_000));
        told[^2].ShouldBe(new VoicemailLeft(message, 2_100));
        Ended(FlowOutcome.Deflected);
        state.ShouldBeNull();
    }

    [Fact]
    public void A_dead_gateways_message_is_kept_and_the_failure_is_ours()
    {
        ToRecording();
        var message = Started();
        Tell(Gone(LegEnd.GatewayDied), new RecordingEnded(message, 5, 2_100));
        told[^2].ShouldBe(new VoicemailLeft(message, 2_100));
        Ended(FlowOutcome.Failed);
    }

    [Theory]
    [InlineData(0L, 3)]
    [InlineData(499L, 3)]
    [InlineData(3_000L, 0)]
    public void Without_a_word_or_without_a_block_there_is_no_message(long soundMs, int blocks)
    {
        ToRecording();
        Recorded(soundMs, blocks);
        told.OfType<VoicemailLeft>().ShouldBeEmpty();
        Ended(FlowOutcome.HungUp);
    }

    [Theory]
    [InlineData(3_000, FlowOutcome.Deflected)]
    [InlineData(0, FlowOutcome.Closed)]
    public void On_the_closed_way_a_call_is_deflected_by_a_message_and_closed_without(long soundMs, FlowOutcome expected)
    {
        flow = flow with { Steps = new Dictionary<string, FlowStep>(flow.Steps) { ["closed"] = new() { Voicemail = new() { Prompt = DemoFlow.Leave } } } };
        Arrive(DemoFlow.ClosedTime);
        Tell(Played());
        Recorded(soundMs);
        Ended(expected);
    }

    [Fact]
    public void A_caller_who_hangs_up_before_the_beep_is_over_left_nothing()
    {
        ToRecording();
        Tell(Gone(LegEnd.PartyHungUp));
        Ended(FlowOutcome.CallerGone);
        state.ShouldBeNull();
    }

    [Fact]
    public void A_prompt_that_cannot_be_played_does_not_cost_the_message()
    {
        ToMessage();
        Tell(Played(PlayOutcome.Failed));
        sent[^1].ShouldBeOfType<TakeMessage>();
    }

    [Fact]
    public void A_message_whose_end_is_never_told_does_not_hold_the_call()
    {
        ToRecording();
        Started();
        Give(new FlowInput.DeadlinePassed());
        sent[^1].ShouldBeOfType<End>();
        Ended(FlowOutcome.Failed);
    }

    [Fact]
    public void The_closed_call_of_a_caller_who_left_in_the_message_ends_the_flow()
    {
        ToRecording();
        Started();
        Tell(Gone(LegEnd.PartyHungUp), new CallClosed());
        Ended(FlowOutcome.CallerGone);
        state.ShouldBeNull();
    }

    [Fact]
    public void When_control_is_lost_in_a_message_what_was_said_counts_and_the_step_begins_again()
    {
        ToRecording();
        var message = Started();
        Tell(new ControlChanged(ControlHolder.Fallback, 2, "test"), new RecordingEnded(message, 4, 2_000, 1_900));
        told[^1].ShouldBe(new VoicemailLeft(message, 2_000));
        Tell(new ControlChanged(ControlHolder.Ivr, 3, "test"));
        sent[^1].ShouldBe(new Say(DemoFlow.Leave));
        Tell(Gone(LegEnd.PartyHungUp));
        Ended(FlowOutcome.Deflected);
    }

    private void Then(string next) => flow = flow with
    {
        Steps = new Dictionary<string, FlowStep>(flow.Steps) { ["message"] = new() { Voicemail = flow.Steps["message"].Voicemail! with { Next = next } } },
    };

    private void Arrive(DateTime local)
    {
        at = local;
        Take(Interpreter.Start(flow, DemoFlow.Id, 7, new CallArrived("gw", "040", "09", "trunk", DemoFlow.Id, 0), Guid.CreateVersion7()));
        Tell(new ControlChanged(ControlHolder.Ivr, 1, "test"), new CallAnswered("PCMA"));
    }

    private void ToMessage()
    {
        Arrive(DemoFlow.OpenTime);
        Tell(Played());
        Tell(new DigitsCollected(state!.CommandId, CollectOutcome.Complete, "*"));
        sent[^1].ShouldBe(new Say(DemoFlow.Leave));
    }

    private void ToRecording()
    {
        ToMessage();
        Tell(Played());
        state!.Phase.ShouldBe(Phase.Recording);
    }

    private Guid Started()
    {
        Tell(new RecordingStarted(state!.CommandId, null));
        return state!.Message!.Value;
    }

    private Guid Recorded(long soundMs, int blocks = 8)
    {
        var message = Started();
        Tell(new RecordingEnded(message, blocks, 4_000, soundMs));
        return message;
    }

    private PlayFinished Played(PlayOutcome outcome = PlayOutcome.Finished) => new(state!.CommandId, outcome, 900);

    private static LegEnded Gone(LegEnd end) => new(LegRole.Caller, null, end);

    private void Tell(params ContactEvent[] events)
    {
        foreach (var e in events)
        {
            Give(new FlowInput.Told(e));
        }
    }

    private void Give(FlowInput input) => Take(Interpreter.Decide(flow, state!, input, Guid.CreateVersion7(), at));

    private void Take(Decision decision)
    {
        state = decision.State;
        told.AddRange(decision.Actions.OfType<FlowAction.Tell>().Select(t => t.Event));
        sent.AddRange(decision.Actions.OfType<FlowAction.Send>().Select(s => s.Command));
    }

    private void Ended(FlowOutcome outcome)
    {
        told.OfType<FlowEnded>().ShouldHaveSingleItem().Outcome.ShouldBe(outcome);
        told[^1].ShouldBeOfType<FlowEnded>().Final.ShouldBeTrue();
    }
}
