using System.Buffers;
using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Anchor;

/// <summary>
/// What each command does. Checked in this order: repeated (its first answer again), expired, call over, control epoch,
/// then the command's own conditions.
/// </summary>
internal static class CommandTable
{
    public const int MessageMaxMs = 600_000, MessageMinMs = 1_000, SilenceMaxMs = 60_000;

    public const int ClipsMax = 32, DigitsMax = 64, WaitMaxMs = 120_000, LegsMax = 15, OffersMax = 4096, NumberMin = 2, NumberMax = 32, KeysMax = 32;

    private static readonly SearchValues<char> NumberKeys = SearchValues.Create("0123456789*#"), Keys = SearchValues.Create("0123456789*#ABCD");

    public static void Apply(Turn turn, Command command)
    {
        var order = command.Order;
        if (turn.State.Answers.ById.TryGetValue(order.CommandId, out var first))
        {
            turn.Do(new Reply(first));
            return;
        }
        var (outcome, detail) = Decide(turn, command);
        var answer = new CommandResult(order.CommandId, outcome, turn.State.Epoch, detail) { Reason = outcome == CommandOutcome.Refused ? command.Refusal?.Reason : null };
        turn.State = turn.State with { Answers = turn.State.Answers.With(answer) };
        turn.Do(new Reply(answer));
    }

    private static (CommandOutcome, string?) Decide(Turn turn, Command command)
    {
        var order = command.Order;
        if (turn.Now > order.Expires)
        {
            return (CommandOutcome.Expired, null);
        }
        if (turn.State.Phase is CallPhase.Ending or CallPhase.Closed)
        {
            return (CommandOutcome.NoSuchCall, null);
        }
        if (command.Refusal is { } why)
        {
            return Refused(why.Detail);
        }
        return order switch
        {
            OfferLeg o => Offer(turn, o),
            WithdrawLeg w => OnLegOrNever(turn, w.Leg, Withdraw),
            EndLeg e => OnLegOrNever(turn, e.Leg, EndLeg),
            HoldLeg h => OnLeg(turn, h.Leg, Hold),
            RetrieveLeg r => OnLeg(turn, r.Leg, Retrieve),
            TakeControl t => TakeControl(turn, t),
            _ => BeyondTwo(turn, order) ?? Controlled(turn, order),
        };
    }

