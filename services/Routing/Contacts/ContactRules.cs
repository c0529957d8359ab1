using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Agents;

namespace CallCenter.Routing.Contacts;

/// <summary>What a decision does: the next state, the events that tell it, what others have to do.</summary>
internal sealed record Decision(ContactState State, IReadOnlyList<ContactEvent> Events, IReadOnlyList<Effect> Effects);

/// <summary>
/// What becomes of a contact: (state, input) -> (state, events, effects). An input that does not fit changes nothing but what is known.
/// <code>
/// (second parties and transfers: <see cref="TransferRules"/>)
/// QueueRequested -> place -> offer -> LegRinging -> LegAccepted -> take control, connect -> AgentAnswered -> talk
///   ^                 ^        \ refused, lapsed, agent gone                                  |
///   |                 +---------+                                                   LegEnded -> WrapUp -> end of wrap-up
///   +-- the caller comes back                    CallClosed, last wrap-up over, flow's word -> ContactEnded
/// </code>
/// </summary>
internal static class ContactRules
{
    /// <summary>The number of a caller who does not tell it.</summary>
    private const string Withheld = "anonymous";

    /// <summary>After the offer's deadline the contact takes the offer back itself: the gateway should have said so before.</summary>
    public static readonly TimeSpan OfferGrace = TimeSpan.FromSeconds(2);

    /// <summary>From the phone's acceptance to the conversation: two commands, each expires after 5 s.</summary>
    public static readonly TimeSpan ConnectDeadline = TimeSpan.FromSeconds(10);

    /// <summary>How long the end of a contact waits for the flow's last word after the gateway's.</summary>
    public static readonly TimeSpan FlowWait = TimeSpan.FromSeconds(10);

    /// <summary>Before the next offer when a gateway did not carry one out.</summary>
    public static readonly TimeSpan CommandFailurePause = TimeSpan.FromSeconds(5);

    /// <summary>Applies an event of another service.</summary>
    public static Decision Apply(ContactState state, DomainEvent e)
    {
        var draft = new Draft(state);
        if (!state.HasEnded)
        {
            Apply(draft, e);
            EarlyRequests.Take(draft);
            EndIfOver(draft, e.EventId);
        }

        return draft.Decide();
    }

    /// <summary>The pool has committed an offer: rings the agent, or nothing when the caller is gone.</summary>
    public static Decision Offer(ContactState state, AgentLeg leg)
    {
        var draft = new Draft(state);
        if (state.CallerIsThere && state.Queue == leg.Queue && state.Leg(leg.Leg) is null && !state.Legs.Any(one => one.IsBeforeAnswer || one.IsTalk))
        {
            var asked = leg with { Resumes = state.Legs.LastOrDefault(one => one.WasLost)?.Agent == leg.Agent };
            draft.State = state with { Legs = [.. state.Legs, asked] };
            draft.Do(new Ring(asked));
        }
        else if (state.Leg(leg.Leg) is null && state.CallerIsThere)
        {
            // What the place is there for has not been told here yet, or told again after a crash: soon.
            draft.Do(new EndOffer(leg, OfferOutcome.CallerGone, CommandFailurePause));
        }
        else if (state.Leg(leg.Leg) is null)
        {
            draft.Do(new LeavePool());
            draft.Do(new ReleaseAgent(leg, OfferOutcome.CallerGone));
        }

        return draft.Decide();
    }

    /// <summary>An offer is over without an answer: the agent left, a command was not carried out, the deadline passed.</summary>
    public static Decision TakeBack(ContactState state, Guid leg, OfferOutcome outcome, DateTimeOffset at, TimeSpan pause = default)
    {
        var draft = new Draft(state);
        if (state.Leg(leg) is { IsBeforeAnswer: true } offered)
        {
            draft.Do(new Command(offered.Phase == LegPhase.Accepted ? new EndLeg(leg) : new WithdrawLeg(leg)));
            NotAnswered(draft, offered, outcome, new(at, leg, pause));
            EndIfOver(draft, null);
        }

        return draft.Decide();
    }

    /// <summary>The wrap-up of a leg is over, by a code or by its deadline.</summary>
    public static Decision EndWrapUp(ContactState state, Guid leg, string? code, DateTimeOffset at)
    {
        var draft = new Draft(state);
        if (state.Leg(leg) is { Phase: LegPhase.WrapUp } wrapping)
        {
            EndWrapUp(draft, wrapping, code, at);
            EndIfOver(draft, null);
        }

        return draft.Decide();
    }

