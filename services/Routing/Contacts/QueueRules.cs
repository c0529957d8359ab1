using CallCenter.Contracts.Routing;

namespace CallCenter.Routing.Contacts;

/// <summary>What becomes of a contact that a rule of its queue takes out. The pool decides, the contact says whether it still waits there.</summary>
internal static class QueueRules
{
    /// <summary>Whether an agent rings: then the offer ends before a rule takes the contact out.</summary>
    public static bool IsOffered(ContactState state) => state.CallerIsThere && state.Legs.Any(leg => leg.IsBeforeAnswer);

    /// <summary>
    /// The queue gives the contact up to the flow; null when it does not wait there any more. The pool ends the place when that is durable: a contact that
    /// waits is never without one.
    /// </summary>
    /// <param name="enteredAt">When it entered that queue: it may have left and come back.</param>
    public static Decision? GiveUp(ContactState state, Guid queue, DateTimeOffset enteredAt, QueueRule rule, DateTimeOffset at)
    {
        if (!state.CallerIsThere || state.Queue != queue || state.QueuedAt != enteredAt)
        {
            return null;
        }

        var draft = new Draft(state with { Queue = null, GivenUpBy = rule });
        draft.Tell(new QueueLeft(queue, rule) { OccurredAt = at });
        return draft.Decide();
    }

    /// <summary>The pool has moved the contact's place to another queue; null when the contact is in neither.</summary>
    public static Decision? Move(ContactState state, QueueMove move)
    {
        var isThere = state.CallerIsThere && state.Queue == move.To && state.QueuedAt == move.At;
        if (isThere || !state.CallerIsThere || state.Queue != move.From)
        {
            return isThere ? new Draft(state).Decide() : null;
        }

        var draft = new Draft(state with { Queue = move.To, QueuedAt = move.At, ShortAbandonMs = move.ShortAbandonMs });
        draft.Tell(new QueueLeft(move.From, move.Rule, move.To) { OccurredAt = move.At });
        return draft.Decide();
    }
}

/// <summary>A place has another queue since that moment.</summary>
/// <param name="ShortAbandonMs">The new queue's threshold.</param>
internal sealed record QueueMove(Guid From, Guid To, DateTimeOffset At, QueueRule Rule, int ShortAbandonMs);
