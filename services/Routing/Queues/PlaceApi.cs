using CallCenter.Hosting;
using CallCenter.Routing.Callbacks;
using CallCenter.Routing.Pools;
using Orleans;

namespace CallCenter.Routing.Queues;

/// <summary><c>GET /api/queues/{id}/place</c>: where a waiting contact stands and what to tell the caller.</summary>
internal static class PlaceApi
{
    public static void MapPlaces(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/queues/{id:guid}/place", Find).RequireRoles(Role.Service);

    /// <param name="contact">The waiting contact.</param>
    /// <param name="toldMs">With the next two: the estimatedWaitMs, agents and ahead of the answer that the caller was told last.</param>
    /// <param name="withCallback">True: also whether the caller may be offered a callback now.</param>
    private static async Task<IResult> Find(Guid id, Guid contact, long? toldMs, int? toldAgents, double? toldAhead, bool? withCallback, IGrainFactory grains, RoutingStore store, CallbackStore callbacks, CancellationToken ct)
    {
        var before = (toldMs, toldAgents, toldAhead) is ({ } ms, { } agents, { } ahead) ? new TellMessage(ms, agents, ahead) : null;
        if (await grains.GetGrain<IPoolGrain>(Keys.Pool).PlaceOf(contact, before) is not { } place || place.Queue != id)
        {
            return Problems.NotFound("waiting contact in this queue");
        }

        bool? takes = withCallback is true ? await TakesCallback(place.Tenant, id, store, callbacks, ct) : null;
        return Results.Ok(new PlaceItem(place.Position, place.WaitMs, place.Agents, place.Ahead, place.Longer, place.MedianMs, takes));
    }

    /// <summary>Whether the caller may be offered a callback now: the queue has it, and there are not too many pending.</summary>
    private static async Task<bool> TakesCallback(Guid tenant, Guid queue, RoutingStore store, CallbackStore callbacks, CancellationToken ct) =>
        (await store.Find<QueueRecord>(StateTable.Queues, tenant, queue, ct))?.State.Callback is { } offer
        && await callbacks.Count(tenant, queue, ct) < offer.PendingMax
        && await callbacks.Count(tenant, ct) < CallbackStore.ListMax;

    /// <summary>Position 1 is the next; the estimated wait is a forecast that four of five callers stay within, the median one that half of them do; null when nothing can be said.</summary>
    internal sealed record PlaceItem(int Position, long? EstimatedWaitMs, int Agents, double Ahead, string? Longer, long? MedianWaitMs, bool? Callback);
}
