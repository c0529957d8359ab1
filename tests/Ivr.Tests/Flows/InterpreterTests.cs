using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Telephony;
using CallCenter.Ivr.Announcements;
using CallCenter.Ivr.Flows;
using static CallCenter.Ivr.Flows.FlowCommand;

namespace CallCenter.Ivr.Tests.Flows;

public sealed class InterpreterTests
{
    private readonly FlowDefinition flow = DemoFlow.Create();
    private readonly List<Guid> asked = [];
    private FlowState? state;
    private DateTime? local = DemoFlow.OpenTime;
    private readonly List<DomainEvent> told = [];
    private readonly List<FlowCommand> sent = [];
    private static readonly Guid Agent = Guid.CreateVersion7();
    private static readonly Guid AgentLeg = Guid.CreateVersion7();

    private void Take(Decision decision)
    {
        state = decision.State;
        told.AddRange(decision.Actions.OfType<FlowAction.Tell>().Select(t => t.Event));
        asked.AddRange(decision.Actions.OfType<FlowAction.AskPlace>().Select(a => a.Queue));
        sent.AddRange(decision.Actions.OfType<FlowAction.Send>().Select(s => s.Command));
    }

    private void Arrive() => Take(Interpreter.Start(flow, DemoFlow.Id, 7, new CallArrived("gw", "040", "09", "trunk", DemoFlow.Id, 0), Guid.CreateVersion7()));

    private void Give(FlowInput input) => Take(Interpreter.Decide(flow, state!, input, Guid.CreateVersion7(), local));

    private void Tell(params ContactEvent[] events)
    {
        foreach (var e in events)
        {
            Give(new FlowInput.Told(e));
        }
    }

    private void Fails(CommandOutcome outcome, long epoch = 1) => Give(new FlowInput.CommandFailed(new CommandResult(state!.CommandId, outcome, epoch, "no")));

    private void ToMenu()
    {
        Arrive();
        Tell(Control(ControlHolder.Ivr, 1), new CallAnswered("PCMA"));
        Tell(Played());
        state!.Phase.ShouldBe(Phase.Collecting);
    }

    private void ToQueue(string digit)
    {
        ToMenu();
        Tell(Digits(digit));
        state!.Phase.ShouldBe(Phase.Waiting);
    }

    private void ToTalk(string digit)
    {
        ToQueue(digit);
        Tell(Control(ControlHolder.Routing, 2), new AgentAnswered(Agent) { Leg = AgentLeg });
    }

    private PlayFinished Played(PlayOutcome outcome = PlayOutcome.Finished) => new(state!.CommandId, outcome, 900);

    private DigitsCollected Digits(string digit) => new(state!.CommandId, digit.Length == 0 ? CollectOutcome.NoInput : CollectOutcome.Complete, digit);

    private static ControlChanged Control(ControlHolder holder, long epoch) => new(holder, epoch, "test");

    private static LegEnded AgentEnds(LegEnd end) => new(LegRole.Agent, Agent, end) { Leg = AgentLeg };

    private void Ended(FlowOutcome outcome, bool over)
    {
        told.OfType<FlowEnded>().Single().Outcome.ShouldBe(outcome);
        told[^1].ShouldBeOfType<FlowEnded>().Final.ShouldBeTrue();
        (state is null).ShouldBe(over);
    }

    [Fact]
    public void A_call_takes_control_is_answered_greeted_and_asked()
    {
        ToMenu();
        sent[..3].ShouldBe([new Take(), new Answer(), new Say(DemoFlow.Greeting)]);
        var ask = sent[3].ShouldBeOfType<Ask>();
        ask.Prompts.ShouldBe([DemoFlow.Menu]);
        ask.FirstDigitMs.ShouldBe(5000);
        told.Single().ShouldBe(new FlowStarted(DemoFlow.Id, 7, "fi"));
    }

