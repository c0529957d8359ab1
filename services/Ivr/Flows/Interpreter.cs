using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using static CallCenter.Ivr.Flows.FlowAction;
using static CallCenter.Ivr.Flows.FlowCommand;
using static CallCenter.Ivr.Flows.FlowInput;

namespace CallCenter.Ivr.Flows;

/// <summary>
/// Runs a flow: (state, input) -> (state, actions), without clock, store or network. The way of a call:
/// 1 arrived: take control; 2 control: answer; 3 answered: enter the start step; 4 play, menu and hours steps; 5 queue step: ask
/// Routing, play music, announce the place between; voicemail step: prompt, record a message, whose end is waited for even when
/// the caller has left; keys in the queue: Interpreter.Offers.cs; 6 another holder has control: away; 7 control is back: act on how the agent's leg ended, or begin
/// the step again; 8 hang up; 9 the call's end, which may come at any time, ends the flow.
/// Every state has a wait with an end, or waits for an event of the gateway that must come (the call's last is CallClosed).
/// FlowEnded is told exactly once and last.
/// </summary>
internal sealed partial class Interpreter
{
    public const int TakeControlMs = 5_000;
    public const int AnswerMs = 10_000;

    /// <summary>Beyond a prompt's length: fetching it, the way there and the event's way back.</summary>
    public const int PlayMs = 15_000;

    public const int MusicAgainMs = 15_000;

    /// <summary>Between two announcements, however long they are.</summary>
    public const int LeastMusicMs = 5_000;

    public const int AgentEndMs = 5_000;
    public const int GoneMs = 60_000;
    public const int HangUpAgainMs = 10_000;

    /// <summary>A flow that a caller keeps walking through for longer than this is ended.</summary>
    public const int MaxSteps = 1_000;

    private readonly FlowDefinition flow;
    private readonly Guid commandId;
    private readonly DateTime? local;
    private readonly List<FlowAction> actions = [];

    private Interpreter(FlowDefinition flow, Guid commandId, DateTime? local) => (this.flow, this.commandId, this.local) = (flow, commandId, local);

    /// <summary>1. The call arrived. <paramref name="commandId"/>: a new id, for the one command a decision may contain.</summary>
    public static Decision Start(FlowDefinition flow, Guid id, int version, CallArrived arrived, Guid commandId)
    {
        var turn = new Interpreter(flow, commandId, null);
        turn.actions.Add(new Tell(new FlowStarted(id, version, flow.Language)));
        return turn.Decided(turn.TakeControl(new FlowState(Phase.TakingControl, flow.Start, arrived.Epoch) { Caller = NumberOf(arrived.Caller) }));
    }

    /// <summary>Decides what an input means for a live flow. What is stale or of no meaning in the state changes nothing.</summary>
    /// <param name="local">The tenant's wall clock; null when its time zone is not known: then it counts as open.</param>
    public static Decision Decide(FlowDefinition flow, FlowState state, FlowInput input, Guid commandId, DateTime? local)
    {
        var turn = new Interpreter(flow, commandId, local);
        return turn.Decided(input switch
        {
            Told told => turn.OnEvent(state, told.Event),
            PlaceKnown known => turn.OnPlace(state, known),
            Spoken spoken => turn.OnSpoken(state, spoken),
            CommandDone done when done.Result.CommandId == state.CommandId => turn.OnChecked(state, mayBeDialled: true),
            CommandFailed failed when failed.Result.CommandId == state.CommandId => turn.OnFailure(state, failed.Result),
            DeadlinePassed => turn.OnDeadline(state),
            _ => state,
        });
    }

    private Decision Decided(FlowState? state) => new(state, actions);

