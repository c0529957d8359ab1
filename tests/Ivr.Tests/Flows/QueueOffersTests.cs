using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Telephony;
using CallCenter.Ivr.Announcements;
using CallCenter.Ivr.Flows;
using static CallCenter.Ivr.Flows.FlowCommand;

namespace CallCenter.Ivr.Tests.Flows;

/// <summary>What a caller chooses by a key in the queue.</summary>
public sealed class QueueOffersTests : DrivenFlow
{
    private static readonly FlowInput.PlaceKnown Place = new(new(3, 150_000, 2, 3, null) { Callback = true }, [new("place", 2_000)]);

    public QueueOffersTests()
    {
        var offers = new QueueOffers { Callback = new() { Key = "1" }, Voicemail = new() { Key = "2", Step = "message" }, Exit = new() { Key = "#", Step = "menu" } };
        var support = Flow.Steps["support"];
        Flow = Flow with
        {
            Steps = new Dictionary<string, FlowStep>(Flow.Steps) { ["support"] = support with { Queue = support.Queue! with { Offers = offers } } },
        };
    }

    [Fact]
    public void The_own_number_is_read_and_confirmed_and_the_contact_is_deflected()
    {
        Presses("1");
        Spoken(new(TalkStage.Confirm, "040"));
        Sent[^1].ShouldBeOfType<Converse>().MaxDigits.ShouldBe(1);
        Tell(Digits("1"));
        Sent[^1].ShouldBe(new Check("040"));
        Told.OfType<CallbackRequested>().ShouldBeEmpty();
        Give(new FlowInput.CommandDone(new CommandResult(State!.CommandId, CommandOutcome.Done, 1, null)));
        Told.OfType<CallbackRequested>().Single().ShouldBe(new CallbackRequested(DemoFlow.Support, "040", Flow.Language));
        Spoken(new(TalkStage.Thank));
        Tell(Played());
        Sent[^1].ShouldBeOfType<End>();
        Ended(FlowOutcome.Deflected, over: false);
    }

    [Fact]
    public void Another_number_is_typed_and_read_back()
    {
        Presses("1");
        Spoken(new(TalkStage.Confirm, "040"));
        Tell(Digits("2"));
        Spoken(new(TalkStage.Type));
        Sent[^1].ShouldBeOfType<Converse>().Terminators.ShouldBe("#");
        Tell(Digits("0501234567"));
        Spoken(new(TalkStage.Confirm, "0501234567"));
        Tell(Digits("1"));
        Sent[^1].ShouldBe(new Check("0501234567"));
    }

    [Fact]
    public void A_number_that_may_not_be_dialled_is_refused_and_the_caller_waits_on()
    {
        Presses("1");
        Spoken(new(TalkStage.Confirm, "040"));
        Tell(Digits("1"));
        Fails(CommandOutcome.Refused);
        Spoken(new(TalkStage.Refuse));
        Tell(Played());
        (State!.Phase, State.Talk).ShouldBe((Phase.Waiting, null));
        Told.OfType<CallbackRequested>().ShouldBeEmpty();
    }

    [Fact]
    public void Who_confirmed_and_hung_up_at_once_is_called_back()
    {
        Presses("1");
        Spoken(new(TalkStage.Confirm, "040"));
        Tell(Digits("1"));
        Tell(new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp));
        Told.OfType<CallbackRequested>().ShouldHaveSingleItem();
        Ended(FlowOutcome.Deflected, over: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("9")]
    public void Silence_or_another_key_lets_the_caller_wait_on(string key)
    {
        Presses("1");
        Spoken(new(TalkStage.Confirm, "040"));
        Tell(Digits(key));
        State!.Phase.ShouldBe(Phase.Waiting);
        Sent[^1].ShouldBeOfType<Music>().Interruptible.ShouldBeTrue();
        Told.OfType<QueueRequested>().ShouldHaveSingleItem("the place is the one it was");
    }

