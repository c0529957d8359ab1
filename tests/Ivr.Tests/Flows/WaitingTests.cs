using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Telephony;
using CallCenter.Ivr.Announcements;
using CallCenter.Ivr.Flows;
using static CallCenter.Ivr.Flows.FlowCommand;

namespace CallCenter.Ivr.Tests.Flows;

/// <summary>What a caller hears in the queue.</summary>
public sealed class WaitingTests : DrivenFlow
{
    private static readonly FlowInput.PlaceKnown Third = new(new(3, 150_000, 2, 3, null), [new("place", 2_000), new("wait", 3_000)]);

    [Fact]
    public void A_waiting_caller_is_told_the_place_on_entry_and_again_between_the_music()
    {
        ToQueue("2");
        Asked.ShouldBe([DemoFlow.Support]);
        Give(Third);
        Sent[^1].ShouldBe(new Announce(Third.Place, Third.Clips));
        Told.OfType<WaitAnnounced>().ShouldBeEmpty("it has not been heard yet");
        Tell(Played());
        Told[^1].ShouldBe(new WaitAnnounced(DemoFlow.Support, 3, 150_000, null));
        Sent[^1].ShouldBe(new Music(DemoFlow.Music));
        (State!.WaitMs, State.Told).ShouldBe((25_000, Third.Place), "30 s from the beginning of one to the next");

        Give(new FlowInput.DeadlinePassed());
        (Asked.Count, State!.Phase, State.WaitMs, Sent[^1]).ShouldBe((2, Phase.Waiting, 30_000, new Music(DemoFlow.Music)), "the music goes on meanwhile");
        var longer = new WaitingPlace(4, 200_000, 1, 4, LongerWait.AgentsLeft);
        Give(new FlowInput.PlaceKnown(longer, Third.Clips));
        Tell(Played());
        Told[^1].ShouldBe(new WaitAnnounced(DemoFlow.Support, 4, 200_000, LongerWait.AgentsLeft));
    }

    [Theory]
    [InlineData(PlayOutcome.Failed)]
    [InlineData(null)]
    public void An_announcement_that_was_not_heard_is_not_told_and_the_music_goes_on(PlayOutcome? outcome)
    {
        ToQueue("2");
        Give(Third);
        if (outcome is { } how)
        {
            Tell(Played(how));
        }
        else
        {
            Fails(CommandOutcome.Expired);
        }

        Told.OfType<WaitAnnounced>().ShouldBeEmpty();
        (Sent[^1], State!.WaitMs, State.Told).ShouldBe((new Music(DemoFlow.Music), 25_000, null));
    }

    [Fact]
    public void Who_comes_back_from_a_lost_agent_is_told_anew()
    {
        ToQueue("2");
        Give(Third);
        Tell(Played());
        Tell(Control(ControlHolder.Routing, 2), new AgentAnswered(Agent) { Leg = AgentLeg }, AgentEnds(LegEnd.Lost), Control(ControlHolder.Ivr, 3));
        Sent[^1].ShouldBe(new Say(DemoFlow.AgentLost));
        Asked.Count.ShouldBe(1);
        Tell(Played());
        (Asked.Count, Sent[^1], State!.Told).ShouldBe((2, new Music(DemoFlow.Music), null));
    }

    [Fact]
    public void Without_announcements_nothing_is_asked_and_an_answer_that_is_late_is_not_said()
    {
        ToQueue("1");
        Give(Third);
        (Asked.Count, State!.Phase).ShouldBe((0, Phase.Waiting));
        Tell(Control(ControlHolder.Routing, 2), new AgentAnswered(Agent) { Leg = AgentLeg });
        Give(Third);
        State!.Phase.ShouldBe(Phase.Away);
    }
}
