using CallCenter.Contracts.Ivr;

namespace CallCenter.Routing.Contacts;

/// <summary>
/// The flow asks for the queue again because the gateway has told it that the agent was cut off. The two sources are not in order here:
/// the request may come while Routing still thinks that the agent has the caller. It is kept until the gateway's word has come too.
/// </summary>
internal static class EarlyRequests
{
    /// <summary>The request's cause has not been seen: before it there may be news of an agent, even of one whom Routing has given up.</summary>
    public static bool IsEarly(ContactState state, QueueRequested request) => request.Returning && state.CallerIsThere
        && (state.Legs.Any(leg => leg.IsTalk) || (request.Causation is { } cause && cause != state.LastControl));

    public static void Keep(Draft draft, QueueRequested request) => draft.State = draft.State with
    {
        Early = new EarlyRequest(request.Queue, request.Priority, request.OccurredAt, request.EventId, request.Causation),
    };

    /// <summary>After each event: what was kept is done when its cause has been told, or nobody is left who could have the caller.</summary>
    public static void Take(Draft draft)
    {
        var state = draft.State;
        if (state.Early is not { } early)
        {
            return;
        }

        var isLeft = state.Queue is null && !state.Legs.Any(leg => leg.IsTalk || leg.IsBeforeAnswer);
        if (!state.CallerIsThere || isLeft || (early.Cause is { } cause && cause == state.LastControl))
        {
            draft.State = state with { Early = null };
            ContactRules.Enqueue(draft, new QueueRequested(early.Queue, Returning: true, early.Priority) { OccurredAt = early.At, EventId = early.Id });
        }
    }
}
