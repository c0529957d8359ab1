using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Pools;

/// <summary>A caller's last conversation.</summary>
/// <param name="EndedAt">The last fact of that contact.</param>
internal sealed record LastTalk(Guid Contact, Guid Agent, DateTimeOffset EndedAt);

/// <summary>Who calls again: goes to the agent of the last conversation where the queue wants that, and may go ahead.</summary>
internal static class KnownCallers
{
    /// <summary>So long it is remembered who served a caller last.</summary>
    private static readonly TimeSpan RememberedFor = TimeSpan.FromDays(30);

    /// <param name="place">The place that is asked for.</param>
    /// <param name="caller">The number; null when it is withheld.</param>
    /// <param name="longestSince">The adjusted entry of who waits longest in the queue.</param>
    public static async Task<Place> Remember(IStateStore store, QueueRecord queue, Place place, string? caller, DateTimeOffset? longestSince) =>
        caller is not null && (queue.Strategy == AgentStrategy.LastAgent || queue.Returning is not null)
        && await store.LastTalk(place.Tenant, caller, place.EnteredAt - RememberedFor, CancellationToken.None) is { } last
            ? Place(queue, place, last, longestSince)
            : place;

    /// <summary>The place of a caller who talked with an agent before.</summary>
    public static Place Place(QueueRecord queue, Place place, LastTalk last, DateTimeOffset? longestSince)
    {
        // A contact that is handed on to another queue does not come back.
        var returns = queue.Returning is { } soon && last.Contact != place.Contact && place.For is null && last.EndedAt >= place.EnteredAt.AddMilliseconds(-soon.WithinMs);
        return place with
        {
            LastAgent = returns || queue.Strategy == AgentStrategy.LastAgent ? last.Agent : null,
            Returns = returns,
            Since = returns && queue.Returning!.GoesAhead && longestSince < place.Since ? longestSince.Value : place.Since,
        };
    }
}