    /// <summary>Commands about more than caller and agent, and about an agent's leg alone; null for others.</summary>
    private static (CommandOutcome, string?)? BeyondTwo(Turn turn, CallCommand order) => order switch
    {
        DialNumber d => Dial(turn, d),
        ConsultLeg c => OnLeg(turn, c.Leg, (t, leg) => OnLeg(t, c.With, (_, with) => Consult(t, leg, with, c.Recording))),
        StartConference s => OnLeg(turn, s.Leg, (t, leg) => Confer(t, leg)),
        EndConsult e => OnLeg(turn, e.Leg, EndConsult),
        SwitchConsult s => OnLeg(turn, s.Leg, Switch),
        CompleteTransfer c => OnLeg(turn, c.Leg, Complete),
        TransferLeg l => OnLeg(turn, l.Leg, Transfer),
        MonitorLeg m => Monitor(turn, m),
        PauseRecording p => OnLeg(turn, p.Leg, (t, leg) => Mute(t, leg, muted: true)),
        ResumeRecording r => OnLeg(turn, r.Leg, (t, leg) => Mute(t, leg, muted: false)),
        SendDigits d => OnLeg(turn, d.Leg, (t, leg) => Digits(t, leg, d.Digits)),
        CollectCard c => OnLeg(turn, c.Leg, (t, leg) => CollectCard(t, leg, c)),
        CancelCard c => OnLeg(turn, c.Leg, CancelCard),
        DetectAnswer d => DetectAnswer(turn, d),
        CheckNumber c => IsNumber(c.Number) ? Done : NotANumber(c.Number),
        // The call is there already: the order has come a second time.
        PlaceCall => Done,
        _ => null,
    };

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
        // Whoever takes a call that nobody has answered has to go on with it: it may die just then, and the caller hears it ring.
        turn.Do(turn.State.Phase == CallPhase.Arrived || (take.Holder == ControlHolder.Routing && turn.State.Bridged is null)
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
            case DialCaller d:
                return DialOtherSide(turn, d);
            case ConnectAgent c:
                return OnLeg(turn, c.Leg, (t, leg) => Connect(t, leg, c.Recording));
            case HangUp:
                CallTable.EndCall(turn, LegEnd.Ended);
                return Done;
            default:
                return Refused($"{order.GetType().Name} is not known to this gateway");
        }
    }

    private static (CommandOutcome, string?) Offer(Turn turn, OfferLeg offer) =>
        NotANewLeg(turn, offer.Leg, offer.RingMs) ?? Do(turn, t => LegTable.Offer(t, offer));

    private static (CommandOutcome, string?)? NotANewLeg(Turn turn, Guid leg, int ringMs) => turn.State switch
    {
        var s when s.LegIds.Contains(leg) => Refused("the leg was offered or withdrawn already: use a new leg id"),
        { Legs.Count: >= LegsMax } => Refused($"a call has at most {LegsMax} legs at once"),
        { LegIds.Count: >= OffersMax } => Refused($"a call is offered at most {OffersMax} times"),
        _ when ringMs <= 0 => Refused("ring for at least a millisecond"),
        _ => null,
    };

    private static (CommandOutcome, string?) Withdraw(Turn turn, LegView leg) => leg.HasVoice
        ? Refused("the leg is connected: use EndLeg")
        : Do(turn, t => LegTable.Withdraw(t, leg));

    private static (CommandOutcome, string?) EndLeg(Turn turn, LegView leg) => Do(turn, t => LegTable.Withdraw(t, leg));

    private static (CommandOutcome, string?) Hold(Turn turn, LegView leg) => leg switch
    {
        { Phase: not LegPhase.Connected } or { Role: not LegRole.Agent } => NotConnected,
        { IsHeld: true } => Done,
        _ => Do(turn, t => LegTable.Hold(t, leg, leg with { CommandHolds = true })),
    };

    private static (CommandOutcome, string?) Retrieve(Turn turn, LegView leg) => leg switch
    {
        { Phase: not LegPhase.Connected } or { Role: not LegRole.Agent } => NotConnected,
        { PhoneHolds: true } => Refused("the agent's phone holds the call: take it back there"),
        _ => Do(turn, t => LegTable.Hold(t, leg, leg with { CommandHolds = false })),
    };

    private static (CommandOutcome, string?) Connect(Turn turn, LegView leg, Guid? recording) => turn.State switch
    {
        { Phase: not CallPhase.Answered } => Refused("answer the call first"),
        { Bridged: not null } => Refused("the caller talks on another leg: end it first"),
        var s when IsKnown(s, recording) => KnownRecording,
        _ when leg.Phase != LegPhase.Accepted || leg.Role == LegRole.Supervisor => Refused("wait for LegAccepted"),
        _ => Do(turn, t => LegTable.Connect(t, leg, recording)),
    };

    private static (CommandOutcome, string?) Dial(Turn turn, DialNumber dial) => NotANewLeg(turn, dial.Leg, dial.RingMs) ?? (IsNumber(dial.Number)
        ? Do(turn, t => LegTable.Dial(t, dial))
        : NotANumber(dial.Number));

    private static (CommandOutcome, string?) NotANumber(string number) => Refused($"'{number}' is not a number: give {NumberMin} to {NumberMax} of 0-9 * #, a leading + is allowed");

    private static (CommandOutcome, string?) DialOtherSide(Turn turn, DialCaller dial) => turn.State switch
    {
        { Phase: CallPhase.Dialling or CallPhase.Answered } => Refused("the other side is dialled already"),
        { Phase: not CallPhase.Placed } => Refused("the caller called us: there is nobody to dial"),
        _ when dial.RingMs <= 0 => Refused("ring for at least a millisecond"),
        var s when !s.Legs.Values.Any(leg => leg is { Role: LegRole.Agent, Phase: LegPhase.Accepted }) => Refused("wait for LegAccepted: nobody is dialled without an agent"),
        _ => Do(turn, t => PlacedTable.Dial(t, dial)),
    };

    /// <summary>Whether it could be dialled at all.</summary>
    public static bool IsNumber(string number)
    {
        var digits = number.AsSpan(number.StartsWith('+') ? 1 : 0);
        return digits.Length is >= NumberMin and <= NumberMax && !digits.ContainsAnyExcept(NumberKeys);
    }

    private static (CommandOutcome, string?) Consult(Turn turn, LegView leg, LegView with, Guid? recording) => (leg, with) switch
    {
        _ when !HasCaller(turn, leg) => NoCaller,
        ({ With: not null }, _) => Refused("the leg consults already: end that first"),
        ({ PhoneHolds: true }, _) => Refused("the agent's phone holds the call: take it back there"),
        (_, { Phase: not LegPhase.Accepted } or { Role: LegRole.Supervisor }) => Refused("wait for LegAccepted or NumberAnswered of the other leg"),
        _ when IsKnown(turn.State, recording) => KnownRecording,
        _ => Do(turn, t => ConsultTable.Begin(t, leg, with, recording)),
    };

    private static (CommandOutcome, string?) Confer(Turn turn, LegView leg) => Consulted(turn, leg) switch
    {
        { Phase: LegPhase.Connected } => Done,
        { } with => Do(turn, t => ConsultTable.Confer(t, leg, with)),
        null => NoConsult,
    };

    private static (CommandOutcome, string?) Switch(Turn turn, LegView leg) => Consulted(turn, leg) switch
    {
        null => NoConsult,
        { Phase: LegPhase.Connected } => Refused("they are in a conference: nobody waits"),
        { } with => Do(turn, t => ConsultTable.Switch(t, leg, with)),
    };

    private static (CommandOutcome, string?) EndConsult(Turn turn, LegView leg) =>
        Consulted(turn, leg) is { } with ? Do(turn, t => LegTable.End(t, with, LegEnd.Ended)) : NoConsult;

    private static (CommandOutcome, string?) Complete(Turn turn, LegView leg) =>
        Consulted(turn, leg) is { } with ? Do(turn, t => ConsultTable.Complete(t, leg, with)) : NoConsult;

    private static (CommandOutcome, string?) Transfer(Turn turn, LegView leg) => leg switch
    {
        _ when !HasCaller(turn, leg) => NoCaller,
        { With: not null } => Refused("the leg consults: complete that, or end it first"),
        _ => Do(turn, t => LegTable.End(t, leg, LegEnd.Transferred)),
    };

    private static (CommandOutcome, string?) Monitor(Turn turn, MonitorLeg monitor)
    {
        if (LegTable.Find(turn, monitor.Target) is not { HasVoice: true, Role: LegRole.Agent } target)
        {
            return (CommandOutcome.NoSuchLeg, "the agent's leg has no conversation");
        }
        return LegTable.Find(turn, monitor.Leg) switch
        {
            null when target.Agent == monitor.Supervisor => Refused("nobody listens in on the own conversation"),
            null => NotANewLeg(turn, monitor.Leg, monitor.RingMs) ?? Do(turn, t => MonitorTable.Offer(t, monitor)),
            { Role: LegRole.Supervisor } leg when leg.Target != monitor.Target => Refused("the leg watches another: use a new leg"),
            { Role: LegRole.Supervisor, Phase: LegPhase.Offered } leg => Do(turn, t => LegTable.Set(t, leg with { Mode = monitor.Mode })),
            { Role: LegRole.Supervisor } leg when leg.Mode == monitor.Mode => Done,
            { Role: LegRole.Supervisor } leg => Do(turn, t => MonitorTable.Join(t, leg with { Mode = monitor.Mode })),
            _ => Refused("the leg is not a supervisor's"),
        };
    }

    private static (CommandOutcome, string?) Mute(Turn turn, LegView leg, bool muted)
    {
        var state = turn.State;
        if (state.Card is not null && !muted)
        {
            return Refused("a card is being collected: the recording goes on by itself after it");
        }
        if (!state.Recordings.Any(r => r.Value == leg.Leg))
        {
            return Refused("the leg is not recorded");
        }
        var recording = state.Recordings.First(r => r.Value == leg.Leg).Key;
        if (state.Paused.Contains(recording) != muted)
        {
            turn.State = state with { Paused = muted ? state.Paused.Add(recording) : state.Paused.Remove(recording) };
            turn.Do(new MuteRecording(recording, muted));
            turn.Tell((muted ? (ContactEvent)new RecordingPaused(recording) : new RecordingResumed(recording)) with { Leg = leg.Leg });
        }
        return Done;
    }

    private static (CommandOutcome, string?) Digits(Turn turn, LegView leg, string digits) => leg switch
    {
        _ when digits.Length is 0 or > KeysMax || digits.AsSpan().ContainsAnyExcept(Keys) => Refused($"send 1 to {KeysMax} of 0-9 * # A-D"),
        { HasVoice: false } or { Role: not LegRole.Agent } => NotConnected,
        _ => Do(turn, t => t.Do(new SendKeys(leg.With ?? t.State.CallerLeg, digits))),
    };

    private static (CommandOutcome, string?) CollectCard(Turn turn, LegView leg, CollectCard order) => order switch
    {
        _ when !HasCaller(turn, leg) => NoCaller,
        _ when turn.State.Card is not null => Refused("a card is being collected already: cancel that first"),
        { Fields.Count: 0 } => Refused("name the fields to collect"),
        _ when order.Fields.Distinct().Count() != order.Fields.Count || order.Fields.Any(field => !Enum.IsDefined(field)) => Refused("name each of Number, Expiry, SecurityCode at most once"),
        { Reference.Length: > CardTable.ReferenceMax } => Refused($"the reference has at most {CardTable.ReferenceMax} characters"),
        { Reference: { } reference } when Cards.PaymentClient.MayHoldANumber(reference) => Refused("the reference looks like a card's number: digits of a card are typed by the caller alone"),
        _ => Do(turn, t => CardTable.Begin(t, leg, order)),
    };

    private static (CommandOutcome, string?) CancelCard(Turn turn, LegView leg) => turn.State.Card switch
    {
        { Order.Leg: var its } card when its == leg.Leg => card.Sent
            ? Refused("the payment service has been asked: wait for its answer")
            : Do(turn, t => CardTable.End(t, CardOutcome.Cancelled)),
        _ => Refused("the leg collects no card"),
    };

    private static (CommandOutcome, string?) DetectAnswer(Turn turn, DetectAnswer order) => order switch
    {
        { MaxMs: < 1_000 or > WaitMaxMs } => Refused($"listen for 1000 to {WaitMaxMs} ms"),
        _ when order.Leg == turn.State.CallerLeg => turn.State.Phase == CallPhase.Answered ? Do(turn, t => Listen(t, order)) : Refused("answer the call first"),
        _ => LegTable.Find(turn, order.Leg) switch
        {
            null => (CommandOutcome.NoSuchLeg, null),
            { Phase: LegPhase.Offered } => Refused("wait for LegAccepted or NumberAnswered"),
            _ => Do(turn, t => Listen(t, order)),
        },
    };

    private static void Listen(Turn turn, DetectAnswer order) => turn.Do(new ListenForAnswer(order.Leg, TimeSpan.FromMilliseconds(order.MaxMs)));

    private static bool HasCaller(Turn turn, LegView leg) => leg is { Role: LegRole.Agent, Phase: LegPhase.Connected } && turn.State.Bridged == leg.Leg;

    private static LegView? Consulted(Turn turn, LegView leg) => leg.With is { } with ? LegTable.Find(turn, with) : null;

    private static bool IsKnown(CallState state, Guid? recording) =>
        recording is { } id && (state.Recordings.ContainsKey(id) || state.Legs.Values.Any(leg => leg.NextRecording == id));

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
        _ when IsKnown(turn.State, message.Recording) => KnownRecording,
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

    /// <summary>A leg that is not there is not offered any more: its offer may have been overtaken.</summary>
    private static (CommandOutcome, string?) OnLegOrNever(Turn turn, Guid leg, Func<Turn, LegView, (CommandOutcome, string?)> work)
    {
        if (turn.State.LegIds.Count < OffersMax)
        {
            turn.State = turn.State with { LegIds = turn.State.LegIds.Add(leg) };
        }

        return OnLeg(turn, leg, work);
    }

    private static (CommandOutcome, string?) Do(Turn turn, Action<Turn> work)
    {
        work(turn);
        return Done;
    }

    private static (CommandOutcome, string?) KnownRecording => Refused("the recording is known already: use a new id");

    private static (CommandOutcome, string?) NoCaller => Refused("the leg does not have the caller");

    private static (CommandOutcome, string?) NoConsult => Refused("the leg consults nobody: ConsultLeg comes first");

    private static (CommandOutcome, string?) NotConnected => Refused("the leg is not connected: wait for AgentAnswered");

    private static (CommandOutcome, string?) Done => (CommandOutcome.Done, null);

    private static (CommandOutcome, string?) Refused(string why) => (CommandOutcome.Refused, why);
}
