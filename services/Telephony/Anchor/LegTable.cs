using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Anchor;

/// <summary>
/// Legs beside the caller's as the anchor sees them: Offered -> Accepted -> Connected, or apart from the caller Consulting. The phone's
/// side of a leg is the edge's table (<see cref="Edge.AgentLegTable"/>), which reports here by a direct call.
/// </summary>
internal static class LegTable
{
    /// <summary>A report of the edge; one about a leg that is over means nothing.</summary>
    public static void Apply(Turn turn, CallInput input)
    {
        switch (input)
        {
            case LegInvited i when Find(turn, i.Leg) is { Role: LegRole.Agent } leg:
                turn.Tell(leg, new LegOffered(leg.Agent));
                break;
            case NumberInvited i when Find(turn, i.Leg) is { } leg:
                turn.Tell(leg, new NumberDialled(leg.Number!, i.Trunk));
                break;
            case LegRings r when Find(turn, r.Leg) is { Role: LegRole.Agent, Phase: LegPhase.Offered } leg:
                turn.Tell(leg, new LegRinging(leg.Agent));
                break;
            case LegTaken t when Find(turn, t.Leg) is { Phase: LegPhase.Offered } leg:
                Accept(turn, leg);
                break;
            case LegFailed f when Find(turn, f.Leg) is { Phase: LegPhase.Offered } leg:
                Refuse(turn, leg, f.Refusal, f.SipStatus);
                break;
            case LegGone g when Find(turn, g.Leg) is { Phase: not LegPhase.Offered } leg:
                End(turn, leg, g.End);
                break;
            case LegRefers r when Find(turn, r.Leg) is { Role: LegRole.Agent, HasVoice: true } leg:
                turn.Tell(leg, new TransferAsked(leg.Agent, r.ToAgent, r.Number, r.Attended));
                break;
            case AnswerHeard a:
                turn.Tell(new AnswerDetected(a.Kind, a.AfterMs, a.Confidence, a.Hertz) { Leg = a.Leg });
                break;
            case LegPressed p when Find(turn, p.Leg) is { Role: LegRole.Agent, HasVoice: true, IsHeld: false } leg:
                turn.Do(new SendKeys(leg.With ?? turn.State.CallerLeg, $"{p.Digit}"));
                break;
            case LegHeld h when Find(turn, h.Leg) is { } leg:
                Hold(turn, leg, leg with { PhoneHolds = true });
                break;
            case LegRetrieved r when Find(turn, r.Leg) is { } leg:
                Hold(turn, leg, leg with { PhoneHolds = false });
                break;
        }
    }

    public static LegView? Find(Turn turn, Guid leg) => turn.State.Legs.GetValueOrDefault(leg);

    public static void Set(Turn turn, LegView leg) => turn.State = turn.State with { Legs = turn.State.Legs.SetItem(leg.Leg, leg) };

    public static TimeSpan RingTime(Turn turn, int milliseconds) => TimeSpan.FromMilliseconds(Math.Min(milliseconds, turn.State.Guards.RingMaxMs));

    public static void Offer(Turn turn, OfferLeg offer)
    {
        turn.State = turn.State with { LegIds = turn.State.LegIds.Add(offer.Leg) };
        Set(turn, new(offer.Leg, offer.Agent, offer.CommandId, LegPhase.Offered));
        turn.Do(new InviteAgent(offer.Leg, offer.Agent, RingTime(turn, offer.RingMs), offer.Resumes));
    }

    public static void Dial(Turn turn, DialNumber dial)
    {
        turn.State = turn.State with { LegIds = turn.State.LegIds.Add(dial.Leg) };
        Set(turn, new(dial.Leg, Guid.Empty, dial.CommandId, LegPhase.Offered) { Role = LegRole.External, Number = dial.Number });
        turn.Do(new DialOut(dial.Leg, dial.Number, RingTime(turn, dial.RingMs)));
    }

