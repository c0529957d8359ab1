using System.Security.Cryptography;
using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Contacts;

namespace CallCenter.Routing.Callbacks;

/// <summary>
/// A caller's place that goes on without its line.
/// <code>
/// CallbackRequested -> the caller's place ends -> a new contact is planned -> due -> place with the same age -> offer -> PlaceCall, OfferLeg
///                                                     ^                                                           accepted -> DialCaller
///                                                     |                                                                |
///                                             the next contact, while there are tries <- CallerRefused, the agent left, gateway died
///                                                                                                        CallAnswered -> connect, as ever
/// </code>
/// </summary>
internal static class CallbackRules
{
    /// <summary>The id of the contact that follows: always the same, so that a repetition makes no second one; never one of those before.</summary>
    public static Guid IdAfter(Guid contact)
    {
        Span<byte> bytes = stackalloc byte[16];
        Span<byte> hash = stackalloc byte[32];
        contact.TryWriteBytes(bytes, bigEndian: true, out _);
        SHA256.HashData(bytes, hash);
        // The time and the version stay; variant bits as RFC 9562 section 4.1 has them.
        hash[..8].CopyTo(bytes[8..]);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>What is told of a callback, or of the call that makes it.</summary>
    public static void Apply(Draft draft, DomainEvent e)
    {
        var state = draft.State;
        switch (e)
        {
            case CallbackRequested request:
                Accept(draft, request);
                break;
            case CallPlaced placed:
                draft.State = state with { Gateway = placed.Gateway, Epoch = Math.Max(state.Epoch, placed.Epoch), Holder = ControlHolder.Routing };
                break;
            case CallAnswered when state.Callback is { IsReached: false }:
                Reached(draft, e.OccurredAt);
                break;
            case CallerRefused refused when state.Callback is { } plan:
                draft.State = state with { Callback = plan with { Refusal = refused.Refusal } };
                break;
        }
    }

    /// <summary>The caller does not wait on the line any more; also when the line is gone by now.</summary>
    private static void Accept(Draft draft, CallbackRequested request)
    {
        var state = draft.State;
        if (state.Answered || state.PlaceSince is not { } since || state.Called is null || state.Legs.Any(leg => leg.IsTalk))
        {
            return;
        }

        ContactRules.LeaveQueue(draft);
        draft.Do(new PlanCallback(IdAfter(state.Id), new CallbackPlan
        {
            After = state.Id,
            First = state.Id,
            FirstAt = state.FirstQueuedAt!.Value,
            Queue = request.Queue,
            Number = request.Number,
            Shown = state.Called,
            Language = request.Language,
            Priority = state.Priority,
            AgeMs = (long)(request.OccurredAt - since).TotalMilliseconds,
            DueAt = request.OccurredAt,
        }));
    }

    /// <summary>The new contact: planned. Told before it takes its place, so that whoever follows it knows who it is.</summary>
    public static Decision Begin(ContactState state, CallbackPlan plan, DateTimeOffset now)
    {
        var draft = new Draft(state with { Callback = plan, Caller = plan.Number, Called = plan.Shown, Priority = plan.Priority });
        draft.At(now);
        draft.Tell(new CallbackPlanned(
            plan.Queue, plan.After, plan.First, plan.FirstAt, plan.Number, plan.Shown, plan.Try, plan.Offer.Tries, plan.DueAt, plan.Until, plan.Language) { OccurredAt = now });
        return draft.Decide();
    }

    /// <summary>Its time has come: it takes its place.</summary>
    public static Decision Due(ContactState state)
    {
        var draft = new Draft(state);
        if (state is { Callback: { } plan, QueuedAt: null })
        {
            TakePlace(draft, plan);
        }

        return draft.Decide();
    }

    /// <summary>Ended before a call could end it: cancelled, too late, not allowed. What is not answered yet is given up; a conversation goes on.</summary>
    public static Decision Stop(ContactState state, Termination why, DateTimeOffset now)
    {
        var draft = new Draft(state);
        if (state is { Callback: { IsOpen: true } plan, HasEnded: false })
        {
            draft.State = state with { Callback = plan with { End = why } };
            ContactRules.LeaveQueue(draft);
            if (state.Gateway.Length > 0)
            {
                draft.Do(new Command(new HangUp("callback ended")));
            }

            draft.State = draft.State with { ClosedAt = now };
            draft.At(now);
            ContactRules.EndIfOver(draft, null);
        }

        return draft.Decide();
    }

    /// <summary>The agent has accepted: the customer is dialled.</summary>
    public static void Dial(Draft draft, AgentLeg leg, DateTimeOffset at)
    {
        var plan = draft.State.Callback!;
        draft.State = draft.State with { Callback = plan with { DialledAt = at } };
        draft.Set(leg with { Phase = LegPhase.Accepted, Deadline = at.AddMilliseconds(plan.Offer.RingMs) + ContactRules.ConnectDeadline });
        draft.Do(new DialCustomer(leg, plan.Offer.RingMs));
    }

    private static void Reached(Draft draft, DateTimeOffset at)
    {
        draft.State = draft.State with { Callback = draft.State.Callback! with { IsReached = true } };
        if (draft.State.Legs.FirstOrDefault(leg => leg.Phase == LegPhase.Accepted) is { } waiting)
        {
            draft.Set(waiting with { Deadline = at + ContactRules.ConnectDeadline });
            draft.Do(new Connect(waiting));
        }
    }

    /// <summary>The contact has ended: the next one calls the customer, when it is to be.</summary>
    public static void GoOn(Draft draft)
    {
        if (Next(draft.State, draft.State.ClosedAt!.Value) is { } next)
        {
            draft.Do(new PlanCallback(IdAfter(draft.State.Id), next));
        }
    }

    /// <summary>
    /// A contact ends without the customer having been reached: the next one, or null when there is none. A try that the customer did not answer costs one and the
    /// pause, in which its age does not grow; all else that came between costs nothing.
    /// </summary>
    public static CallbackPlan? Next(ContactState state, DateTimeOffset at)
    {
        if (state.Callback is not { End: null or { Kind: TerminationKind.Closed }, IsReached: false } plan)
        {
            return null;
        }

        var tried = plan.Refusal is not null;
        // Its age grew from its entry to its turn.
        var turn = plan.Refusal is null ? at : plan.DialledAt ?? at;
        var age = plan.AgeMs + (state.QueuedAt is { } entered ? Math.Max(0, (long)(turn - entered).TotalMilliseconds) : 0);
        var due = CallbackHours.NextOpen(tried ? at.AddMilliseconds(plan.Offer.PauseMs) : at, plan.Offer, plan.Zone);
        var next = plan with
        {
            After = state.Id, Try = tried ? plan.Try + 1 : plan.Try, AgeMs = age, DueAt = due, DialledAt = null, Refusal = null, End = null,
        };
        return next.Try > plan.Offer.Tries || due >= plan.Until ? null : next;
    }

    /// <summary>How it ended when nobody was reached; null when that is not what ended it.</summary>
    public static Termination? TerminationOf(CallbackPlan? plan) => plan switch
    {
        null => null,
        { End: { } end } => end,
        { Refusal: LegRefusal.NoAnswer } => new Termination(TerminationKind.NoAnswer),
        { Refusal: LegRefusal.Busy or LegRefusal.Rejected } => new Termination(TerminationKind.Busy),
        { Refusal: not null } => new Termination(TerminationKind.Failed, "dialling", "carrier"),
        _ => null,
    };

    /// <summary>What is pending of a callback that nobody has accepted: its turn to wait, the end of the hours, the end of its time.</summary>
    public static IEnumerable<ContactDeadline> Deadlines(ContactState state)
    {
        if (state.Callback is not { IsOpen: true } plan || state.Legs.Any(leg => leg.Phase == LegPhase.Accepted))
        {
            yield break;
        }

        if (state.QueuedAt is not { } entered)
        {
            yield return new(plan.DueAt, Due);
        }
        else if (CallbackHours.Close(entered, plan.Offer, plan.Zone) is { } close && close < plan.Until)
        {
            yield return new(close, now => Stop(now, new Termination(TerminationKind.Closed), close));
        }

        yield return new(plan.Until, now => Stop(now, new Termination(TerminationKind.QueueTimeout), plan.Until));
    }

    private static void TakePlace(Draft draft, CallbackPlan plan) =>
        ContactRules.Enqueue(draft, plan.Queue, plan.DueAt.AddMilliseconds(-plan.AgeMs), plan.DueAt, draft.State.Id);
}
