using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Anchor;

namespace CallCenter.Telephony.Tests.Anchor;

/// <summary>A supervisor who listens, whispers, barges in and takes over.</summary>
public sealed class MonitorTableTests
{
    private readonly TableDriver call = new();
    private readonly Guid agent;
    private readonly Guid supervisor = Guid.NewGuid();
    private readonly Guid leg = Guid.NewGuid();

    public MonitorTableTests() => agent = call.Talking(out _);

    [Theory]
    [InlineData(MonitorMode.Listen)]
    [InlineData(MonitorMode.Whisper)]
    [InlineData(MonitorMode.Barge)]
    public void The_mode_says_who_hears_the_supervisor(MonitorMode mode)
    {
        Join(mode);
        var caller = call.State.CallerLeg;
        var voices = call.Last<Mix>().Voices.ToDictionary(voice => voice.Leg, voice => voice.HeardBy.Order().ToArray());
        voices[caller].ShouldBe(Sorted(agent, leg));
        voices[agent].ShouldBe(Sorted(caller, leg));
        voices[leg].ShouldBe(mode switch { MonitorMode.Listen => [], MonitorMode.Whisper => [agent], _ => Sorted(caller, agent) });
        call.Events[^1].ShouldBeOfType<MonitorStarted>().ShouldSatisfyAllConditions(e => e.Supervisor.ShouldBe(supervisor), e => e.Mode.ShouldBe(mode), e => e.Leg.ShouldBe(leg));
        call.State.Bridged.ShouldBe(agent);
    }

    [Fact]
    public void The_mode_is_changed_without_ringing_again()
    {
        Join(MonitorMode.Listen);
        Monitor(MonitorMode.Whisper).Outcome.ShouldBe(CommandOutcome.Done);
        Monitor(MonitorMode.Whisper).Outcome.ShouldBe(CommandOutcome.Done);
        call.Events.OfType<MonitorStarted>().Select(e => e.Mode).ShouldBe([MonitorMode.Listen, MonitorMode.Whisper]);
        call.Actions.OfType<InviteAgent>().Count(i => i.Leg == leg).ShouldBe(1);
    }

    [Fact]
    public void Who_takes_over_has_the_caller_and_the_agent_is_done()
    {
        Join(MonitorMode.Whisper);
        Monitor(MonitorMode.TakeOver).Outcome.ShouldBe(CommandOutcome.Done);
        call.State.Bridged.ShouldBe(leg);
        call.Last<Bridge>().Leg.ShouldBe(leg);
        call.EventTypes[^2..].ShouldBe(["MonitorStarted", "LegEnded"]);
        call.Events[^1].ShouldBeOfType<LegEnded>().Leg.ShouldBe(agent);
        call.Input(new LegGone(leg, LegEnd.PartyHungUp));
        call.Events[^1].ShouldBeOfType<ControlChanged>().Cause.ShouldBe("SupervisorEnded");
    }

    [Fact]
    public void The_watched_agent_goes_and_so_does_who_listened()
    {
        Join(MonitorMode.Listen);
        call.Input(new LegGone(agent, LegEnd.PartyHungUp));
        call.Events.OfType<LegEnded>().Select(e => e.Role).ShouldBe([LegRole.Agent, LegRole.Supervisor]);
        call.Events.OfType<ControlChanged>().Count(e => e.Holder == ControlHolder.Ivr).ShouldBe(2);
        call.State.Legs.ShouldBeEmpty();
    }

    [Fact]
    public void The_agent_goes_and_the_caller_stays_with_who_barged_in()
    {
        Join(MonitorMode.Barge);
        call.Input(new LegGone(agent, LegEnd.PartyHungUp));
        call.State.Bridged.ShouldBe(leg);
        call.State.Holder.ShouldBe(ControlHolder.Routing);
        call.Events.OfType<MonitorStarted>().Last().Mode.ShouldBe(MonitorMode.TakeOver);
    }

    [Fact]
    public void The_supervisor_leaves_and_the_call_is_as_before()
    {
        Join(MonitorMode.Barge);
        call.Order(new EndLeg(leg)).Outcome.ShouldBe(CommandOutcome.Done);
        call.Last<Bridge>().Leg.ShouldBe(agent);
        call.Events[^1].ShouldBeOfType<LegEnded>().Role.ShouldBe(LegRole.Supervisor);
        call.State.Holder.ShouldBe(ControlHolder.Routing);
    }

    [Fact]
    public void A_supervisor_whose_phone_does_not_answer_is_told_and_changes_nothing()
    {
        Monitor(MonitorMode.Listen);
        call.Input(new LegInvited(leg));
        call.Input(new LegRings(leg));
        call.Input(new LegFailed(leg, LegRefusal.NoAnswer, 408));
        call.EventTypes[^1].ShouldBe("MonitorRefused");
        call.EventTypes.ShouldNotContain("LegRefused");
    }

    [Fact]
    public void While_the_agent_consults_the_supervisor_hears_that_conversation()
    {
        Join(MonitorMode.Listen);
        var second = call.OfferAndAccept();
        call.Order(new ConsultLeg(agent, second, null)).Outcome.ShouldBe(CommandOutcome.Done);
        call.Last<Mix>().Voices.Single(voice => voice.Leg == second).HeardBy.Order().ShouldBe(Sorted(agent, leg));
        call.Last<Mix>().Voices.ShouldNotContain(voice => voice.Leg == call.State.CallerLeg);
    }

    [Fact]
    public void What_cannot_be_watched_is_refused()
    {
        call.Order(new MonitorLeg(leg, supervisor, Guid.NewGuid(), MonitorMode.Listen, 1000)).Outcome.ShouldBe(CommandOutcome.NoSuchLeg);
        call.Order(new MonitorLeg(leg, call.State.Legs[agent].Agent, agent, MonitorMode.Listen, 1000)).Outcome.ShouldBe(CommandOutcome.Refused);
        call.Order(new MonitorLeg(agent, supervisor, agent, MonitorMode.Listen, 1000)).Outcome.ShouldBe(CommandOutcome.Refused);
        Join(MonitorMode.Listen);
        call.Order(new TransferLeg(leg)).Outcome.ShouldBe(CommandOutcome.Refused);
        call.Order(new HoldLeg(leg)).Outcome.ShouldBe(CommandOutcome.Refused);
    }

    private CommandResult Monitor(MonitorMode mode) => call.Order(new MonitorLeg(leg, supervisor, agent, mode, 20_000));

    private void Join(MonitorMode mode)
    {
        Monitor(mode).Outcome.ShouldBe(CommandOutcome.Done);
        call.Input(new LegInvited(leg));
        call.Input(new LegTaken(leg));
    }

    private static Guid[] Sorted(params Guid[] legs) => [.. legs.Order()];
}