    private FlowState? OnEvent(FlowState s, ContactEvent e) => e switch
    {
        CallClosed when s.CallerEnd is { } end => CallerGone(s, end),
        CallClosed => Over(s, Ending(s, FlowOutcome.CallerGone), "the call was closed"),
        LegEnded { Role: LegRole.Caller } leg when s is { Message: not null, Outcome: null } => Rest(s with { CallerEnd = leg.End }, Phase.Gone, GoneMs),
        LegEnded { Role: LegRole.Caller } leg => CallerGone(Left(s), leg.End),
        LegEnded { Role: LegRole.Agent } leg when leg.Leg == s.AgentLeg => AgentGone(s, leg.End),
        // A number outside or a supervisor that had the caller; when an agent has it meanwhile, that leg's own end says more.
        LegEnded { Role: LegRole.External or LegRole.Supervisor } leg when s is { Outcome: null, HasControl: false } => s with { AgentEnd = leg.End },
        AgentAnswered when e.Leg is { } leg => s with { AgentLeg = leg, AgentEnd = null, IsCalledBack = false },
        ControlChanged control when control.Epoch >= s.Epoch => OnControl(s, control),
        QueueLeft { To: null } left => OnQueueLeft(s, left.Rule),
        CallAnswered => OnAnswered(s with { Answered = true }),
        PlayFinished played when played.Command == s.CommandId => OnPlayed(s, played.Outcome),
        RecordingStarted started when started.Recording == s.CommandId && s.Phase == Phase.Recording => s with { Message = started.Recording },
        RecordingEnded ended when ended.Recording == s.Message => OnRecorded(s with { Message = null }, ended),
        DigitsCollected digits when digits.Command == s.CommandId && s.Phase == Phase.Collecting => OnDigits(s, digits),
        DigitsCollected digits when digits.Command == s.CommandId && s.Phase == Phase.Choosing => Chosen(s, digits),
        _ => s,
    };

    // 2, 6, 7: control.

    private FlowState? OnControl(FlowState s, ControlChanged control)
    {
        if (control.Holder == ControlHolder.Ivr)
        {
            return s.HasControl && control.Epoch == s.Epoch ? s : Resume(s with { HasControl = true, Epoch = control.Epoch });
        }

        var without = s with { HasControl = false, Epoch = control.Epoch, Talk = null };
        return control.Holder == ControlHolder.Routing || s.Outcome is not null ? Rest(without, Phase.Away, null) : TakeControl(without);
    }

    private FlowState TakeControl(FlowState s) => Send(s, Phase.TakingControl, new Take(), TakeControlMs);

    private FlowState? Resume(FlowState s) => s switch
    {
        { Outcome: not null } => HangUp(s, "flow ended"),
        { IsCalledBack: true } => WaitForAnother(s),
        { Answered: false } => Send(s, Phase.Answering, new Answer(), AnswerMs),
        { AgentEnd: { } end } => AfterAgent(s, end),
        { GivenUpBy: { } rule, AgentLeg: null } => AfterQueue(s, rule),
        { AgentLeg: not null } => Rest(s, Phase.Away, AgentEndMs),
        { Steps: 0 } => Enter(s, s.Step),
        _ => Begin(s),
    };

    private FlowState? OnAnswered(FlowState s) => s.Phase == Phase.Answering ? Resume(s) : s;

    // 3, 4, 5: steps.

    private FlowState? Enter(FlowState s, string step)
    {
        if (s.Steps >= MaxSteps)
        {
            return Fail(s, $"the call went through {MaxSteps} steps");
        }

        var entered = s with { Step = step, Steps = s.Steps + 1, NoInput = 0, NoMatch = 0 };
        switch (flow.Steps[step])
        {
            case { Hours: { } hours }:
                var open = local is not { } now || OpeningHours.IsOpen(hours, now);
                return Enter(entered with { Closed = !open }, open ? hours.Then : hours.Otherwise);
            case { Queue: { } queue }:
                actions.Add(new Tell(new QueueRequested(queue.Queue, Returning: false, queue.Priority)));
                return Begin(entered with { Closed = false, GivenUpBy = null });
            default:
                return Begin(entered);
        }
    }

