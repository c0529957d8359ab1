using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Callbacks;

namespace CallCenter.Routing.Contacts;

/// <summary>
/// What becomes of an agent's leg, or of one to a number outside, by the gateway's word.
/// <code>
/// Offered -> Accepted -> Talking, Held, Consulting -> WrapUp -> Over
///        \-----------\ refused, lapsed, withdrawn -----------> Over
/// </code>
/// </summary>
internal static class LegRules
{
    /// <summary>What the gateway tells of the leg.</summary>
    public static void Apply(Draft draft, ContactEvent e, AgentLeg leg)
    {
        switch (e)
        {
            case LegRinging when leg.Phase == LegPhase.Offered:
                draft.Set(leg with { Rings = true });
                draft.Do(new AgentRings(leg, e.OccurredAt));
                break;
            case LegAccepted when leg is { Phase: LegPhase.Offered, Purpose: LegPurpose.Queue } && draft.State.Callback is { IsReached: false }:
                CallbackRules.Dial(draft, leg, e.OccurredAt);
                break;
            case LegAccepted or NumberAnswered when leg.Phase == LegPhase.Offered:
                if (leg.Together)
                {
                    // Who accepts first has the caller: the others' phones stop ringing now, not when both hear each other.
                    draft.Do(new NarrowOffers(leg));
                    Withdraw(draft, draft.State.Legs.Where(other => other.Leg != leg.Leg && other is { Together: true, IsBeforeAnswer: true }), OfferOutcome.AnsweredElsewhere);
                }

                draft.Set(leg with { Phase = LegPhase.Accepted, Deadline = e.OccurredAt + ContactRules.ConnectDeadline });
                draft.Do(leg.Purpose == LegPurpose.Consult ? new Consult(leg) : new Connect(leg));
                break;
            case LegRefused refused when leg.IsBeforeAnswer:
                NotAnswered(draft, leg, Refusals.OutcomeOf(refused.Refusal), new(e.OccurredAt, e.EventId, refused.Refusal == LegRefusal.Failed ? ContactRules.CommandFailurePause : TimeSpan.Zero));
                break;
            case NumberRefused refused when leg.IsBeforeAnswer:
                NotAnswered(draft, leg, Refusals.OutcomeOf(refused.Refusal), new(e.OccurredAt, e.EventId));
                break;
            case ConsultStarted when leg.IsBeforeAnswer || leg.IsTalk:
                draft.Set(leg with { Phase = LegPhase.Consulting });
                draft.Do(new AgentConsults(leg, e.OccurredAt));
                if (leg is { IsBeforeAnswer: true, Queue: var queue })
                {
                    draft.Tell(new OfferEnded(queue, leg.Agent, OfferOutcome.Accepted) { Leg = leg.Leg, OccurredAt = e.OccurredAt });
                }

                StartConsulted(draft, e, leg);
                break;
            case ConsultEnded or ConferenceStarted when leg.Phase == LegPhase.Consulting:
                draft.Set(leg with { Phase = LegPhase.Talking });
                draft.Do(new AgentTalks(leg, e.OccurredAt));
                break;
            case LegAccepted or NumberAnswered when leg.TakenBack is not null:
                // Lifted before the gateway had heard of it: no ring time ends it any more.
                draft.Set(leg with { IsUp = true });
                break;
            case AgentAnswered or NumberConnected when leg.TakenBack is not null:
                // Connected before the gateway had heard of it, or it has not: ended all the same, the caller and the agent are others' by now.
                draft.Set(leg with { IsUp = true });
                draft.Do(new TakeBack(leg with { IsUp = true }));
                break;
            case AgentAnswered or NumberConnected when leg.Phase is not (LegPhase.Talking or LegPhase.Held):
                Answer(draft, leg, e.OccurredAt);
                break;
            case CallHeld when leg.Phase == LegPhase.Talking:
                draft.Set(leg with { Phase = LegPhase.Held });
                draft.Do(new AgentHolds(leg, true, e.OccurredAt));
                break;
            case CallResumed when leg.Phase == LegPhase.Held:
                draft.Set(leg with { Phase = LegPhase.Talking });
                draft.Do(new AgentHolds(leg, false, e.OccurredAt));
                break;
            case LegRefused or NumberRefused:
                RingsNoMore(draft, leg);
                break;
            case LegEnded ended:
                AgentLegEnded(draft, leg, ended);
                break;
        }
    }

    /// <summary>A number outside has no event of its own for the consult: it is the other leg of the agent's.</summary>
    private static void StartConsulted(Draft draft, ContactEvent e, AgentLeg leg)
    {
        if (e is ConsultStarted { With: var with } && draft.State.Leg(with) is { Number: not null, IsBeforeAnswer: true } number && number.AskedBy == leg.Leg)
        {
            draft.Set(number with { Phase = LegPhase.Consulting });
        }
    }

