using CallCenter.Routing.Agents;
using Orleans;

namespace CallCenter.Routing.Pools;

/// <summary>The queues connected by shared agents: owner of the waiting contacts' places, and the matcher. Key: the pool's name.</summary>
internal interface IPoolGrain : IGrainWithStringKey
{
    /// <summary>Keeps a place and answers with the queue's short-abandon threshold in milliseconds. A repetition of the same cause changes nothing.</summary>
    Task<int> Enqueue(PlaceMessage place);

    /// <summary>The caller is gone: ends the place and its offer.</summary>
    Task Leave(Guid contact);

    /// <summary>The offer ended without an answer: the contact is back at its place, offered again after the pause.</summary>
    Task EndOffer(Guid contact, Guid leg, string outcome, int pauseMs);

    /// <summary>The agent of the leg has the caller: ends the place.</summary>
    Task Accept(Guid contact, Guid leg);

    /// <summary>An agent changed.</summary>
    Task AgentChanged(AgentNews news);

    /// <summary>A queue's settings changed: they hold for those who wait at once.</summary>
    Task QueueChanged(Guid tenant, Guid queue, string settings);

    /// <summary>Live figures of queues, in the order asked for.</summary>
    Task<List<QueueFigures>> Figures(List<Guid> queues);

    /// <summary>Activates the pool.</summary>
    Task Wake();
}

/// <summary>A place that is asked for.</summary>
[GenerateSerializer]
internal sealed record PlaceMessage(
    [property: Id(0)] Guid Contact,
    [property: Id(1)] Guid Tenant,
    [property: Id(2)] Guid Queue,
    [property: Id(3)] DateTimeOffset EnteredAt,
    [property: Id(4)] DateTimeOffset Since,
    [property: Id(5)] Guid Cause);

/// <summary>A queue at this moment.</summary>
/// <param name="Waiting">Contacts that have a place.</param>
/// <param name="LongestSince">The adjusted entry of the oldest; null when nobody waits.</param>
[GenerateSerializer]
internal sealed record QueueFigures([property: Id(0)] Guid Queue, [property: Id(1)] int Waiting, [property: Id(2)] DateTimeOffset? LongestSince);