    [Theory]
    [InlineData("1", "sales")]
    [InlineData("2", "support")]
    public void A_key_leads_to_its_queue_with_music(string digit, string step)
    {
        ToQueue(digit);
        var queue = flow.Steps[step].Queue!;
        told[^2..].ShouldBe([new MenuChosen("menu", digit), new QueueRequested(queue.Queue, Returning: false)]);
        sent[^1].ShouldBe(new Music(queue.Music));
        state!.WaitMs.ShouldBe(queue.Announce?.EverySeconds * 1000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Outside_hours_the_call_goes_the_closed_way_and_ends_as_closed(bool callerHangsUpFirst)
    {
        local = DemoFlow.ClosedTime;
        Arrive();
        Tell(Control(ControlHolder.Ivr, 1), new CallAnswered("PCMA"));
        sent[^1].ShouldBe(new Say(DemoFlow.Bye));
        Tell(callerHangsUpFirst ? new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp) : Played());
        Ended(FlowOutcome.Closed, over: callerHangsUpFirst);
    }

    [Fact]
    public void A_tenant_whose_zone_is_not_known_is_open()
    {
        local = null;
        ToMenu();
        state!.Closed.ShouldBeFalse();
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
            sent[^1].ShouldBeOfType<Ask>().Prompts.ShouldBe([digit.Length == 0 ? DemoFlow.NoInput : DemoFlow.NoMatch, DemoFlow.Menu]);
        }

        Tell(Digits(third));
        told[^1].ShouldBe(new MenuFailed("menu", noInput, noMatch));
        sent[^1].ShouldBe(new Say(DemoFlow.Bye));
        Tell(Played());
        sent[^1].ShouldBeOfType<End>();
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
        state!.NoInput.ShouldBe(0);
        state.Phase.ShouldBe(Phase.Collecting);
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
        sent[^1].ShouldBeOfType<End>();
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
        told[^1].ShouldBe(new QueueRequested(DemoFlow.Support, Returning: true));
        sent[^1].ShouldBe(new Say(DemoFlow.AgentLost));
        Tell(Played());
        sent[^1].ShouldBe(new Music(DemoFlow.Music));
        state!.Epoch.ShouldBe(3);
    }

    [Fact]
    public void Control_back_without_a_conversation_plays_music_again_and_asks_for_no_second_place()
    {
        ToQueue("2");
        Tell(Control(ControlHolder.Routing, 2), AgentEnds(LegEnd.Lost), Control(ControlHolder.Ivr, 3));
        told.OfType<QueueRequested>().Count().ShouldBe(1);
        sent[^1].ShouldBe(new Music(DemoFlow.Music));
    }

    [Fact]
    public void An_offered_leg_that_ends_beside_the_music_changes_nothing()
    {
        ToQueue("1");
        var before = state;
        Tell(AgentEnds(LegEnd.Ended));
        state.ShouldBe(before);
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
        sent[^1].ShouldBeOfType<End>();
        Ended(FlowOutcome.Failed, over: false);
        Fails(outcome);
        Give(new FlowInput.DeadlinePassed());
        sent[^1].ShouldBeOfType<End>();
        Ended(FlowOutcome.Failed, over: false);
    }

    private static readonly FlowInput.PlaceKnown Third = new(new(3, 150_000, 2, 3, null), [new("place", 2_000), new("wait", 3_000)]);

    [Fact]
    public void A_waiting_caller_is_told_the_place_on_entry_and_again_between_the_music()
    {
        ToQueue("2");
        asked.ShouldBe([DemoFlow.Support]);
        Give(Third);
        sent[^1].ShouldBe(new Announce(Third.Place, Third.Clips));
        told.OfType<WaitAnnounced>().ShouldBeEmpty("it has not been heard yet");
        Tell(Played());
        told[^1].ShouldBe(new WaitAnnounced(DemoFlow.Support, 3, 150_000, null));
        sent[^1].ShouldBe(new Music(DemoFlow.Music));
        (state!.WaitMs, state.Told).ShouldBe((25_000, Third.Place), "30 s from the beginning of one to the next");

        Give(new FlowInput.DeadlinePassed());
        (asked.Count, state!.Phase, state.WaitMs, sent[^1]).ShouldBe((2, Phase.Waiting, 30_000, new Music(DemoFlow.Music)), "the music goes on meanwhile");
        var longer = new WaitingPlace(4, 200_000, 1, 4, LongerWait.AgentsLeft);
        Give(new FlowInput.PlaceKnown(longer, Third.Clips));
        Tell(Played());
        told[^1].ShouldBe(new WaitAnnounced(DemoFlow.Support, 4, 200_000, LongerWait.AgentsLeft));
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

        told.OfType<WaitAnnounced>().ShouldBeEmpty();
        (sent[^1], state!.WaitMs, state.Told).ShouldBe((new Music(DemoFlow.Music), 25_000, null));
    }

    [Fact]
    public void Without_announcements_nothing_is_asked_and_an_answer_that_is_late_is_not_said()
    {
        ToQueue("1");
        Give(Third);
        (asked.Count, state!.Phase).ShouldBe((0, Phase.Waiting));
        Tell(Control(ControlHolder.Routing, 2), new AgentAnswered(Agent) { Leg = AgentLeg });
        Give(Third);
        state!.Phase.ShouldBe(Phase.Away);
    }

