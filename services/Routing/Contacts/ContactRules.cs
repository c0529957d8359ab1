using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Callbacks;

namespace CallCenter.Routing.Contacts;

/// <summary>What a decision does: the next state, the events that tell it, what others have to do.</summary>
internal sealed record Decision(ContactState State, IReadOnlyList<ContactEvent> Events, IReadOnlyList<Effect> Effects);

/// <summary>
/// What becomes of a contact: (state, input) -> (state, events, effects). An input that does not fit changes nothing but what is known.
/// <code>
/// (agents' legs: <see cref="LegRules"/>; second parties and transfers: <see cref="TransferRules"/>; calls back: <see cref="CallbackRules"/>)
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

    /// <summary>After that the gateway does not carry out a command any more.</summary>
    public static readonly TimeSpan CommandExpiry = TimeSpan.FromSeconds(5);

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
        else if (e is CallbackRequested)
        {
            // The caller hung up at once, and the flow's word was not waited for any more.
            CallbackRules.Apply(draft, e);
        }

        return draft.Decide();
    }

    /// <summary>The pool offers the contact: rings the agent, or nothing when the caller is gone or another has it.</summary>
    public static Decision Offer(ContactState state, AgentLeg leg)
    {
        var draft = new Draft(state);
        if (state.CallerIsThere && state.Queue == leg.Queue && state.Leg(leg.Leg) is null && !state.Legs.Any(one => IsInTheWay(one, leg)))
        {
            var asked = leg with { Resumes = state.Legs.LastOrDefault(one => one.WasLost)?.Agent == leg.Agent };
            draft.State = state with { Legs = [.. state.Legs, asked] };
            draft.Do(new Ring(asked));
        }
        else if (state.Leg(leg.Leg) is null && state.CallerIsThere)
        {
            // What the place is there for has not been told here yet, or told again after a crash: soon.
            draft.Do(new EndOffer(leg, OfferOutcome.CallerGone, CommandFailurePause));
            draft.Do(new ReleaseAgent(leg, OfferOutcome.CallerGone));
        }
        else if (state.Leg(leg.Leg) is null)
        {
            draft.Do(new LeavePool());
            draft.Do(new ReleaseAgent(leg, OfferOutcome.CallerGone));
        }

        return draft.Decide();
    }

    /// <summary>Another has the caller, or is about to: a leg rings only beside those that are offered together with it and nobody has accepted.</summary>
    private static bool IsInTheWay(AgentLeg one, AgentLeg leg) => one.IsTalk || (one.IsBeforeAnswer && !(one is { Together: true, Phase: LegPhase.Offered } && leg.Together));

    /// <summary>An offer is over without an answer: the agent left, a command was not carried out, the deadline passed.</summary>
    public static Decision TakeBack(ContactState state, Guid leg, OfferOutcome outcome, DateTimeOffset at, TimeSpan pause = default)
    {
        var draft = new Draft(state);
        if (state.Leg(leg) is { IsBeforeAnswer: true } offered)
        {
            LegRules.NotAnswered(draft, offered with { TakenBack = outcome }, outcome, new(at, leg, pause));
            EndIfOver(draft, null);
        }

        return draft.Decide();
    }

    /// <summary>The gateway did not say that it rings the leg, within the time that it had. Where it has told so since, only the answer was lost.</summary>
    public static Decision RingFailed(ContactState state, Guid leg, DateTimeOffset at) => state.Leg(leg) is { Phase: LegPhase.Offered, Rings: false }
        ? TakeBack(state, leg, OfferOutcome.Failed, at, CommandFailurePause)
        : new Draft(state).Decide();

    /// <summary>The wrap-up of a leg is over, by a code or by its deadline.</summary>
    public static Decision EndWrapUp(ContactState state, Guid leg, string? code, DateTimeOffset at)
    {
        var draft = new Draft(state);
        if (state.Leg(leg) is { Phase: LegPhase.WrapUp } wrapping)
        {
            LegRules.EndWrapUp(draft, wrapping, code, at);
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
                draft.State = state with { Gateway = arrived.Gateway, Epoch = Math.Max(state.Epoch, arrived.Epoch), Caller = arrived.Caller is Withheld or "" ? null : arrived.Caller, Called = arrived.Called };
                draft.At(arrived.OccurredAt);
                break;
            case CallbackRequested or CallPlaced or CallAnswered or CallerRefused:
                CallbackRules.Apply(draft, e);
                break;
            case QueueExited:
                LeaveQueue(draft);
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
                LegRules.Apply(draft, about, leg);
                break;
        }
    }

    public static void Enqueue(Draft draft, QueueRequested request)
    {
        var state = draft.State;
        if (!state.CallerIsThere || state.Legs.Any(leg => leg.IsTalk))
        {
            return;
        }

        LegRules.Withdraw(draft, state.Legs.Where(leg => leg.IsBeforeAnswer), OfferOutcome.CallerGone);
        var since = request.Returning && state.FirstSince is { } first ? first : request.OccurredAt;
        draft.State = draft.State with { FlowExpected = true, Priority = request.Priority };
        var lost = request.Returning ? state.Legs.LastOrDefault(leg => leg.WasLost) : null;
        Enqueue(draft, request.Queue, since, request.OccurredAt, request.EventId, lost?.Agent);
        if (lost is { Phase: LegPhase.WrapUp })
        {
            // The conversation goes on as soon as the agent is back: nothing is to be wrapped up yet. The place comes first, so that no other takes the agent.
            LegRules.EndWrapUp(draft, lost, null, request.OccurredAt);
        }
    }

    /// <summary>The caller has a place in the queue: reported from now, its turn by its age.</summary>
    public static void Enqueue(Draft draft, Guid queue, DateTimeOffset since, DateTimeOffset at, Guid cause, Guid? keptFor = null)
    {
        draft.State = draft.State with { Queue = queue, QueuedAt = at, FirstQueuedAt = draft.State.FirstQueuedAt ?? at, PlaceSince = since, GivenUpBy = null };
        draft.Do(new Enqueue(queue, at, since, cause, keptFor, draft.State.Priority));
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
            LegRules.WrapUp(draft, leg, closed.OccurredAt);
        }
    }

    /// <summary>Also when nothing is known of a place: a crash may have left one whose request never got as far as this contact.</summary>
    public static void LeaveQueue(Draft draft)
    {
        LegRules.Withdraw(draft, draft.State.Legs.Where(leg => leg.IsBeforeAnswer), OfferOutcome.CallerGone);
        draft.State = draft.State with { Queue = null };
        draft.Do(new LeavePool());
    }

    public static void EndIfOver(Draft draft, Guid? causation)
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
        CallbackRules.GoOn(draft);
        draft.Tell(new ContactEnded(termination, Revision: 1) { Final = true, OccurredAt = state.LastAt, Causation = causation });
    }

    public static bool IsGateways(LegEnd end) => end is LegEnd.GatewayDied or LegEnd.GatewayStopped;
}