    /// <summary>The step's first command; also when control comes back in the middle of the step.</summary>
    private FlowState? Begin(FlowState s) => flow.Steps[s.Step] switch
    {
        { Play: { } play } => Send(s, Phase.Playing, new Say(play.Prompt) { Interruptible = play.Interruptible, PauseMs = play.PauseMs }, PlayMs + play.PauseMs),
        { Menu: { } menu } => AskFor(s, menu, null),
        { Queue: { } queue } => Wait(s, queue, queue.Music),
        { Voicemail: { } voicemail } => Send(s, Phase.Playing, new Say(voicemail.Prompt), PlayMs),
        { HangUp.Prompt: { } prompt } => Send(s, Phase.Playing, new Say(prompt), PlayMs),
        _ => Finish(s, HungUp(s), null, "flow"),
    };

    /// <summary>What an end means after what was before it: a message left, or the closed way.</summary>
    private static FlowOutcome Ending(FlowState s, FlowOutcome by) => s switch
    {
        { MessageLeft: true } or { CallbackAsked: true } => FlowOutcome.Deflected,
        { Closed: true } => FlowOutcome.Closed,
        _ => by,
    };

    private static FlowOutcome HungUp(FlowState s) => Ending(s, FlowOutcome.HungUp);

    private FlowState AskFor(FlowState s, MenuStep menu, Guid? before) =>
        Send(s, Phase.Collecting, new Ask(before is { } first ? [first, menu.Prompt] : [menu.Prompt], menu.FirstDigitSeconds * 1000)
        {
            // After a wrong key the caller does not know what comes next: what was typed on was meant for something else.
            Clear = menu.Clear || s.NoMatch > 0,
        },
            menu.FirstDigitSeconds * 1000 + PlayMs);

    /// <summary>Music; where places are announced, the caller's is asked for at once.</summary>
    private FlowState Wait(FlowState s, QueueStep queue, Guid? music)
    {
        if (queue.Announce is not null)
        {
            actions.Add(new AskPlace(queue.Queue) { Offers = queue.Offers });
        }

        return PlayMusic(s, music, queue.Announce?.EverySeconds * 1000);
    }

    private FlowState PlayMusic(FlowState s, Guid? music, int? nextMs) => Send(
        s with { Silent = false }, Phase.Waiting, new Music(music) { ComfortTone = flow.Steps[s.Step].Queue is { ComfortTone: true }, Interruptible = OffersOf(s) is not null }, nextMs);

    private FlowState OnPlace(FlowState s, PlaceKnown known) => s is { Phase: Phase.Waiting, HasControl: true, Outcome: null } && flow.Steps[s.Step].Queue?.Announce is not null
        ? Send(s with { TakesCallback = known.Place.Callback is true }, Phase.Announcing, new Announce(known.Place, known.Clips) { Interruptible = OffersOf(s) is not null }, PlayMs)
        : s;

    /// <summary>After a prompt in the queue: the music, after an announcement up to the next one.</summary>
    private FlowState AfterPrompt(FlowState s, bool heard)
    {
        var queue = flow.Steps[s.Step].Queue!;
        if (s.Command is not Announce announced)
        {
            return Wait(s, queue, queue.Music);
        }

        if (heard)
        {
            actions.Add(new Tell(new WaitAnnounced(queue.Queue, announced.Place.Position, announced.Place.EstimatedWaitMs, announced.Place.Longer)));
        }

        var next = queue.Announce!.EverySeconds * 1000 - (int)announced.Clips.Sum(clip => clip.Milliseconds);
        return PlayMusic(heard ? s with { Told = announced.Place } : s, queue.Music, Math.Max(next, LeastMusicMs));
    }

