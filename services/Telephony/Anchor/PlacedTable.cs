using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Anchor;

/// <summary>
/// A call that we place, such as a callback: an agent first, then the other side, so that nobody who answers hears silence.
/// <code>
///   Placed ──DialCaller──> Dialling ──CallerTook──> Answered: from here on as every call
///      │                      └──CallerDeclined, the agent leaves──┐
///      └──nobody to dial for in PlacedMax─────────────────────────┴─> Ending
/// </code>
/// Routing has control from the beginning; there is no flow to fall back to before somebody has answered.
/// </summary>
internal static class PlacedTable
{
    /// <summary>Of a placed call's control.</summary>
    public const long Epoch = 1;

    /// <summary>So long a placed call waits for an agent: each offer is at most two minutes, a contact that waits longer gets a new call.</summary>
    public static readonly TimeSpan PlacedMax = TimeSpan.FromMinutes(10);

    public static void Begin(Turn turn, Place place)
    {
        turn.State = turn.State with { Phase = CallPhase.Placed, Holder = ControlHolder.Routing, Epoch = Epoch };
        turn.Tell(place.Placing);
        turn.Do(new Arm(new(TimerKind.Control), PlacedMax));
    }

    public static void Dial(Turn turn, DialCaller dial)
    {
        var ring = LegTable.RingTime(turn, dial.RingMs);
        turn.State = turn.State with { Phase = CallPhase.Dialling };
        turn.Do(new Disarm(new(TimerKind.Control)));
        foreach (var leg in Waiting(turn))
        {
            turn.Do(new Arm(new(TimerKind.Connect, leg.Leg), ring + turn.State.Guards.Connect));
            turn.Do(new RingBack(leg.Leg, Rings: true));
        }
        turn.Do(new DialOtherSide(ring));
    }

    public static void Apply(Turn turn, CallInput input)
    {
        switch (input)
        {
            case CallerInvited i:
                turn.Tell(new CallerDialled(i.Number, i.Trunk) { Leg = turn.State.CallerLeg });
                break;
            case CallerTook t:
                Answered(turn, t);
                break;
            case CallerDeclined d:
                turn.Tell(new CallerRefused(d.Number, d.Refusal, d.SipStatus) { Leg = turn.State.CallerLeg });
                CallTable.EndCall(turn, LegEnd.Ended);
                break;
            case TimerFired when turn.State.Legs.IsEmpty:
                CallTable.EndCall(turn, LegEnd.Ended);
                break;
            case TimerFired:
                turn.Do(new Arm(new(TimerKind.Control), PlacedMax));
                break;
        }
    }

    /// <summary>An agent who had accepted is gone: while nobody is dialled another may be offered the contact, else the other side must not be let answer to nobody.</summary>
    public static void AgentLeft(Turn turn)
    {
        if (turn.State.Phase == CallPhase.Dialling && !Waiting(turn).Any())
        {
            CallTable.EndCall(turn, LegEnd.Ended);
        }
    }

    private static void Answered(Turn turn, CallerTook took)
    {
        turn.State = turn.State with { Phase = CallPhase.Answered, Codec = took.Codec };
        turn.Tell(new CallAnswered(took.Codec) { Leg = turn.State.CallerLeg });
        turn.Do(new Arm(new(TimerKind.Control), turn.State.Guards.Connect));
        foreach (var leg in Waiting(turn))
        {
            turn.Do(new RingBack(leg.Leg, Rings: false));
            turn.Do(new Arm(new(TimerKind.Connect, leg.Leg), turn.State.Guards.Connect));
        }
    }

    private static IEnumerable<LegView> Waiting(Turn turn) => turn.State.Legs.Values.Where(leg => leg is { Role: LegRole.Agent, Phase: LegPhase.Accepted });
}
