using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Routing.Contacts;

/// <summary>
/// A second party that an agent asks for, and the caller handed on blindly.
/// <code>
/// consult:  Ask -> the leg rings -> accepted -> ConsultLeg -> ConsultStarted; then the gateway's conference, return or transfer
/// transfer: Ask or a queue -> TransferLeg -> LegEnded(Transferred) -> the leg is connected, or the caller has a place
///           the asked leg does not answer -> the caller has a place in the queue it came from, with its age
/// </code>
/// </summary>
internal static class TransferRules
{
    /// <summary>The leg that an agent asks for rings; nothing when the agent has no conversation any more, or has asked already.</summary>
    public static Decision Ask(ContactState state, AgentLeg asked, DateTimeOffset at)
    {
        var draft = new Draft(state);
        if (WhyNot(state, asked.AskedBy!.Value) is null)
        {
            draft.State = state with
            {
                Legs = [.. state.Legs, asked],
                Transfer = asked.Purpose == LegPurpose.Transfer ? new PendingTransfer(asked.AskedBy.Value, null) : state.Transfer,
            };
            if (asked.Number is null)
            {
                draft.Tell(new ContactOffered(asked.Queue, asked.Agent, asked.Deadline, asked.Purpose.ToString(), state.Leg(asked.AskedBy)!.Agent) { Leg = asked.Leg, OccurredAt = at });
            }
        }

        return draft.Decide();
    }

    /// <summary>Remembers where the caller goes when the leg has ended.</summary>
    public static Decision ToQueue(ContactState state, Guid leg, Guid queue) =>
        new Draft(state with { Transfer = new PendingTransfer(leg, queue) }).Decide();

    /// <summary>The gateway did not let the leg go: the agent keeps the caller.</summary>
    public static Decision Cancel(ContactState state, Guid leg)
    {
        var draft = new Draft(state with { Transfer = null });
        LegRules.Withdraw(draft, state.Legs.Where(one => one is { Purpose: LegPurpose.Transfer, IsBeforeAnswer: true } && one.AskedBy == leg), OfferOutcome.Failed);
        return draft.Decide();
    }

    /// <summary>Why the agent of the leg cannot ask for another party; null when it can.</summary>
    public static string? WhyNot(ContactState state, Guid leg) =>
        state.Leg(leg) is not { IsTalk: true } || !state.CallerIsThere ? "The conversation is over: the agent's state follows."
        : state.Transfer is not null ? "The caller is being handed on already."
        : state.Legs.Any(one => one.AskedBy == leg && (one.IsBeforeAnswer || one.IsTalk)) ? "The agent asks somebody already: go back to the caller, or complete that."
        : null;

    /// <summary>The agent's leg ended as Transferred: unless somebody has the caller or is about to, the caller waits.</summary>
    public static void HandOn(Draft draft, AgentLeg leg, LegEnded ended)
    {
        var pending = draft.State.Transfer;
        draft.State = draft.State with { Transfer = null };
        if (draft.State.CallerIsThere && !draft.State.Legs.Any(one => one.IsTalk || one.IsBeforeAnswer))
        {
            Wait(draft, pending?.Queue ?? leg.Queue, ended.OccurredAt, ended.EventId);
        }
    }

    /// <summary>Who was to have the caller did not answer: the caller waits in the queue it came from.</summary>
    public static void Return(Draft draft, AgentLeg leg, DateTimeOffset at, Guid cause)
    {
        var state = draft.State;
        if (state is { CallerIsThere: true, Queue: null, Transfer: null } && !state.Legs.Any(one => one.IsTalk || one.IsBeforeAnswer))
        {
            Wait(draft, leg.Queue, at, cause);
        }
    }

    private static void Wait(Draft draft, Guid queue, DateTimeOffset at, Guid cause) =>
        ContactRules.Enqueue(draft, queue, draft.State.FirstSince ?? at, at, cause);
}
