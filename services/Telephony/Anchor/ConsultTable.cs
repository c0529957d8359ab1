using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Anchor;

/// <summary>
/// An agent asks somebody else during a call, and what comes of it:
/// <code>
///   Connected ──ConsultLeg──> Consulting ──StartConference──> conference ──┬─ EndConsult: the agent has the caller alone
///       ^                        │  └───────CompleteTransfer──────────────┴─ CompleteTransfer: the consulted leg has
///       └──EndConsult, the consulted one leaves──┘
/// </code>
/// SwitchConsult takes the agent from the consulted leg to the caller and back; who is left meanwhile waits.
/// An agent who hangs up while consulting leaves the caller alone, and the consulted leg ends; in the conference the others stay.
/// </summary>
internal static class ConsultTable
{
    public static void Begin(Turn turn, LegView leg, LegView with, Guid? recording)
    {
        turn.Do(new Disarm(new(TimerKind.Connect, with.Leg)));
        if (leg.IsHeld)
        {
            turn.Tell(leg, new CallResumed(leg.Agent));
        }
        LegTable.Set(turn, leg with { Phase = LegPhase.Consulting, With = with.Leg, CommandHolds = false });
        LegTable.Set(turn, with with { Phase = LegPhase.Consulting, NextRecording = recording });
        VoiceTable.Arrange(turn);
        turn.Tell(leg, new ConsultStarted(leg.Agent, with.Leg));
        if (with.Role == LegRole.Agent)
        {
            turn.Tell(with, new ConsultStarted(with.Agent, leg.Leg));
        }
    }

    /// <summary>The agent goes to the caller while the consulted leg waits, or back to that.</summary>
    public static void Switch(Turn turn, LegView leg, LegView with)
    {
        if (leg.Phase == LegPhase.Consulting)
        {
            LegTable.Set(turn, leg with { Phase = LegPhase.Connected, PhoneHolds = false });
            VoiceTable.Arrange(turn);
            turn.Tell(leg, new ConsultEnded(leg.Agent));
            LegTable.HoldIfPhoneDoes(turn, leg);
            return;
        }
        if (leg.IsHeld)
        {
            turn.Tell(leg, new CallResumed(leg.Agent));
        }
        LegTable.Set(turn, leg with { Phase = LegPhase.Consulting, CommandHolds = false });
        VoiceTable.Arrange(turn);
        turn.Tell(leg, new ConsultStarted(leg.Agent, with.Leg));
    }

    public static void Confer(Turn turn, LegView leg, LegView with)
    {
        LegTable.Set(turn, leg with { Phase = LegPhase.Connected, PhoneHolds = false });
        LegTable.Set(turn, with with { Phase = LegPhase.Connected, PhoneHolds = false });
        VoiceTable.Arrange(turn);
        turn.Tell(leg, new ConferenceStarted(leg.Agent, with.Leg));
        LegTable.TellConnected(turn, with);
        LegTable.HoldIfPhoneDoes(turn, leg);
        LegTable.HoldIfPhoneDoes(turn, with);
    }

    /// <summary>The consulted leg has the caller; the leg that asked is over.</summary>
    public static void Complete(Turn turn, LegView leg, LegView with)
    {
        var joins = with.Phase == LegPhase.Consulting;
        LegTable.Set(turn, leg with { With = null });
        LegTable.Set(turn, with with { Phase = LegPhase.Connected, PhoneHolds = joins ? false : with.PhoneHolds });
        turn.State = turn.State with { Bridged = with.Leg };
        if (joins)
        {
            LegTable.TellConnected(turn, with);
        }
        LegTable.End(turn, LegTable.Find(turn, leg.Leg)!, LegEnd.Transferred);
        LegTable.StartNextRecording(turn, with.Leg);
        if (joins)
        {
            LegTable.HoldIfPhoneDoes(turn, with);
        }
    }

    /// <summary>A leg is over that may have consulted or been consulted.</summary>
    public static void Leave(Turn turn, LegView gone)
    {
        if (gone.With is { } with && LegTable.Find(turn, with) is { Phase: LegPhase.Consulting } consulted)
        {
            LegTable.End(turn, consulted, LegEnd.Ended);
        }
        foreach (var asker in turn.State.Legs.Values.Where(leg => leg.With == gone.Leg).ToList())
        {
            LegTable.Set(turn, asker with { With = null, Phase = LegPhase.Connected, PhoneHolds = asker.Phase == LegPhase.Connected && asker.PhoneHolds });
            if (asker.Phase == LegPhase.Consulting)
            {
                turn.Tell(asker, new ConsultEnded(asker.Agent));
                LegTable.HoldIfPhoneDoes(turn, asker);
            }
        }
    }
}