    private static void EndWrapUp(Draft draft, AgentLeg wrapping, string? code, DateTimeOffset at)
    {
        draft.Set(wrapping with { Phase = LegPhase.Over });
        draft.At(at);
        draft.Tell(new WrapUpEnded(wrapping.Agent, code) { Leg = wrapping.Leg, OccurredAt = at });
        draft.Do(new FreeAgent(wrapping, at));
    }

    /// <summary>The flow's last word was waited for long enough.</summary>
    public static Decision GiveUpFlow(ContactState state)
    {
        var draft = new Draft(state with { FlowGivenUp = true });
        EndIfOver(draft, null);
        return draft.Decide();
    }

    /// <summary>The gateway's answer to a command says who has control.</summary>
    public static ContactState Learn(ContactState state, long epoch) => epoch > state.Epoch ? state with { Epoch = epoch } : state;

    private static void Apply(Draft draft, DomainEvent e)
    {
        var state = draft.State;
        switch (e)
        {
            case CallArrived arrived:
                draft.State = state with { Gateway = arrived.Gateway, Epoch = Math.Max(state.Epoch, arrived.Epoch), Caller = arrived.Caller is Withheld or "" ? null : arrived.Caller };
                draft.At(arrived.OccurredAt);
                break;
            case CallRejected rejected:
                draft.State = state with { Rejected = rejected.Reason };
                draft.At(rejected.OccurredAt);
                break;
            case ControlChanged control:
                draft.State = Learn(state, control.Epoch) with { Holder = control.Holder, LastControl = control.EventId, FlowExpected = state.FlowExpected || control.Holder == ControlHolder.Ivr };
                break;
            case FlowStarted:
                draft.State = state with { FlowExpected = true };
                break;
            case FlowEnded ended:
                draft.State = state with { Flow = ended.Outcome };
                break;
            case QueueRequested request when EarlyRequests.IsEarly(state, request):
                EarlyRequests.Keep(draft, request);
                break;
            case QueueRequested request:
                Enqueue(draft, request);
                break;
            case CallClosed closed:
                Close(draft, closed);
                break;
            case LegEnded { Role: LegRole.Supervisor, Leg: { } watching }:
                draft.State = state with { Watching = [.. state.Watching.Where(one => one.Leg != watching)] };
                break;
            case MonitorRefused { Leg: { } watching }:
                draft.State = state with { Watching = [.. state.Watching.Where(one => one.Leg != watching)] };
                break;
            case LegEnded { Role: LegRole.Caller } ended:
                CallerGone(draft, ended);
                break;
            case ContactEvent { Leg: { } id } about when state.Leg(id) is { } leg:
                ApplyToLeg(draft, about, leg);
                break;
        }
    }