    private FlowState? OnPlayed(FlowState s, PlayOutcome outcome) => (s.Phase, outcome) switch
    {
        (_, PlayOutcome.Stopped) => s,
        (Phase.Choosing, _) => TalkIsOver(s),
        (Phase.Waiting or Phase.Announcing, PlayOutcome.Interrupted) when OffersOf(s) is not null => AskKey(s),
        (Phase.Waiting, _) => Rest(s with { Silent = true }, Phase.Waiting, MusicAgainMs),
        (Phase.Announcing, _) => AfterPrompt(s, outcome == PlayOutcome.Finished),
        (Phase.Playing, _) when flow.Steps[s.Step].Voicemail is { } voicemail => Record(s, voicemail),
        (Phase.Playing, _) when flow.Steps[s.Step].HangUp is not null => Finish(s, HungUp(s), null, "flow"),
        (Phase.Playing, PlayOutcome.Finished or PlayOutcome.Interrupted) => Enter(s, flow.Steps[s.Step].Play!.Next),
        (Phase.Playing, _) => Fail(s, $"step {s.Step}: the gateway could not play the prompt"),
        _ => s,
    };

    private FlowState? OnDigits(FlowState s, DigitsCollected digits)
    {
        var menu = flow.Steps[s.Step].Menu!;
        if (digits.Outcome == CollectOutcome.Stopped)
        {
            return s;
        }

        if (digits.Outcome == CollectOutcome.Complete && menu.Options.TryGetValue(digits.Digits, out var next))
        {
            actions.Add(new Tell(new MenuChosen(s.Step, digits.Digits)));
            return Enter(s, next);
        }

        var silent = digits.Outcome == CollectOutcome.NoInput;
        var asked = silent ? s with { NoInput = s.NoInput + 1 } : s with { NoMatch = s.NoMatch + 1 };
        if (asked.NoInput + asked.NoMatch < menu.Attempts)
        {
            return AskFor(asked, menu, silent ? menu.NoInput : menu.NoMatch);
        }

        actions.Add(new Tell(new MenuFailed(s.Step, asked.NoInput, asked.NoMatch)));
        return Enter(asked, menu.Failed);
    }

    // 7: the agent's leg ended and the caller is still there.

    private FlowState? AgentGone(FlowState s, LegEnd end) => end switch
    {
        LegEnd.GatewayStopped or LegEnd.GatewayDied => s,
        _ when s.Outcome is not null => s,
        _ when s.HasControl => AfterAgent(s, end),
        _ => s with { AgentEnd = end },
    };

    private FlowState? AfterAgent(FlowState s, LegEnd end)
    {
        // What was told before the conversation says nothing of the wait after it.
        var after = s with { AgentLeg = null, AgentEnd = null, Told = null };
        if (end is not (LegEnd.Lost or LegEnd.Transferred) || flow.Steps[s.Step].Queue is not { } queue)
        {
            return Finish(after, FlowOutcome.AgentEnded, null, "agent ended");
        }

        if (end == LegEnd.Transferred)
        {
            if (s.GivenUpBy is { } rule)
            {
                return AfterQueue(after, rule);
            }

            // Routing knows where to: the caller only has to be entertained.
            return Wait(after, queue, queue.Music);
        }

        after = after with { GivenUpBy = null };
        actions.Add(new Tell(new QueueRequested(queue.Queue, Returning: true, queue.Priority)));
        return queue.AgentLost is { } prompt
            ? Send(after, Phase.Announcing, new Say(prompt), PlayMs)
            : Wait(after, queue, queue.Music);
    }

    // Commands that were not done, and deadlines.

