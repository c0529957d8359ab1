using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Anchor;

/// <summary>
/// What each command does. Checked in this order: repeated (its first answer again), expired, call over, control epoch,
/// then the command's own conditions.
/// </summary>
internal static class CommandTable
{
    public const int MessageMaxMs = 600_000, MessageMinMs = 1_000, SilenceMaxMs = 60_000;

    public const int ClipsMax = 32, DigitsMax = 64, WaitMaxMs = 120_000, LegsMax = 16, OffersMax = 4096;

    public static void Apply(Turn turn, CallCommand order)
    {
        if (turn.State.Answers.ById.TryGetValue(order.CommandId, out var first))
        {
            turn.Do(new Reply(first));
            return;
        }
        var (outcome, detail) = Decide(turn, order);
        var answer = new CommandResult(order.CommandId, outcome, turn.State.Epoch, detail);
        turn.State = turn.State with { Answers = turn.State.Answers.With(answer) };
        turn.Do(new Reply(answer));
    }

    private static (CommandOutcome, string?) Decide(Turn turn, CallCommand order)
    {
        if (turn.Now > order.Expires)
        {
            return (CommandOutcome.Expired, null);
        }
        if (turn.State.Phase is CallPhase.Ending or CallPhase.Closed)
        {
            return (CommandOutcome.NoSuchCall, null);
        }
        return order switch
        {
            OfferLeg o => Offer(turn, o),
            WithdrawLeg w => OnLeg(turn, w.Leg, Withdraw),
            EndLeg e => OnLeg(turn, e.Leg, EndLeg),
            HoldLeg h => OnLeg(turn, h.Leg, Hold),
            RetrieveLeg r => OnLeg(turn, r.Leg, Retrieve),
            TakeControl t => TakeControl(turn, t),
            _ => Controlled(turn, order),
        };
    }

    private static (CommandOutcome, string?) TakeControl(Turn turn, TakeControl take)
    {
        if (take.Epoch != turn.State.Epoch)
        {
            return (CommandOutcome.NotInControl, null);
        }
        if (take.Holder is not (ControlHolder.Ivr or ControlHolder.Routing))
        {
            return Refused("only Ivr and Routing can take control");
        }
        CallerTable.StopActivity(turn);
        turn.Do(new Disarm(new(TimerKind.Hold)));
        CallTable.ChangeControl(turn, take.Holder, nameof(TakeControl));
        turn.Do(take.Holder == ControlHolder.Routing && turn.State.Bridged is null
            ? new Arm(new(TimerKind.Control), turn.State.Guards.Connect)
            : new Disarm(new(TimerKind.Control)));
        return Done;
    }

    private static (CommandOutcome, string?) Controlled(Turn turn, CallCommand order)
    {
        if (order.Epoch != turn.State.Epoch || turn.State.Holder is not (ControlHolder.Ivr or ControlHolder.Routing))
        {
            return (CommandOutcome.NotInControl, null);
        }
        if (turn.State.Holder == ControlHolder.Ivr)
        {
            turn.Do(new Disarm(new(TimerKind.Control)));
        }
        switch (order)
        {
            case AnswerCall:
                CallTable.Answer(turn);
                return Done;
            case Play p:
                return Play(turn, p);
            case Collect c:
                return Collect(turn, c);
            case RecordMessage m:
                return Record(turn, m);
            case StopPlaying:
                CallerTable.StopActivity(turn);
                return Done;
            case ConnectAgent c:
                return OnLeg(turn, c.Leg, (t, leg) => Connect(t, leg, c.Recording));
            case HangUp:
                CallTable.EndCall(turn, LegEnd.Ended);
                return Done;
            default:
                return Refused($"{order.GetType().Name} is not known to this gateway");
        }
    }

    private static (CommandOutcome, string?) Offer(Turn turn, OfferLeg offer) => turn.State switch
    {
        var s when s.LegIds.Contains(offer.Leg) => Refused("the leg was offered already: use a new leg id"),
        { Legs.Count: >= LegsMax } => Refused($"a call has at most {LegsMax} legs at once"),
        { LegIds.Count: >= OffersMax } => Refused($"a call is offered at most {OffersMax} times"),
        _ when offer.RingMs <= 0 => Refused("ring for at least a millisecond"),
        _ => Do(turn, t => LegTable.Offer(t, offer)),
    };

