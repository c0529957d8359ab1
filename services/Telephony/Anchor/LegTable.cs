using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Anchor;

/// <summary>
/// Agents' legs as the anchor sees them: Offered -> Accepted -> Connected. The phone's side of a leg is the edge's table
/// (<see cref="Edge.AgentLegTable"/>), which reports here by a direct call.
/// </summary>
internal static class LegTable
{
    /// <summary>A report of the edge; one about a leg that is over means nothing.</summary>
    public static void Apply(Turn turn, CallInput input)
    {
        switch (input)
        {
            case LegInvited i when Find(turn, i.Leg) is { } leg:
                turn.Tell(leg, new LegOffered(leg.Agent));
                break;
            case LegRings r when Find(turn, r.Leg) is { Phase: LegPhase.Offered } leg:
                turn.Tell(leg, new LegRinging(leg.Agent));
                break;
            case LegTaken t when Find(turn, t.Leg) is { Phase: LegPhase.Offered } leg:
                Set(turn, leg with { Phase = LegPhase.Accepted });
                turn.Tell(leg, new LegAccepted(leg.Agent));
                turn.Do(new Arm(new(TimerKind.Connect, leg.Leg), turn.State.Guards.Connect));
                break;
            case LegFailed f when Find(turn, f.Leg) is { Phase: LegPhase.Offered } leg:
                Refuse(turn, leg, f.Refusal, f.SipStatus);
                break;
            case LegGone g when Find(turn, g.Leg) is { Phase: not LegPhase.Offered } leg:
                End(turn, leg, g.End);
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

    public static void Offer(Turn turn, OfferLeg offer)
    {
        turn.State = turn.State with { LegIds = turn.State.LegIds.Add(offer.Leg) };
        Set(turn, new(offer.Leg, offer.Agent, offer.CommandId, LegPhase.Offered));
        turn.Do(new InviteAgent(offer.Leg, offer.Agent, TimeSpan.FromMilliseconds(Math.Min(offer.RingMs, turn.State.Guards.RingMaxMs))));
    }

    public static void Connect(Turn turn, LegView leg, Guid? recording)
    {
        CallerTable.StopActivity(turn);
        turn.Do(new Disarm(new(TimerKind.Control)));
        turn.Do(new Disarm(new(TimerKind.Connect, leg.Leg)));
        turn.State = turn.State with { Bridged = leg.Leg };
        var connected = leg with { Phase = LegPhase.Connected };
        Set(turn, connected);
        turn.Do(new Bridge(leg.Leg));
        turn.Tell(new AgentAnswered(leg.Agent) { Leg = leg.Leg });
        if (recording is { } id)
        {
            turn.State = turn.State with { Recordings = turn.State.Recordings.Add(id, leg.Leg) };
            turn.Do(new StartRecording(id, leg.Leg, leg.Agent));
            turn.Tell(new RecordingStarted(id, leg.Agent) { Leg = leg.Leg });
        }
        Hold(turn, connected with { PhoneHolds = false }, connected);
    }

    /// <summary>The phone or a command holds or retrieves: told and done when it makes a difference to the caller.</summary>
    public static void Hold(Turn turn, LegView before, LegView after)
    {
        Set(turn, after);
        if (after.Phase != LegPhase.Connected || after.IsHeld == before.IsHeld)
        {
            return;
        }
        turn.Do(after.IsHeld ? new HoldBridge(after.Leg) : new Bridge(after.Leg));
        turn.Tell(after, after.IsHeld ? new CallHeld(after.Agent) : new CallResumed(after.Agent));
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

    /// <summary>Ends an accepted or connected leg; the caller stays and control returns to Ivr.</summary>
    public static void End(Turn turn, LegView leg, LegEnd end)
    {
        var hadCaller = turn.State.Bridged == leg.Leg;
        Finish(turn, leg, end);
        var othersWait = turn.State.Legs.Values.Any(l => l.Phase != LegPhase.Offered);
        if (hadCaller || (turn.State.Holder == ControlHolder.Routing && !othersWait))
        {
            CallTable.ReturnToIvr(turn, end == LegEnd.Lost ? "AgentLegLost" : "AgentLegEnded");
        }
    }

    /// <summary>The caller's leg is over, so this one is.</summary>
    public static void EndWithCall(Turn turn, LegView leg, LegEnd callerEnd)
    {
        var stopping = callerEnd == LegEnd.GatewayStopped;
        if (leg.Phase == LegPhase.Offered)
        {
            turn.Do(new DropAgent(leg.Leg));
            Refuse(turn, leg, stopping ? LegRefusal.Failed : LegRefusal.Withdrawn, 0);
        }
        else
        {
            Finish(turn, leg, stopping ? LegEnd.GatewayStopped : LegEnd.Ended);
        }
    }

    private static void Finish(Turn turn, LegView leg, LegEnd end)
    {
        Forget(turn, leg);
        turn.Do(new DropAgent(leg.Leg));
        if (turn.State.Bridged == leg.Leg)
        {
            turn.State = turn.State with { Bridged = null };
            turn.Do(new Unbridge());
        }
        turn.Tell(leg, new LegEnded(LegRole.Agent, leg.Agent, end));
        foreach (var (recording, recorded) in turn.State.Recordings)
        {
            if (recorded == leg.Leg)
            {
                turn.Do(new StopRecording(recording));
            }
        }
    }

    private static void Refuse(Turn turn, LegView leg, LegRefusal refusal, int sipStatus)
    {
        Forget(turn, leg);
        turn.Tell(leg, new LegRefused(leg.Agent, refusal, sipStatus));
    }

    private static void Set(Turn turn, LegView leg) => turn.State = turn.State with { Legs = turn.State.Legs.SetItem(leg.Leg, leg) };

    private static void Forget(Turn turn, LegView leg)
    {
        turn.State = turn.State with { Legs = turn.State.Legs.Remove(leg.Leg) };
        turn.Do(new Disarm(new(TimerKind.Connect, leg.Leg)));
    }
}
