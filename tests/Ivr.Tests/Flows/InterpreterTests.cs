using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Telephony;
using CallCenter.Ivr.Flows;
using static CallCenter.Ivr.Flows.FlowCommand;

namespace CallCenter.Ivr.Tests.Flows;

public sealed class InterpreterTests : DrivenFlow
{
    [Fact]
    public void A_call_takes_control_is_answered_greeted_and_asked()
    {
        ToMenu();
        Sent[..3].ShouldBe([new Take(), new Answer(), new Say(DemoFlow.Greeting)]);
        var ask = Sent[3].ShouldBeOfType<Ask>();
        ask.Prompts.ShouldBe([DemoFlow.Menu]);
        ask.FirstDigitMs.ShouldBe(5000);
        Told.Single().ShouldBe(new FlowStarted(DemoFlow.Id, 7, "fi"));
    }

    [Theory]
    [InlineData("1", "sales")]
    [InlineData("2", "support")]
    public void A_key_leads_to_its_queue_with_music(string digit, string step)
    {
        ToQueue(digit);
        var queue = Flow.Steps[step].Queue!;
        Told[^2..].ShouldBe([new MenuChosen("menu", digit), new QueueRequested(queue.Queue, Returning: false)]);
        Sent[^1].ShouldBe(new Music(queue.Music));
        State!.WaitMs.ShouldBe(queue.Announce?.EverySeconds * 1000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Outside_hours_the_call_goes_the_closed_way_and_ends_as_closed(bool callerHangsUpFirst)
    {
        Local = DemoFlow.ClosedTime;
        Arrive();
        Tell(Control(ControlHolder.Ivr, 1), new CallAnswered("PCMA"));
        Sent[^1].ShouldBe(new Say(DemoFlow.Bye));
        Tell(callerHangsUpFirst ? new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp) : Played());
        Ended(FlowOutcome.Closed, over: callerHangsUpFirst);
    }

    [Fact]
    public void A_prompt_may_be_interrupted_and_begin_with_a_pause()
    {
        var play = Flow.Steps["greeting"].Play! with { Interruptible = true, PauseMs = 700 };
        Flow = Flow with { Steps = new Dictionary<string, FlowStep>(Flow.Steps) { ["greeting"] = new() { Play = play } } };
        Arrive();
        Tell(Control(ControlHolder.Ivr, 1), new CallAnswered("PCMA"));
        Sent[^1].ShouldBe(new Say(DemoFlow.Greeting) { Interruptible = true, PauseMs = 700 });
        Tell(Played(PlayOutcome.Interrupted));
        State!.Phase.ShouldBe(Phase.Collecting);
    }

    [Fact]
    public void Keys_typed_on_count_for_the_next_menu_but_not_after_a_wrong_one()
    {
        ToMenu();
        Sent[^1].ShouldBeOfType<Ask>().Clear.ShouldBeFalse();
        Tell(Digits("5"));
        Sent[^1].ShouldBeOfType<Ask>().Clear.ShouldBeTrue();
    }

    [Fact]
    public void A_queue_may_have_a_soft_tone_instead_of_music()
    {
        Flow = Flow with { Steps = new Dictionary<string, FlowStep>(Flow.Steps) { ["sales"] = new() { Queue = new() { Queue = DemoFlow.Sales, ComfortTone = true } } } };
        ToQueue("1");
        Sent[^1].ShouldBe(new Music(null) { ComfortTone = true });
    }

    [Fact]
    public void A_tenant_whose_zone_is_not_known_is_open()
    {
        Local = null;
        ToMenu();
        State!.Closed.ShouldBeFalse();
    }

    [Theory]
    [InlineData("", "", "", 3, 0)]
    [InlineData("5", "", "#", 1, 2)]
    [InlineData("7", "8", "0", 0, 3)]
    public void Silence_and_wrong_keys_lead_out_after_the_attempts(string first, string second, string third, int noInput, int noMatch)
    {
        ToMenu();
        foreach (var digit in new[] { first, second })
        {
            Tell(Digits(digit));
            Sent[^1].ShouldBeOfType<Ask>().Prompts.ShouldBe([digit.Length == 0 ? DemoFlow.NoInput : DemoFlow.NoMatch, DemoFlow.Menu]);
        }

        Tell(Digits(third));
        Told[^1].ShouldBe(new MenuFailed("menu", noInput, noMatch));
        Sent[^1].ShouldBe(new Say(DemoFlow.Bye));
        Tell(Played());
        Sent[^1].ShouldBeOfType<End>();
        Ended(FlowOutcome.HungUp, over: false);
        Tell(new LegEnded(LegRole.Caller, null, LegEnd.Ended));
        Ended(FlowOutcome.HungUp, over: true);
    }

    [Fact]
    public void Attempts_count_anew_when_the_menu_is_entered_again()
    {
        ToMenu();
        Tell(Digits(""));
        Tell(Digits(""));
        Tell(Digits("9"));
        Tell(Played());
        State!.NoInput.ShouldBe(0);
        State.Phase.ShouldBe(Phase.Collecting);
    }

    [Theory]
    [InlineData(LegEnd.PartyHungUp, true)]
    [InlineData(LegEnd.PartyHungUp, false)]
    [InlineData(LegEnd.Ended, true)]
    public void The_agent_hangs_up_and_the_call_is_ended(LegEnd end, bool controlFirst)
    {
        ToTalk("1");
        ContactEvent[] events = [Control(ControlHolder.Ivr, 3), AgentEnds(end)];
        Tell(controlFirst ? events : [events[1], events[0]]);
        Sent[^1].ShouldBeOfType<End>();
        Ended(FlowOutcome.AgentEnded, over: false);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_agent_is_lost_and_the_caller_waits_again(bool controlFirst)
    {
        ToTalk("2");
        ContactEvent[] events = [Control(ControlHolder.Ivr, 3), AgentEnds(LegEnd.Lost)];
        Tell(controlFirst ? events : [events[1], events[0]]);
        Told[^1].ShouldBe(new QueueRequested(DemoFlow.Support, Returning: true));
        Sent[^1].ShouldBe(new Say(DemoFlow.AgentLost));
        Tell(Played());
        Sent[^1].ShouldBe(new Music(DemoFlow.Music));
        State!.Epoch.ShouldBe(3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_caller_is_handed_on_and_hears_music_meanwhile(bool controlFirst)
    {
        ToTalk("2");
        var requested = Told.OfType<QueueRequested>().Count();
        ContactEvent[] events = [Control(ControlHolder.Ivr, 3), AgentEnds(LegEnd.Transferred)];
        Tell(controlFirst ? events : [events[1], events[0]]);
        Sent[^1].ShouldBe(new Music(DemoFlow.Music));
        Told.OfType<QueueRequested>().Count().ShouldBe(requested);
    }

    [Fact]
    public void A_number_outside_that_had_the_caller_hangs_up_and_the_call_is_ended()
    {
        ToTalk("1");
        Tell(AgentEnds(LegEnd.Transferred), new LegEnded(LegRole.External, null, LegEnd.PartyHungUp), Control(ControlHolder.Ivr, 3));
        Sent[^1].ShouldBeOfType<End>();
        Ended(FlowOutcome.AgentEnded, over: false);
    }

    [Fact]
    public void Control_back_without_a_conversation_plays_music_again_and_asks_for_no_second_place()
    {
        ToQueue("2");
        Tell(Control(ControlHolder.Routing, 2), AgentEnds(LegEnd.Lost), Control(ControlHolder.Ivr, 3));
        Told.OfType<QueueRequested>().Count().ShouldBe(1);
        Sent[^1].ShouldBe(new Music(DemoFlow.Music));
    }

    [Fact]
    public void An_offered_leg_that_ends_beside_the_music_changes_nothing()
    {
        ToQueue("1");
        var before = State;
        Tell(AgentEnds(LegEnd.Ended));
        State.ShouldBe(before);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_caller_who_hangs_up_ends_the_flow_anywhere(int place)
    {
        new Action[] { Arrive, ToMenu, () => ToQueue("1"), () => ToTalk("1") }[place]();
        Tell(new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp));
        Ended(FlowOutcome.CallerGone, over: true);
    }

    [Fact]
    public void A_dead_gateway_is_a_failure_of_ours()
    {
        ToQueue("1");
        Tell(new LegEnded(LegRole.Caller, null, LegEnd.GatewayDied));
        Ended(FlowOutcome.Failed, over: true);
    }

    [Fact]
    public void The_closed_call_ends_everything()
    {
        ToTalk("1");
        Tell(new CallClosed());
        Ended(FlowOutcome.CallerGone, over: true);
    }

    [Theory]
    [InlineData(CommandOutcome.Refused)]
    [InlineData(CommandOutcome.Expired)]
    public void A_prompt_that_cannot_be_played_fails_the_flow_and_hangs_up(CommandOutcome outcome)
    {
        ToMenu();
        Fails(outcome);
        Sent[^1].ShouldBeOfType<End>();
        Ended(FlowOutcome.Failed, over: false);
        Fails(outcome);
        Give(new FlowInput.DeadlinePassed());
        Sent[^1].ShouldBeOfType<End>();
        Ended(FlowOutcome.Failed, over: false);
    }

    [Fact]
    public void Music_that_cannot_be_played_keeps_the_place_and_tries_the_built_in_tune()
    {
        ToQueue("2");
        Fails(CommandOutcome.Refused);
        State!.WaitMs.ShouldBe(Interpreter.MusicAgainMs);
        Give(new FlowInput.DeadlinePassed());
        Sent[^1].ShouldBe(new Music(null));
        Told.OfType<FlowEnded>().ShouldBeEmpty();
    }

    [Fact]
    public void Not_in_control_stops_driving_until_control_is_back()
    {
        ToMenu();
        Fails(CommandOutcome.NotInControl, epoch: 4);
        State!.Phase.ShouldBe(Phase.Away);
        var commands = Sent.Count;
        Tell(Control(ControlHolder.Routing, 4), Control(ControlHolder.Ivr, 3));
        Sent.Count.ShouldBe(commands);
        Tell(Control(ControlHolder.Ivr, 5));
        Sent[^1].ShouldBeOfType<Ask>();
    }

    [Theory]
    [InlineData(ControlHolder.Fallback)]
    [InlineData(ControlHolder.None)]
    public void The_fallback_gives_the_call_back(ControlHolder holder)
    {
        Arrive();
        Tell(Control(holder, 1));
        Sent.ShouldBe([new Take(), new Take()]);
        State!.Epoch.ShouldBe(1);
        Tell(new CallAnswered("PCMU"), Control(ControlHolder.Ivr, 2));
        Sent[^1].ShouldBe(new Say(DemoFlow.Greeting));
    }

    [Fact]
    public void A_failed_flow_does_not_take_the_call_from_the_fallback()
    {
        ToMenu();
        Fails(CommandOutcome.Refused);
        var commands = Sent.Count;
        Tell(Control(ControlHolder.Fallback, 2));
        Sent.Count.ShouldBe(commands);
    }

    [Fact]
    public void A_missing_answer_of_the_gateway_is_asked_for_once_and_then_fails()
    {
        ToMenu();
        Give(new FlowInput.DeadlinePassed());
        Sent[^1].ShouldBeOfType<Ask>();
        State!.Phase.ShouldBe(Phase.Collecting);
        Give(new FlowInput.DeadlinePassed());
        Ended(FlowOutcome.Failed, over: false);
    }

    [Fact]
    public void A_late_failure_does_not_end_a_call_that_an_agent_has()
    {
        ToQueue("1");
        Tell(Control(ControlHolder.Routing, 2));
        var before = State;
        Fails(CommandOutcome.Expired);
        State.ShouldBe(before);
        Told.OfType<FlowEnded>().ShouldBeEmpty();
    }

    [Fact]
    public void An_agents_end_that_is_never_told_brings_the_caller_back_to_the_queue()
    {
        ToTalk("1");
        Tell(Control(ControlHolder.Ivr, 3));
        State!.WaitMs.ShouldBe(Interpreter.AgentEndMs);
        Give(new FlowInput.DeadlinePassed());
        Told[^1].ShouldBe(new QueueRequested(DemoFlow.Sales, Returning: true));
        Sent[^1].ShouldBe(new Music(null));
        Tell(AgentEnds(LegEnd.PartyHungUp));
        State!.Phase.ShouldBe(Phase.Waiting);
    }

    [Fact]
    public void A_call_that_the_gateway_does_not_know_waits_for_its_last_events()
    {
        ToMenu();
        Fails(CommandOutcome.NoSuchCall);
        Told.OfType<FlowEnded>().ShouldBeEmpty();
        Tell(new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp));
        Ended(FlowOutcome.CallerGone, over: true);
    }

    [Fact]
    public void Results_of_older_commands_are_stale()
    {
        ToMenu();
        var before = State;
        Give(new FlowInput.CommandFailed(new CommandResult(Guid.CreateVersion7(), CommandOutcome.Refused, 1, null)));
        Tell(new PlayFinished(Guid.CreateVersion7(), PlayOutcome.Failed, 0), new DigitsCollected(Guid.CreateVersion7(), CollectOutcome.Complete, "1"));
        State.ShouldBe(before);
    }

    [Fact]
    public void A_caller_who_walks_in_circles_is_let_go()
    {
        ToMenu();
        for (var i = 0; i < Interpreter.MaxSteps && State!.Outcome is null; i++)
        {
            Tell(Digits("9"));
            Tell(Played());
        }

        Ended(FlowOutcome.Failed, over: false);
    }
}