    private static void Accept(Turn turn, LegView leg)
    {
        if (leg.Role == LegRole.Supervisor)
        {
            MonitorTable.Join(turn, leg with { Phase = LegPhase.Accepted });
            return;
        }
        Set(turn, leg with { Phase = LegPhase.Accepted });
        turn.Tell(leg, leg.Number is { } number ? new NumberAnswered(number) : new LegAccepted(leg.Agent));
        turn.Do(new Arm(new(TimerKind.Connect, leg.Leg), turn.State.Guards.Connect));
    }

    public static void Connect(Turn turn, LegView leg, Guid? recording)
    {
        CallerTable.StopActivity(turn);
        turn.Do(new Disarm(new(TimerKind.Control)));
        turn.Do(new Disarm(new(TimerKind.Connect, leg.Leg)));
        turn.State = turn.State with { Bridged = leg.Leg, TypedAhead = "", SpeechIsMeasured = true };
        Set(turn, leg with { Phase = LegPhase.Connected, PhoneHolds = false, NextRecording = RecordingTable.Join(turn, leg, recording) });
        VoiceTable.Arrange(turn);
        TellConnected(turn, leg);
        StartNextRecording(turn, leg.Leg);
        HoldIfPhoneDoes(turn, leg);
    }

    /// <summary>Caller and leg hear each other from now on.</summary>
    public static void TellConnected(Turn turn, LegView leg) =>
        turn.Tell((leg.Number is { } number ? (ContactEvent)new NumberConnected(number) : new AgentAnswered(leg.Agent)) with { Leg = leg.Leg });

    /// <summary>The leg has the caller alone: what was asked to be recorded then begins.</summary>
    public static void StartNextRecording(Turn turn, Guid leg)
    {
        if (Find(turn, leg) is { NextRecording: { } id } view)
        {
            Set(turn, view with { NextRecording = null });
            turn.State = turn.State with { Recordings = turn.State.Recordings.Add(id, leg) };
            turn.Do(new StartRecording(id, leg, view.Agent));
            turn.Tell(new RecordingStarted(id, view.Agent) { Leg = leg });
        }
    }

    /// <summary>The leg came to the caller while its phone held: that is so now.</summary>
    public static void HoldIfPhoneDoes(Turn turn, LegView before)
    {
        if (before.PhoneHolds && Find(turn, before.Leg) is { } leg)
        {
            Hold(turn, leg, leg with { PhoneHolds = true });
        }
    }

    /// <summary>The phone or a command holds or retrieves: told and done when it makes a difference.</summary>
    public static void Hold(Turn turn, LegView before, LegView after)
    {
        Set(turn, after);
        if (!after.HasVoice || after.IsHeld == before.IsHeld)
        {
            return;
        }
        VoiceTable.Arrange(turn);
        if (after is { Role: LegRole.Agent, Phase: LegPhase.Connected })
        {
            turn.Tell(after, after.IsHeld ? new CallHeld(after.Agent) : new CallResumed(after.Agent));
        }
    }

    /// <summary>Ends a leg that is not connected: the offer is taken back, or what was accepted meanwhile is ended.</summary>
    public static void Withdraw(Turn turn, LegView leg)
    {
        if (leg.Phase == LegPhase.Offered)
        {
            turn.Do(new DropAgent(leg.Leg));
            Refuse(turn, leg, LegRefusal.Withdrawn, 0);
        }
        else
        {
            End(turn, leg, LegEnd.Ended);
        }
    }

