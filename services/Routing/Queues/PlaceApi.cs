using CallCenter.Hosting;
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
    private static async Task<IResult> Find(Guid id, Guid contact, long? toldMs, int? toldAgents, double? toldAhead, IGrainFactory grains)
    {
        var before = (toldMs, toldAgents, toldAhead) is ({ } ms, { } agents, { } ahead) ? new TellMessage(ms, agents, ahead) : null;
        return await grains.GetGrain<IPoolGrain>(Keys.Pool).PlaceOf(contact, before) is { } place && place.Queue == id
            ? Results.Ok(new PlaceItem(place.Position, place.WaitMs, place.Agents, place.Ahead, place.Longer, place.MedianMs))
            : Problems.NotFound("waiting contact in this queue");
    }

    /// <summary>Position 1 is the next; the estimated wait is a forecast that four of five callers stay within, the median one that half of them do; null when nothing can be said.</summary>
    internal sealed record PlaceItem(int Position, long? EstimatedWaitMs, int Agents, double Ahead, string? Longer, long? MedianWaitMs);
}