    private static (CommandOutcome, string?) Withdraw(Turn turn, LegView leg) => leg.Phase == LegPhase.Connected
        ? Refused("the leg is connected: use EndLeg")
        : Do(turn, t => LegTable.Withdraw(t, leg));

    private static (CommandOutcome, string?) EndLeg(Turn turn, LegView leg) => Do(turn, t => LegTable.Withdraw(t, leg));

    private static (CommandOutcome, string?) Hold(Turn turn, LegView leg) => leg switch
    {
        { Phase: not LegPhase.Connected } => NotConnected,
        { IsHeld: true } => Done,
        _ => Do(turn, t => LegTable.Hold(t, leg, leg with { CommandHolds = true })),
    };

    private static (CommandOutcome, string?) Retrieve(Turn turn, LegView leg) => leg switch
    {
        { Phase: not LegPhase.Connected } => NotConnected,
        { PhoneHolds: true } => Refused("the agent's phone holds the call: take it back there"),
        _ => Do(turn, t => LegTable.Hold(t, leg, leg with { CommandHolds = false })),
    };

    private static (CommandOutcome, string?) Connect(Turn turn, LegView leg, Guid? recording) => turn.State switch
    {
        { Phase: not CallPhase.Answered } => Refused("answer the call first"),
        { Bridged: not null } => Refused("the caller talks on another leg: end it first"),
        var s when recording is { } id && s.Recordings.ContainsKey(id) => KnownRecording,
        _ when leg.Phase != LegPhase.Accepted => Refused("wait for LegAccepted"),
        _ => Do(turn, t => LegTable.Connect(t, leg, recording)),
    };

    private static (CommandOutcome, string?) Play(Turn turn, Play play) => NotForCaller(turn) ?? (play.Clips.Count is 0 or > ClipsMax
        ? Refused($"play 1 to {ClipsMax} clips")
        : Do(turn, t => CallerTable.Play(t, play)));

    private static (CommandOutcome, string?) Collect(Turn turn, Collect collect) => NotForCaller(turn) ?? (collect switch
    {
        { Clips.Count: > ClipsMax } => Refused($"play at most {ClipsMax} clips"),
        { MaxDigits: < 1 or > DigitsMax } => Refused($"collect 1 to {DigitsMax} digits"),
        { FirstDigitMs: < 0 or > WaitMaxMs } or { NextDigitMs: < 0 or > WaitMaxMs } => Refused($"wait at most {WaitMaxMs} ms for a digit"),
        _ => Do(turn, t => CallerTable.Collect(t, collect)),
    });

    private static (CommandOutcome, string?) Record(Turn turn, RecordMessage message) => NotForCaller(turn) ?? (message switch
    {
        { MaxMs: < MessageMinMs or > MessageMaxMs } => Refused($"a message lasts {MessageMinMs} to {MessageMaxMs} ms"),
        { SilenceMs: < MessageMinMs or > SilenceMaxMs } => Refused($"silence ends a message after {MessageMinMs} to {SilenceMaxMs} ms"),
        _ when turn.State.Recordings.ContainsKey(message.Recording) => KnownRecording,
        _ => Do(turn, t => MessageTable.Begin(t, message)),
    });

    private static (CommandOutcome, string?)? NotForCaller(Turn turn) => turn.State switch
    {
        { Phase: not CallPhase.Answered } => Refused("answer the call first"),
        { Bridged: not null } => Refused("the caller talks with an agent: end that leg first"),
        _ => null,
    };

    private static (CommandOutcome, string?) OnLeg(Turn turn, Guid leg, Func<Turn, LegView, (CommandOutcome, string?)> work) =>
        LegTable.Find(turn, leg) is { } view ? work(turn, view) : (CommandOutcome.NoSuchLeg, null);

    private static (CommandOutcome, string?) Do(Turn turn, Action<Turn> work)
    {
        work(turn);
        return Done;
    }

    private static (CommandOutcome, string?) KnownRecording => Refused("the recording is known already: use a new id");

    private static (CommandOutcome, string?) NotConnected => Refused("the leg is not connected: wait for AgentAnswered");

    private static (CommandOutcome, string?) Done => (CommandOutcome.Done, null);

    private static (CommandOutcome, string?) Refused(string why) => (CommandOutcome.Refused, why);
}