    [Fact]
    public void What_cannot_be_spoken_in_time_lets_the_caller_wait_on()
    {
        Presses("1");
        State!.Phase.ShouldBe(Phase.Choosing);
        Give(new FlowInput.DeadlinePassed());
        State!.Phase.ShouldBe(Phase.Waiting);
    }

    [Fact]
    public void An_agent_who_comes_free_ends_the_choosing()
    {
        Presses("1");
        Tell(Control(ControlHolder.Routing, 2), new AgentAnswered(Agent) { Leg = AgentLeg });
        (State!.Phase, State.Talk).ShouldBe((Phase.Away, null));
        Spoken(new(TalkStage.Confirm, "040"));
        State.Phase.ShouldBe(Phase.Away);
    }

    [Fact]
    public void A_queue_that_takes_no_callbacks_now_does_not_hear_the_key()
    {
        Presses("1", Place with { Place = Place.Place with { Callback = false } });
        State!.Phase.ShouldBe(Phase.Waiting);
    }

    [Theory]
    [InlineData("2", "message")]
    [InlineData("#", "menu")]
    public void The_other_keys_leave_the_queue(string key, string step)
    {
        Presses(key);
        Told.OfType<QueueExited>().ShouldHaveSingleItem().Queue.ShouldBe(DemoFlow.Support);
        State!.Step.ShouldBe(step);
    }

    [Fact]
    public void A_placed_call_whose_agent_is_lost_before_a_word_asks_for_the_queue()
    {
        var placed = new CallPlaced("gw", "040", "09", DemoFlow.Id, DemoFlow.Support, 1);
        var begun = Interpreter.StartPlaced(Flow, DemoFlow.Id, 7, placed, "support", Guid.NewGuid()).State!;
        var answered = Interpreter.Decide(Flow, begun, new FlowInput.Told(new CallAnswered("PCMA")), Guid.NewGuid(), Local).State!;
        var alone = Interpreter.Decide(Flow, answered, new FlowInput.Told(Control(ControlHolder.Ivr, 3)), Guid.NewGuid(), Local);
        alone.Actions.OfType<FlowAction.Tell>().Single().Event.ShouldBeOfType<QueueRequested>().Returning.ShouldBeTrue();
        alone.State!.Phase.ShouldBe(Phase.Waiting);
    }

    [Fact]
    public void Every_language_has_all_sentences()
    {
        foreach (var language in WaitText.Known)
        {
            OfferText.Choices(language, new QueueOffers { Callback = new() { Key = "1" }, Voicemail = new() { Key = "*" }, Exit = new() { Key = "#" } }, callback: true).Count().ShouldBe(7);
            OfferText.Of(language, new CallbackTalk(TalkStage.Confirm, "+3584")).Count.ShouldBe(7);
            foreach (var stage in new[] { TalkStage.Type, TalkStage.Refuse, TalkStage.Thank })
            {
                OfferText.Of(language, new CallbackTalk(stage)).ShouldHaveSingleItem().ShouldNotBeEmpty();
            }
        }
    }

    [Fact]
    public void A_key_before_the_first_announcement_does_not_put_it_off()
    {
        ToQueue("2");
        Tell(Played(PlayOutcome.Interrupted));
        Give(Place);
        Asked.Clear();
        Tell(Digits("1"));
        Asked.ShouldHaveSingleItem();
        Give(Place);
        Sent[^1].ShouldBeOfType<Announce>();
        Tell(Played(PlayOutcome.Interrupted));
        Tell(Digits("1"));
        Spoken(new(TalkStage.Confirm, "040"));
    }

    private void Presses(string key, FlowInput.PlaceKnown? place = null)
    {
        ToQueue("2");
        Give(place ?? Place);
        Tell(Played(PlayOutcome.Interrupted));
        Sent[^1].ShouldBeOfType<Converse>().Clips.ShouldBeEmpty();
        Tell(Digits(key));
    }

    private void Spoken(CallbackTalk talk) => Give(new FlowInput.Spoken(talk, [new("said", 1_000)]));
}
