using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Anchor;

namespace CallCenter.Telephony.Tests.Anchor;

/// <summary>A conversation whose agent was lost keeps its recording until the agent is back.</summary>
public sealed class RecordingTableTests
{
    private readonly TableDriver call = new();
    private readonly Guid lost, agent, recording;

    public RecordingTableTests()
    {
        call.Answered();
        agent = Guid.NewGuid();
        lost = Taken(agent);
        call.Order(new TakeControl(ControlHolder.Routing));
        call.Order(new ConnectAgent(lost, recording = Guid.NewGuid()));
    }

    [Fact]
    public void The_agent_who_was_lost_and_is_back_has_the_same_recording()
    {
        call.Input(new LegGone(lost, LegEnd.Lost));
        call.Actions.OfType<StopRecording>().ShouldBeEmpty();
        var back = Connected(agent);
        call.Actions.OfType<StartRecording>().ShouldHaveSingleItem().Recording.ShouldBe(recording);
        call.Fire(TimerKind.Return);
        call.Actions.OfType<StopRecording>().ShouldBeEmpty();

        call.Order(new PauseRecording(back)).Outcome.ShouldBe(CommandOutcome.Done);
        call.Input(new CallerHungUp());
        call.Actions.OfType<StopRecording>().ShouldHaveSingleItem().Recording.ShouldBe(recording);
        call.Input(new RecordingStopped(recording, 9, 4500));
        call.Events.OfType<RecordingEnded>().ShouldHaveSingleItem().Leg.ShouldBe(back);
        call.State.Phase.ShouldBe(CallPhase.Closed);
    }

    [Fact]
    public void A_pause_outlives_the_loss()
    {
        call.Order(new PauseRecording(lost));
        call.Input(new LegGone(lost, LegEnd.Lost));
        var back = Connected(agent);
        call.Actions.OfType<MuteRecording>().ShouldHaveSingleItem().Muted.ShouldBeTrue();
        call.Order(new ResumeRecording(back)).Outcome.ShouldBe(CommandOutcome.Done);
        call.Last<MuteRecording>().ShouldBe(new MuteRecording(recording, false));
    }

    [Fact]
    public void Another_agent_has_a_recording_of_its_own()
    {
        call.Input(new LegGone(lost, LegEnd.Lost));
        var other = Connected(Guid.NewGuid());
        call.Actions.OfType<StopRecording>().ShouldHaveSingleItem().Recording.ShouldBe(recording);
        call.Last<StartRecording>().ShouldSatisfyAllConditions(s => s.Leg.ShouldBe(other), s => s.Recording.ShouldNotBe(recording));
    }

    [Fact]
    public void Nobody_comes_back()
    {
        call.Input(new LegGone(lost, LegEnd.Lost));
        call.Last<Arm>().Timer.Kind.ShouldBe(TimerKind.Control);
        call.Actions.OfType<Arm>().ShouldContain(new Arm(new(TimerKind.Return), RecordingTable.ReturnTime));
        call.Fire(TimerKind.Return);
        call.Actions.OfType<StopRecording>().ShouldHaveSingleItem().Recording.ShouldBe(recording);
    }

    [Fact]
    public void A_message_is_not_recorded_twice()
    {
        call.Input(new LegGone(lost, LegEnd.Lost));
        call.Order(new RecordMessage(Guid.NewGuid(), 2000, 1000, "#")).Outcome.ShouldBe(CommandOutcome.Done);
        call.Actions.OfType<StopRecording>().ShouldHaveSingleItem().Recording.ShouldBe(recording);
    }

    [Fact]
    public void The_caller_goes_while_the_agent_is_away()
    {
        call.Input(new LegGone(lost, LegEnd.Lost));
        call.Input(new CallerHungUp());
        call.Input(new RecordingStopped(recording, 9, 4500));
        call.Events.OfType<RecordingEnded>().ShouldHaveSingleItem().Leg.ShouldBe(lost);
        call.State.Phase.ShouldBe(CallPhase.Closed);
    }

    [Fact]
    public void An_agent_who_hung_up_is_not_waited_for()
    {
        call.Input(new LegGone(lost, LegEnd.PartyHungUp));
        call.Actions.OfType<StopRecording>().ShouldHaveSingleItem().Recording.ShouldBe(recording);
    }

    private Guid Taken(Guid by)
    {
        var leg = Guid.NewGuid();
        call.Order(new OfferLeg(leg, by, 20_000)).Outcome.ShouldBe(CommandOutcome.Done);
        call.Input(new LegInvited(leg));
        call.Input(new LegTaken(leg));
        return leg;
    }

    private Guid Connected(Guid by)
    {
        var leg = Taken(by);
        call.Order(new TakeControl(ControlHolder.Routing));
        call.Order(new ConnectAgent(leg, Guid.NewGuid())).Outcome.ShouldBe(CommandOutcome.Done);
        return leg;
    }
}
