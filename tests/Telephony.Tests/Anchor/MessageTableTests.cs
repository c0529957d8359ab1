using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Anchor;

namespace CallCenter.Telephony.Tests.Anchor;

/// <summary>A message through the table: beep, recording, every way it ends.</summary>
public sealed class MessageTableTests
{
    private readonly TableDriver call = new();
    private readonly Guid recording = Guid.NewGuid();

    public MessageTableTests() => call.Answered();

    [Fact]
    public void After_the_beep_the_caller_alone_is_recorded_until_the_terminator()
    {
        Begin();
        call.Last<Beep>().Command.ShouldBe(call.LastCommand);
        call.EventTypes.ShouldNotContain("RecordingStarted");
        var order = call.LastCommand;
        Beeped();
        call.Events[^1].ShouldBe(new RecordingStarted(recording, null) { Leg = call.State.CallerLeg, OccurredAt = call.Now, Causation = order });
        call.Last<StartMessage>().ShouldBe(new(recording, TimeSpan.FromSeconds(5)));
        call.Last<Arm>().ShouldBe(new(new(TimerKind.Message), TimeSpan.FromMinutes(2)));

        call.Digits("12#");
        call.Last<StopRecording>().Recording.ShouldBe(recording);
        call.State.Activity.ShouldBeNull();
        call.EventTypes.ShouldNotContain("RecordingEnded", "its last block is not on disk yet");
        call.Input(new RecordingStopped(recording, 3, 1400, 900));
        call.Events[^1].ShouldBe(new RecordingEnded(recording, 3, 1400, 900) { Leg = call.State.CallerLeg, OccurredAt = call.Now });
        call.State.Phase.ShouldBe(CallPhase.Answered);
    }

    [Fact]
    public void Silence_the_greatest_length_and_another_order_end_it()
    {
        foreach (var end in (Action[])
        [
            () => call.Input(new MessageSilent(call.State.Recordings.Keys.Single())),
            () => call.Fire(TimerKind.Message),
            () => call.Order(new Play([TableDriver.Clip], Loop: false)),
            () => call.Order(new StopPlaying()),
            () => call.Order(new TakeControl(ControlHolder.Routing)),
        ])
        {
            var own = Guid.NewGuid();
            call.Order(new RecordMessage(own, 120_000, 5_000, "#")).Outcome.ShouldBe(CommandOutcome.Done);
            Beeped();
            end();
            call.Actions.OfType<StopRecording>().Count(s => s.Recording == own).ShouldBe(1);
            call.Input(new RecordingStopped(own, 1, 500, 0));
        }
    }

    [Fact]
    public void The_caller_who_hangs_up_ends_it_and_the_call_closes_after_its_last_block()
    {
        Begin();
        Beeped();
        call.Input(new CallerHungUp());
        call.State.Phase.ShouldBe(CallPhase.Ending);
        call.Input(new RecordingStopped(recording, 2, 900, 800));
        call.EventTypes[^4..].ShouldBe(["RecordingStarted", "LegEnded", "RecordingEnded", "CallClosed"]);
    }

    [Fact]
    public void Before_the_beep_is_over_nothing_is_recorded()
    {
        Begin();
        call.Digits("#");
        call.State.Activity.ShouldNotBeNull("a key in the beep is not the end of a message");
        call.Input(new CallerHungUp());
        call.State.Phase.ShouldBe(CallPhase.Closed);
        call.EventTypes.ShouldNotContain("RecordingStarted");
        call.Actions.OfType<StopRecording>().ShouldBeEmpty();
    }

    [Fact]
    public void Silence_of_an_older_message_does_not_end_this_one()
    {
        Begin();
        Beeped();
        call.Input(new MessageSilent(Guid.NewGuid()));
        call.Actions.OfType<StopRecording>().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(999, 5_000)]
    [InlineData(600_001, 5_000)]
    [InlineData(120_000, 999)]
    [InlineData(120_000, 60_001)]
    public void Beyond_its_limits_it_is_refused(int maxMs, int silenceMs) =>
        call.Order(new RecordMessage(recording, maxMs, silenceMs, "#")).Outcome.ShouldBe(CommandOutcome.Refused);

    [Fact]
    public void A_recording_that_is_known_is_refused()
    {
        Begin();
        Beeped();
        call.Order(new RecordMessage(recording, 120_000, 5_000, "#")).Detail.ShouldBe("the recording is known already: use a new id");
    }

    private void Begin() => call.Order(new RecordMessage(recording, 120_000, 5_000, "#")).Outcome.ShouldBe(CommandOutcome.Done);

    private void Beeped() => call.Input(new PlaybackOver(call.LastCommand, PlayOutcome.Finished, 400));
}