    private static void ApplyToLeg(Draft draft, ContactEvent e, AgentLeg leg)
    {
        switch (e)
        {
            case LegRinging when leg.Phase == LegPhase.Offered:
                draft.Do(new AgentRings(leg, e.OccurredAt));
                break;
            case LegAccepted or NumberAnswered when leg.Phase == LegPhase.Offered:
                draft.Set(leg with { Phase = LegPhase.Accepted, Deadline = e.OccurredAt + ConnectDeadline });
                draft.Do(leg.Purpose == LegPurpose.Consult ? new Consult(leg) : new Connect(leg));
                break;
            case LegRefused refused when leg.IsBeforeAnswer:
                NotAnswered(draft, leg, Refusals.OutcomeOf(refused.Refusal), new(e.OccurredAt, e.EventId, refused.Refusal == LegRefusal.Failed ? CommandFailurePause : TimeSpan.Zero));
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

    public static void Enqueue(Draft draft, QueueRequested request)
    {
        var state = draft.State;
        if (!state.CallerIsThere || state.Legs.Any(leg => leg.IsTalk))
        {
            return;
        }

        Withdraw(draft, state.Legs.Where(leg => leg.IsBeforeAnswer), OfferOutcome.CallerGone);
        var since = request.Returning && state.FirstQueuedAt is { } first ? first : request.OccurredAt;
        draft.State = draft.State with { FlowExpected = true, Priority = request.Priority };
        var lost = request.Returning ? state.Legs.LastOrDefault(leg => leg.WasLost) : null;
        Enqueue(draft, request.Queue, since, request.OccurredAt, request.EventId, lost?.Agent);
        if (lost is { Phase: LegPhase.WrapUp })
        {
            // The conversation goes on as soon as the agent is back: nothing is to be wrapped up yet. The place comes first, so that no other takes the agent.
            EndWrapUp(draft, lost, null, request.OccurredAt);
        }
    }

    /// <summary>The caller has a place in the queue: reported from now, its turn by its age.</summary>
    public static void Enqueue(Draft draft, Guid queue, DateTimeOffset since, DateTimeOffset at, Guid cause, Guid? keptFor = null)
    {
        draft.State = draft.State with { Queue = queue, QueuedAt = at, FirstQueuedAt = draft.State.FirstQueuedAt ?? at, GivenUpBy = null };
        draft.Do(new Enqueue(queue, at, since, cause, keptFor, draft.State.Priority));
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

        draft.State = draft.State with { GatewayFailed = draft.State.GatewayFailed || IsGateways(ended.End) };
    }

    private static void WrapUp(Draft draft, AgentLeg leg, DateTimeOffset at)
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

    private static void CallerGone(Draft draft, LegEnded ended)
    {
        draft.State = draft.State with
        {
            CallerGoneAt = ended.OccurredAt,
            GatewayFailed = draft.State.GatewayFailed || IsGateways(ended.End),
        };
        draft.At(ended.OccurredAt);
        LeaveQueue(draft);
    }

    /// <summary>The gateway's last word: whatever was still thought to go on is over.</summary>
    private static void Close(Draft draft, CallClosed closed)
    {
        draft.State = draft.State with { ClosedAt = closed.OccurredAt, LastAt = draft.State.LastAt == default ? closed.OccurredAt : draft.State.LastAt };
        if (draft.State.CallerGoneAt is null)
        {
            LeaveQueue(draft);
        }

        foreach (var leg in draft.State.Legs.Where(leg => leg.IsTalk).ToList())
        {
            WrapUp(draft, leg, closed.OccurredAt);
        }
    }

    /// <summary>Also when nothing is known of a place: a crash may have left one whose request never got as far as this contact.</summary>
    private static void LeaveQueue(Draft draft)
    {
        Withdraw(draft, draft.State.Legs.Where(leg => leg.IsBeforeAnswer), OfferOutcome.CallerGone);
        draft.State = draft.State with { Queue = null };
        draft.Do(new LeavePool());
    }

    public static void Withdraw(Draft draft, IEnumerable<AgentLeg> legs, OfferOutcome outcome)
    {
        foreach (var leg in legs.ToList())
        {
            draft.Do(new Command(new WithdrawLeg(leg.Leg)));
            Release(draft, leg, outcome);
        }
    }

    /// <summary>An offer ended without a conversation: one of the queue goes on looking, one that an agent asked for is over.</summary>
    private static void NotAnswered(Draft draft, AgentLeg leg, OfferOutcome outcome, Unanswered why)
    {
        if (leg.Purpose == LegPurpose.Queue)
        {
            draft.Set(leg with { Phase = LegPhase.Over });
            draft.Do(new EndOffer(leg, outcome, why.Pause));
            return;
        }

        Release(draft, leg, outcome);
        if (leg.Purpose == LegPurpose.Transfer)
        {
            TransferRules.Return(draft, leg, why.At, why.Cause);
        }
    }

    private static void Release(Draft draft, AgentLeg leg, OfferOutcome outcome)
    {
        draft.Set(leg with { Phase = LegPhase.Over });
        draft.Do(new ReleaseAgent(leg, outcome));
        if (leg is { Purpose: not LegPurpose.Queue, Number: null })
        {
            draft.Tell(new OfferEnded(leg.Queue, leg.Agent, outcome) { Leg = leg.Leg });
        }
    }

    private static void EndIfOver(Draft draft, Guid? causation)
    {
        var state = draft.State;
        var legsAreOver = state.Legs.All(leg => leg.Phase == LegPhase.Over);
        var flowHasSpoken = !state.FlowExpected || state.Flow is not null || state.FlowGivenUp;
        if (state.ClosedAt is null || !legsAreOver || !flowHasSpoken || state.HasEnded)
        {
            return;
        }

        var termination = Terminations.Of(state);
        draft.State = state with { Termination = termination };
        draft.Tell(new ContactEnded(termination, Revision: 1) { Final = true, OccurredAt = state.LastAt, Causation = causation });
    }

    /// <summary>When an offer ended unanswered, by which event (or the leg's own id: a deadline, a failed command), and the pause before the queue's next.</summary>
    private sealed record Unanswered(DateTimeOffset At, Guid Cause, TimeSpan Pause = default);

    private static bool IsGateways(LegEnd end) => end is LegEnd.GatewayDied or LegEnd.GatewayStopped;
}