    private static void Answer(Draft draft, AgentLeg leg, DateTimeOffset at)
    {
        Withdraw(draft, draft.State.Legs.Where(other => other.Leg != leg.Leg && other.IsBeforeAnswer), OfferOutcome.Failed);
        draft.Set(leg with { Phase = LegPhase.Talking });
        foreach (var lost in draft.State.Legs.Where(other => other.WasLost).ToList())
        {
            draft.Set(lost with { WasLost = false });
        }
        draft.State = draft.State with { Answered = true, Queue = null, LastAgent = leg.Number is null ? leg.Agent : draft.State.LastAgent };
        draft.Do(new AcceptOffer(leg));
        draft.Do(new AgentTalks(leg, at));
        if (leg is { Purpose: not LegPurpose.Queue, IsBeforeAnswer: true, Number: null })
        {
            draft.Tell(new OfferEnded(leg.Queue, leg.Agent, OfferOutcome.Accepted) { Leg = leg.Leg, OccurredAt = at });
        }
    }

    private static void AgentLegEnded(Draft draft, AgentLeg leg, LegEnded ended)
    {
        if (leg.IsBeforeAnswer)
        {
            NotAnswered(draft, leg, ended.End == LegEnd.Lost ? OfferOutcome.Unreachable : OfferOutcome.Failed, new(ended.OccurredAt, ended.EventId));
        }
        else if (leg.IsTalk)
        {
            WrapUp(draft, leg with { WasLost = ended.End == LegEnd.Lost && leg.Number is null }, ended.OccurredAt);
            Withdraw(draft, draft.State.Legs.Where(one => one is { Purpose: LegPurpose.Consult, IsBeforeAnswer: true } && one.AskedBy == leg.Leg), OfferOutcome.Failed);
            if (ended.End == LegEnd.Transferred)
            {
                TransferRules.HandOn(draft, leg, ended);
            }
        }

        RingsNoMore(draft, leg);
        draft.State = draft.State with { GatewayFailed = draft.State.GatewayFailed || ContactRules.IsGateways(ended.End) };
    }

    public static void WrapUp(Draft draft, AgentLeg leg, DateTimeOffset at)
    {
        if (leg.Number is not null)
        {
            draft.Set(leg with { Phase = LegPhase.Over });
            draft.At(at);
            return;
        }

        var deadline = at.AddMilliseconds(leg.WrapUpMs);
        draft.Set(leg with { Phase = LegPhase.WrapUp, Deadline = deadline });
        draft.At(at);
        draft.Tell(new WrapUpStarted(leg.Agent, deadline) { Leg = leg.Leg, OccurredAt = at });
        draft.Do(new AgentWrapsUp(leg with { Deadline = deadline }, at));
    }

    public static void EndWrapUp(Draft draft, AgentLeg wrapping, string? code, DateTimeOffset at)
    {
        draft.Set(wrapping with { Phase = LegPhase.Over });
        draft.At(at);
        draft.Tell(new WrapUpEnded(wrapping.Agent, code) { Leg = wrapping.Leg, OccurredAt = at });
        draft.Do(new FreeAgent(wrapping, at));
    }

    public static void Withdraw(Draft draft, IEnumerable<AgentLeg> legs, OfferOutcome outcome)
    {
        foreach (var leg in legs.ToList())
        {
            End(draft, leg with { TakenBack = outcome }, outcome);
        }
    }

    /// <summary>An offer ended without a conversation: one of the queue goes on looking, one that an agent asked for is over.</summary>
    public static void NotAnswered(Draft draft, AgentLeg leg, OfferOutcome outcome, Unanswered why)
    {
        if (leg.Purpose == LegPurpose.Queue)
        {
            draft.Do(new EndOffer(leg, outcome, why.Pause));
        }

        End(draft, leg, outcome);
        if (leg.Purpose == LegPurpose.Transfer)
        {
            TransferRules.Return(draft, leg, why.At, why.Cause);
        }
    }

    /// <summary>The offer is over. The agent is released at once when the gateway said so, and after the gateway has heard of it when it is taken back.</summary>
    private static void End(Draft draft, AgentLeg leg, OfferOutcome outcome)
    {
        var over = leg with { Phase = LegPhase.Over, IsUp = leg.TakenBack is not null && leg.Phase == LegPhase.Accepted };
        draft.Set(over);
        draft.Do(leg.TakenBack is null ? new ReleaseAgent(leg, outcome) : new TakeBack(over));
        if (leg is { Purpose: not LegPurpose.Queue, Number: null })
        {
            draft.Tell(new OfferEnded(leg.Queue, leg.Agent, outcome) { Leg = leg.Leg });
        }
    }

    /// <summary>The gateway's word on a leg that was taken back.</summary>
    private static void RingsNoMore(Draft draft, AgentLeg leg)
    {
        if (leg.TakenBack is { } outcome)
        {
            draft.Set(leg with { TakenBack = null });
            draft.Do(new ReleaseAgent(leg, outcome));
        }
    }

    /// <summary>When an offer ended unanswered, by which event (or the leg's own id: a deadline, a failed command), and the pause before the queue's next.</summary>
    public sealed record Unanswered(DateTimeOffset At, Guid Cause, TimeSpan Pause = default);
}