    private FlowState? OnFailure(FlowState s, CommandResult result) => result.Outcome switch
    {
        // The command's call has moved on to another holder, or is over.
        _ when s.Phase is Phase.Away or Phase.Gone => s,
        CommandOutcome.Done => s,
        CommandOutcome.NotInControl => Rest(s with { HasControl = false, Epoch = Math.Max(s.Epoch, result.Epoch) }, Phase.Away, null),
        CommandOutcome.NoSuchCall => Rest(s, Phase.Gone, GoneMs),
        _ => s.Phase switch
        {
            Phase.TakingControl => Rest(s, s.Phase, TakeControlMs),
            Phase.HangingUp => Rest(s, s.Phase, HangUpAgainMs),
            Phase.Waiting => Rest(s with { Silent = true }, s.Phase, MusicAgainMs),
            Phase.Announcing => AfterPrompt(s, heard: false),
            Phase.Choosing => s.Talk?.Stage == TalkStage.Check ? OnChecked(s, mayBeDialled: false) : TalkIsOver(s),
            _ => Fail(s, $"{s.Phase}: {result.Outcome} {result.Detail}".TrimEnd()),
        },
    };

    private FlowState? OnDeadline(FlowState s) => s switch
    {
        { WaitMs: null } => s,
        { Phase: Phase.Gone, CallerEnd: { } end } => CallerGone(s, end),
        { Phase: Phase.Gone } => Over(s, FlowOutcome.Failed, "the gateway knows the call no more"),
        { Phase: Phase.Away } => AfterAgent(s, LegEnd.Lost),
        { Phase: Phase.Waiting } => WaitIsOver(s, flow.Steps[s.Step].Queue!),
        { Phase: Phase.Announcing } => AfterPrompt(s, heard: false),
        { Phase: Phase.Choosing } => TalkIsOver(s),
        { Phase: Phase.TakingControl or Phase.HangingUp } => Again(s),
        { Overdue: 0, Phase: not Phase.Recording } => Again(s) with { Overdue = 1 },
        _ => Fail(s, $"{s.Phase}: the gateway told no end"),
    };

    /// <summary>The next announcement is due, or the music is tried again as the built-in tune.</summary>
    private FlowState WaitIsOver(FlowState s, QueueStep queue)
    {
        if (s.Silent || queue.Announce is not { } announce)
        {
            return Wait(s, queue, null);
        }

        actions.Add(new AskPlace(queue.Queue) { Offers = queue.Offers });
        return Rest(s, Phase.Waiting, announce.EverySeconds * 1000);
    }

    private FlowState Again(FlowState s) => Send(s, s.Phase, s.Command!, s.WaitMs);

    // 8, 9: ends.

    private FlowState Fail(FlowState s, string detail) => Finish(s, FlowOutcome.Failed, detail, "flow failed");

    private FlowState Finish(FlowState s, FlowOutcome outcome, string? detail, string cause)
    {
        TellEnd(s, outcome, detail);
        return HangUp(s with { Outcome = s.Outcome ?? outcome }, cause);
    }

    private FlowState HangUp(FlowState s, string cause) => Send(s, Phase.HangingUp, new End(cause), HangUpAgainMs);

    private FlowState? CallerGone(FlowState s, LegEnd end) => end switch
    {
        LegEnd.GatewayStopped or LegEnd.GatewayDied => Over(s, FlowOutcome.Failed, end.ToString()),
        LegEnd.Ended => Over(s, HungUp(s), "by another holder"),
        LegEnd.Lost => Over(s, Ending(s, FlowOutcome.CallerGone), end.ToString()),
        _ => Over(s, Ending(s, FlowOutcome.CallerGone), null),
    };

    private FlowState? Over(FlowState s, FlowOutcome outcome, string? detail)
    {
        TellEnd(s, outcome, detail);
        return null;
    }

    private void TellEnd(FlowState s, FlowOutcome outcome, string? detail)
    {
        if (s.Outcome is null)
        {
            actions.Add(new Tell(new FlowEnded(outcome, detail) { Final = true }));
        }
    }

    private FlowState Send(FlowState s, Phase phase, FlowCommand command, int? waitMs)
    {
        actions.Add(new Send(command));
        return s with { Phase = phase, Command = command, CommandId = commandId, WaitMs = waitMs, Overdue = 0 };
    }

    private static FlowState Rest(FlowState s, Phase phase, int? waitMs) => s with { Phase = phase, WaitMs = waitMs };
}
