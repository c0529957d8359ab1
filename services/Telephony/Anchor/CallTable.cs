using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Anchor;

/// <summary>
/// The anchor's state table: (state, input) -> (state, actions), pure. Inputs that mean nothing in a state change nothing;
/// a command is answered in every state. Commands are in <see cref="CommandTable"/>.
/// <code>
///             CallerHungUp, CallerLost, HangUp, GatewayStops, hold limit
///   Arrived ──AnswerCall, fallback──> Answered ──────────┐
///      └─────────────────────────────────────────────────┴─> Ending ──last recording stopped──> Closed
/// </code>
/// Told once each: LegEnded or LegRefused of every leg, CallClosed last of all.
/// </summary>
internal static class CallTable
{
    /// <summary>The step that an input causes at this time.</summary>
    public static (CallState State, IReadOnlyList<CallAction> Actions) Apply(CallState state, CallInput input, DateTimeOffset now)
    {
        var turn = new Turn(state, now, (input as Command)?.Order.CommandId);
        Step(turn, input);
        return (turn.State, turn.Actions);
    }

    private static void Step(Turn turn, CallInput input)
    {
        switch (turn.State.Phase, input)
        {
            case (_, Command c):
                CommandTable.Apply(turn, c);
                break;
            case (CallPhase.Closed, _):
                break;
            case (_, RecordingStopped r):
                EndRecording(turn, r);
                break;
            case (CallPhase.Ending, SpeechStopped s) when turn.State.SpeechIsMeasured:
                EndSpeech(turn, s);
                break;
            case (CallPhase.Ending, _):
                break;
            case (CallPhase.Arrived, Arrive a):
                Begin(turn, a);
                break;
            case (CallPhase.Arrived, Place p):
                PlacedTable.Begin(turn, p);
                break;
            case (CallPhase.Dialling, CallerInvited or CallerTook or CallerDeclined):
            case (CallPhase.Placed or CallPhase.Dialling, TimerFired { Timer.Kind: TimerKind.Control }):
                PlacedTable.Apply(turn, input);
                break;
            case (_, CallerUnpaid):
                EndCall(turn, LegEnd.DayCost);
                break;
            case (_, CallerHungUp):
                EndCall(turn, LegEnd.PartyHungUp);
                break;
            case (_, CallerLost):
                EndCall(turn, LegEnd.Lost);
                break;
            case (_, GatewayStops):
                EndCall(turn, LegEnd.GatewayStopped);
                break;
            case (CallPhase.Answered, DigitPressed d):
                CallerTable.Digit(turn, d);
                break;
            case (_, CardAnswered c) when turn.State.Card is { Sent: true } card && card.Order.Collection == c.Collection:
                CardTable.End(turn, c.Outcome, c.Reference);
                break;
            case (_, MessageSilent m):
                MessageTable.Silent(turn, m.Recording);
                break;
            case (_, PlaybackOver p):
                CallerTable.PlaybackOver(turn, p);
                break;
            case (_, TimerFired t):
                Fired(turn, t.Timer);
                break;
            default:
                LegTable.Apply(turn, input);
                break;
        }
    }

    private static void Begin(Turn turn, Arrive arrive)
    {
        turn.Tell(arrive.Arrival);
        turn.Do(new RingCaller());
        turn.Do(new Arm(new(TimerKind.Control), turn.State.Guards.Control));
    }

    private static void Fired(Turn turn, CallTimer timer)
    {
        var state = turn.State;
        switch (timer.Kind)
        {
            case TimerKind.Control when state.Holder == ControlHolder.Routing && state.Bridged is null:
                ReturnToIvr(turn, "NotConnected");
                break;
            case TimerKind.Control when state.Holder is ControlHolder.None or ControlHolder.Ivr && state.Bridged is null:
                FallBack(turn);
                break;
            case TimerKind.Hold when state.Holder == ControlHolder.Fallback:
                EndCall(turn, LegEnd.Ended);
                break;
            case TimerKind.Digit:
                CallerTable.DigitTimeout(turn);
                break;
            case TimerKind.Message:
                MessageTable.GreatestLength(turn);
                break;
            case TimerKind.Card:
                CardTable.End(turn, CardOutcome.TimedOut);
                break;
            case TimerKind.CardPause:
                CardTable.PauseIsOver(turn);
                break;
            case TimerKind.Return:
                RecordingTable.StopKept(turn);
                break;
            case TimerKind.Connect when timer.Leg is { } id && state.Legs.GetValueOrDefault(id) is { Phase: LegPhase.Accepted } leg:
                LegTable.End(turn, leg, LegEnd.Ended);
                break;
        }
    }

