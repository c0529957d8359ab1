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
/// QueueRequested -> place -> offer -> LegRinging -> LegAccepted -> take control, connect -> AgentAnswered -> talk
///   ^                 ^        \ refused, lapsed, agent gone                                  |
///   |                 +---------+                                                   LegEnded -> WrapUp -> end of wrap-up
///   +-- the caller comes back                    CallClosed, last wrap-up over, flow's word -> ContactEnded
/// </code>
/// </summary>
internal static class ContactRules
{
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
            draft.State = state with { Legs = [.. state.Legs, leg] };
            draft.Do(new Command(new OfferLeg(leg.Leg, leg.Agent, leg.RingMs)));
        }
        else if (state.Leg(leg.Leg) is null)
        {
            draft.Do(new EndOffer(leg, OfferOutcome.CallerGone, TimeSpan.Zero));
        }

        return draft.Decide();
    }

    /// <summary>An offer is over without an answer: the agent left, a command was not carried out, the deadline passed.</summary>
    public static Decision TakeBack(ContactState state, Guid leg, OfferOutcome outcome, TimeSpan pause)
    {
        var draft = new Draft(state);
        if (state.Leg(leg) is { IsBeforeAnswer: true } offered)
        {
            draft.Do(new Command(offered.Phase == LegPhase.Accepted ? new EndLeg(leg) : new WithdrawLeg(leg)));
            EndOffer(draft, offered, outcome, pause);
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
            draft.Set(wrapping with { Phase = LegPhase.Over });
            draft.At(at);
            draft.Tell(new WrapUpEnded(wrapping.Agent, code) { Leg = leg, OccurredAt = at });
            draft.Do(new FreeAgent(wrapping, at));
            EndIfOver(draft, null);
        }

        return draft.Decide();
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
                draft.State = state with { Gateway = arrived.Gateway, Epoch = Math.Max(state.Epoch, arrived.Epoch) };
                draft.At(arrived.OccurredAt);
                break;
            case CallRejected rejected:
                draft.State = state with { Rejected = rejected.Reason };
                draft.At(rejected.OccurredAt);
                break;
            case ControlChanged control:
                draft.State = Learn(state, control.Epoch) with { Holder = control.Holder, FlowExpected = state.FlowExpected || control.Holder == ControlHolder.Ivr };
                break;
            case FlowStarted:
                draft.State = state with { FlowExpected = true };
                break;
            case FlowEnded ended:
                draft.State = state with { Flow = ended.Outcome };
                break;
            case QueueRequested request:
                Enqueue(draft, request);
                break;
            case CallClosed closed:
                Close(draft, closed);
                break;
            case LegEnded { Role: LegRole.Caller } ended:
                CallerGone(draft, ended);
                break;
            case ContactEvent { Leg: { } id } about:
                ApplyToLeg(draft, about, id);
                break;
        }
    }

    private static void ApplyToLeg(Draft draft, ContactEvent e, Guid id)
    {
        if (draft.State.Leg(id) is not { } leg)
        {
            return;
        }

        switch (e)
        {
            case LegRinging when leg.Phase == LegPhase.Offered:
                draft.Do(new AgentRings(leg, e.OccurredAt));
                break;
            case LegAccepted when leg.Phase == LegPhase.Offered:
                draft.Set(leg with { Phase = LegPhase.Accepted, Deadline = e.OccurredAt + ConnectDeadline });
                draft.Do(new Connect(leg));
                break;
            case LegRefused refused when leg.IsBeforeAnswer:
                EndOffer(draft, leg, Refusals.OutcomeOf(refused.Refusal), refused.Refusal == LegRefusal.Failed ? CommandFailurePause : TimeSpan.Zero);
                break;
            case AgentAnswered when !leg.IsTalk:
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

    private static void Enqueue(Draft draft, QueueRequested request)
    {
        var state = draft.State;
        if (!state.CallerIsThere || state.Legs.Any(leg => leg.IsTalk))
        {
            return;
        }

        Withdraw(draft, state.Legs.Where(leg => leg.IsBeforeAnswer), OfferOutcome.CallerGone);
        var since = request.Returning && state.FirstQueuedAt is { } first ? first : request.OccurredAt;
        draft.State = draft.State with
        {
            Queue = request.Queue,
            QueuedAt = request.OccurredAt,
            FirstQueuedAt = state.FirstQueuedAt ?? request.OccurredAt,
            FlowExpected = true,
        };
        draft.Do(new Enqueue(request.Queue, request.OccurredAt, since, request.EventId));
    }

    private static void Answer(Draft draft, AgentLeg leg, DateTimeOffset at)
    {
        Withdraw(draft, draft.State.Legs.Where(other => other.Leg != leg.Leg && other.IsBeforeAnswer), OfferOutcome.Failed);
        draft.Set(leg with { Phase = LegPhase.Talking });
        draft.State = draft.State with { Answered = true, Queue = null };
        draft.Do(new AcceptOffer(leg));
        draft.Do(new AgentTalks(leg, at));
    }

    private static void AgentLegEnded(Draft draft, AgentLeg leg, LegEnded ended)
    {
        if (leg.IsBeforeAnswer)
        {
            EndOffer(draft, leg, ended.End == LegEnd.Lost ? OfferOutcome.Unreachable : OfferOutcome.Failed, TimeSpan.Zero);
        }
        else if (leg.IsTalk)
        {
            WrapUp(draft, leg, ended.OccurredAt);
        }

        draft.State = draft.State with { GatewayFailed = draft.State.GatewayFailed || IsGateways(ended.End) };
    }

    private static void WrapUp(Draft draft, AgentLeg leg, DateTimeOffset at)
    {
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
        LeaveQueue(draft);
        foreach (var leg in draft.State.Legs.Where(leg => leg.IsTalk).ToList())
        {
            WrapUp(draft, leg, closed.OccurredAt);
        }
    }

    private static void LeaveQueue(Draft draft)
    {
        Withdraw(draft, draft.State.Legs.Where(leg => leg.IsBeforeAnswer), OfferOutcome.CallerGone);
        if (draft.State.Queue is not null)
        {
            draft.State = draft.State with { Queue = null };
            draft.Do(new LeavePool());
        }
    }

    private static void Withdraw(Draft draft, IEnumerable<AgentLeg> legs, OfferOutcome outcome)
    {
        foreach (var leg in legs.ToList())
        {
            draft.Do(new Command(new WithdrawLeg(leg.Leg)));
            draft.Set(leg with { Phase = LegPhase.Over });
            draft.Do(new ReleaseAgent(leg, outcome));
        }
    }

    private static void EndOffer(Draft draft, AgentLeg leg, OfferOutcome outcome, TimeSpan pause)
    {
        draft.Set(leg with { Phase = LegPhase.Over });
        draft.Do(new EndOffer(leg, outcome, pause));
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

    private static bool IsGateways(LegEnd end) => end is LegEnd.GatewayDied or LegEnd.GatewayStopped;

    /// <summary>A decision in the making.</summary>
    private sealed class Draft(ContactState state)
    {
        private readonly List<ContactEvent> events = [];
        private readonly List<Effect> effects = [];

        public ContactState State { get; set; } = state;

        public void Set(AgentLeg leg) => State = State with { Legs = [.. State.Legs.Select(one => one.Leg == leg.Leg ? leg : one)] };

        public void At(DateTimeOffset at) => State = at > State.LastAt ? State with { LastAt = at } : State;

        public void Tell(ContactEvent e) => events.Add(e with { Tenant = State.Tenant, Stream = State.Id });

        public void Do(Effect effect) => effects.Add(effect);

        public Decision Decide() => new(State, events, effects);
    }
}