    /// <summary>Ends a leg that was accepted. The caller stays with the others of a conference; alone, control returns to Ivr.</summary>
    public static void End(Turn turn, LegView leg, LegEnd end)
    {
        var hadCaller = turn.State.Bridged == leg.Leg;
        if (turn.State.Card?.Order.Leg == leg.Leg)
        {
            CardTable.End(turn, CardOutcome.Cancelled);
        }
        Forget(turn, leg);
        turn.Do(new DropAgent(leg.Leg, Transferred: end == LegEnd.Transferred));
        turn.Tell(leg, Ended(leg, end));
        var bridged = hadCaller ? Heir(turn, leg, end)?.Leg : turn.State.Bridged;
        RecordingTable.Leave(turn, leg, agentMayReturn: hadCaller && bridged is null && end == LegEnd.Lost && leg.Role == LegRole.Agent);
        ConsultTable.Leave(turn, leg);
        MonitorTable.Leave(turn, leg);
        turn.State = turn.State with { Bridged = bridged };
        if (leg.HasVoice)
        {
            VoiceTable.Arrange(turn);
        }
        var othersWait = turn.State.Legs.Values.Any(l => l.Phase != LegPhase.Offered && l.Role != LegRole.Supervisor);
        if (turn.State.Phase is CallPhase.Placed or CallPhase.Dialling)
        {
            PlacedTable.AgentLeft(turn);
        }
        else if (hadCaller && bridged is { } heir)
        {
            StartNextRecording(turn, heir);
        }
        else if (hadCaller || (turn.State.Holder == ControlHolder.Routing && bridged is null && !othersWait && leg.Role != LegRole.Supervisor))
        {
            CallTable.ReturnToIvr(turn, CauseOf(leg, end));
        }
    }

    /// <summary>Whom the caller stays with when the leg that had it is over; null for nobody.</summary>
    private static LegView? Heir(Turn turn, LegView gone, LegEnd end) =>
        turn.State.Legs.Values.Where(leg => leg.IsWithCaller).OrderBy(leg => leg.Role).FirstOrDefault()
        ?? (end == LegEnd.Transferred || gone.Phase != LegPhase.Connected ? null : MonitorTable.Heir(turn, gone));

    private static string CauseOf(LegView leg, LegEnd end) => (leg.Role, end) switch
    {
        (_, LegEnd.Transferred) => "Transferred",
        (LegRole.External, _) => "NumberEnded",
        (LegRole.Supervisor, _) => "SupervisorEnded",
        (_, LegEnd.Lost) => "AgentLegLost",
        _ => "AgentLegEnded",
    };

    /// <summary>The caller's leg is over, so this one is.</summary>
    public static void EndWithCall(Turn turn, LegView leg, LegEnd callerEnd)
    {
        var stopping = callerEnd == LegEnd.GatewayStopped;
        turn.Do(new DropAgent(leg.Leg));
        if (leg.Phase == LegPhase.Offered)
        {
            Refuse(turn, leg, stopping ? LegRefusal.Failed : LegRefusal.Withdrawn, 0);
            return;
        }
        Forget(turn, leg);
        if (turn.State.Bridged == leg.Leg)
        {
            turn.State = turn.State with { Bridged = null };
            turn.Do(new Unbridge());
        }
        turn.Tell(leg, Ended(leg, stopping ? LegEnd.GatewayStopped : LegEnd.Ended));
        RecordingTable.Leave(turn, leg, agentMayReturn: false);
    }

    private static LegEnded Ended(LegView leg, LegEnd end) => new(leg.Role, leg.Role == LegRole.External ? null : leg.Agent, end);

    private static void Refuse(Turn turn, LegView leg, LegRefusal refusal, int sipStatus)
    {
        Forget(turn, leg);
        turn.Tell(leg, leg.Role switch
        {
            LegRole.External => new NumberRefused(leg.Number!, refusal, sipStatus),
            LegRole.Supervisor => new MonitorRefused(leg.Agent, refusal, sipStatus),
            _ => new LegRefused(leg.Agent, refusal, sipStatus),
        });
    }

    private static void Forget(Turn turn, LegView leg)
    {
        turn.State = turn.State with { Legs = turn.State.Legs.Remove(leg.Leg) };
        turn.Do(new Disarm(new(TimerKind.Connect, leg.Leg)));
    }
}