    [Fact]
    public void Music_that_cannot_be_played_keeps_the_place_and_tries_the_built_in_tune()
    {
        ToQueue("2");
        Fails(CommandOutcome.Refused);
        state!.WaitMs.ShouldBe(Interpreter.MusicAgainMs);
        Give(new FlowInput.DeadlinePassed());
        sent[^1].ShouldBe(new Music(null));
        told.OfType<FlowEnded>().ShouldBeEmpty();
    }

    [Fact]
    public void Not_in_control_stops_driving_until_control_is_back()
    {
        ToMenu();
        Fails(CommandOutcome.NotInControl, epoch: 4);
        state!.Phase.ShouldBe(Phase.Away);
        var commands = sent.Count;
        Tell(Control(ControlHolder.Routing, 4), Control(ControlHolder.Ivr, 3));
        sent.Count.ShouldBe(commands);
        Tell(Control(ControlHolder.Ivr, 5));
        sent[^1].ShouldBeOfType<Ask>();
    }

    [Theory]
    [InlineData(ControlHolder.Fallback)]
    [InlineData(ControlHolder.None)]
    public void The_fallback_gives_the_call_back(ControlHolder holder)
    {
        Arrive();
        Tell(Control(holder, 1));
        sent.ShouldBe([new Take(), new Take()]);
        state!.Epoch.ShouldBe(1);
        Tell(new CallAnswered("PCMU"), Control(ControlHolder.Ivr, 2));
        sent[^1].ShouldBe(new Say(DemoFlow.Greeting));
    }

    [Fact]
    public void A_failed_flow_does_not_take_the_call_from_the_fallback()
    {
        ToMenu();
        Fails(CommandOutcome.Refused);
        var commands = sent.Count;
        Tell(Control(ControlHolder.Fallback, 2));
        sent.Count.ShouldBe(commands);
    }

    [Fact]
    public void A_missing_answer_of_the_gateway_is_asked_for_once_and_then_fails()
    {
        ToMenu();
        Give(new FlowInput.DeadlinePassed());
        sent[^1].ShouldBeOfType<Ask>();
        state!.Phase.ShouldBe(Phase.Collecting);
        Give(new FlowInput.DeadlinePassed());
        Ended(FlowOutcome.Failed, over: false);
    }

    [Fact]
    public void A_late_failure_does_not_end_a_call_that_an_agent_has()
    {
        ToQueue("1");
        Tell(Control(ControlHolder.Routing, 2));
        var before = state;
        Fails(CommandOutcome.Expired);
        state.ShouldBe(before);
        told.OfType<FlowEnded>().ShouldBeEmpty();
    }

    [Fact]
    public void An_agents_end_that_is_never_told_brings_the_caller_back_to_the_queue()
    {
        ToTalk("1");
        Tell(Control(ControlHolder.Ivr, 3));
        state!.WaitMs.ShouldBe(Interpreter.AgentEndMs);
        Give(new FlowInput.DeadlinePassed());
        told[^1].ShouldBe(new QueueRequested(DemoFlow.Sales, Returning: true));
        sent[^1].ShouldBe(new Music(null));
        Tell(AgentEnds(LegEnd.PartyHungUp));
        state!.Phase.ShouldBe(Phase.Waiting);
    }

    [Fact]
    public void A_call_that_the_gateway_does_not_know_waits_for_its_last_events()
    {
        ToMenu();
        Fails(CommandOutcome.NoSuchCall);
        told.OfType<FlowEnded>().ShouldBeEmpty();
        Tell(new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp));
        Ended(FlowOutcome.CallerGone, over: true);
    }

    [Fact]
    public void Results_of_older_commands_are_stale()
    {
        ToMenu();
        var before = state;
        Give(new FlowInput.CommandFailed(new CommandResult(Guid.CreateVersion7(), CommandOutcome.Refused, 1, null)));
        Tell(new PlayFinished(Guid.CreateVersion7(), PlayOutcome.Failed, 0), new DigitsCollected(Guid.CreateVersion7(), CollectOutcome.Complete, "1"));
        state.ShouldBe(before);
    }

    [Fact]
    public void A_caller_who_walks_in_circles_is_let_go()
    {
        ToMenu();
        for (var i = 0; i < Interpreter.MaxSteps && state!.Outcome is null; i++)
        {
            Tell(Digits("9"));
            Tell(Played());
        }

        Ended(FlowOutcome.Failed, over: false);
    }
}