    /// <summary>No service controls the call: the number's own prompt and music until one does.</summary>
    private static void FallBack(Turn turn)
    {
        CallerTable.StopActivity(turn);
        ChangeControl(turn, ControlHolder.Fallback, "NoController");
        Answer(turn);
        turn.Do(new PlayFallback());
        turn.Do(new Arm(new(TimerKind.Hold), turn.State.LongestHold));
    }

    /// <summary>The agent's leg is over and the caller is still there.</summary>
    public static void ReturnToIvr(Turn turn, string cause)
    {
        CallerTable.StopActivity(turn);
        turn.State = turn.State with { TypedAhead = "" };
        ChangeControl(turn, ControlHolder.Ivr, cause);
        turn.Do(new Arm(new(TimerKind.Control), turn.State.Guards.Control));
    }

    public static void ChangeControl(Turn turn, ControlHolder holder, string cause)
    {
        turn.State = turn.State with { Holder = holder, Epoch = turn.State.Epoch + 1 };
        turn.Tell(new ControlChanged(holder, turn.State.Epoch, cause) { Leg = turn.State.CallerLeg });
    }

    public static void Answer(Turn turn)
    {
        if (turn.State.Phase == CallPhase.Arrived)
        {
            turn.State = turn.State with { Phase = CallPhase.Answered };
            turn.Do(new AnswerCaller());
            turn.Tell(new CallAnswered(turn.State.Codec) { Leg = turn.State.CallerLeg });
        }
    }

    /// <summary>The one exit: ends every leg with the caller's, then waits for recordings.</summary>
    public static void EndCall(Turn turn, LegEnd end)
    {
        CardTable.End(turn, CardOutcome.Cancelled);
        CallerTable.StopActivity(turn);
        foreach (var kind in (TimerKind[])[TimerKind.Control, TimerKind.Hold])
        {
            turn.Do(new Disarm(new(kind)));
        }
        turn.Do(new EndCaller());
        turn.Tell(new LegEnded(LegRole.Caller, null, end) { Leg = turn.State.CallerLeg });
        turn.State = turn.State with { Phase = CallPhase.Ending };
        foreach (var leg in turn.State.Legs.Values)
        {
            LegTable.EndWithCall(turn, leg, end);
        }
        if (turn.State.SpeechIsMeasured)
        {
            turn.Do(new StopSpeech());
        }
        RecordingTable.StopKept(turn);
        CloseWhenDone(turn);
    }

    private static void EndSpeech(Turn turn, SpeechStopped stopped)
    {
        turn.State = turn.State with { SpeechIsMeasured = false };
        if (stopped.Speech is { } speech)
        {
            turn.Tell(speech with { Leg = turn.State.CallerLeg });
        }
        CloseWhenDone(turn);
    }

    private static void EndRecording(Turn turn, RecordingStopped stopped)
    {
        if (turn.State.Recordings.TryGetValue(stopped.Recording, out var leg))
        {
            turn.State = turn.State with { Recordings = turn.State.Recordings.Remove(stopped.Recording), Kept = turn.State.Kept?.Recording == stopped.Recording ? null : turn.State.Kept, Paused = turn.State.Paused.Remove(stopped.Recording) };
            turn.Tell(new RecordingEnded(stopped.Recording, stopped.Blocks, stopped.LengthMs, stopped.SoundMs) { Leg = leg });
            CloseWhenDone(turn);
        }
    }

    private static void CloseWhenDone(Turn turn)
    {
        if (turn.State is { Phase: CallPhase.Ending, Recordings.IsEmpty: true, SpeechIsMeasured: false })
        {
            turn.State = turn.State with { Phase = CallPhase.Closed };
            turn.Tell(new CallClosed { Final = true });
            turn.Do(new Close());
        }
    }
}
