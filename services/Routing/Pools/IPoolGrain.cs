using CallCenter.Routing.Agents;
using CallCenter.Routing.Settings;
using Orleans;

namespace CallCenter.Routing.Pools;

/// <summary>The queues connected by shared agents: owner of the waiting contacts' places, and the matcher. Key: the pool's name.</summary>
internal interface IPoolGrain : IGrainWithStringKey
{
    /// <summary>Keeps a place. A repetition of the same cause changes nothing.</summary>
    Task<Placed> Enqueue(PlaceMessage place);

    /// <summary>The caller is gone: ends the place and its offers. Like the next three it waits for no commit and answers with the change that was given, null when there was none.</summary>
    Task<Guid?> Leave(Guid contact);

    /// <summary>The offer ended without an answer: the contact is back at its place, and unless it rings at others offered again after the pause.</summary>
    Task<Guid?> EndOffer(Guid contact, Guid leg, string outcome, int pauseMs);

    /// <summary>The agent of the leg has accepted and is being connected: the contact's other offers are over, and nobody else is asked.</summary>
    Task<Guid?> Narrow(Guid contact, Guid leg);

    /// <summary>The agent of the leg has the caller: ends the place.</summary>
    Task<Guid?> Accept(Guid contact, Guid leg);

    /// <summary>An agent changed.</summary>
    Task AgentChanged(AgentNews news);

    /// <summary>Settings changed: all of them hold for those who wait in one step.</summary>
    Task SettingsChanged(List<Guid> owners, SettingsNews news);

    /// <summary>Those who would be offered the queue's next contact, the first one first, at most 5; null when the tenant has no such queue.</summary>
    Task<List<Guid>?> FreeAgents(Guid tenant, Guid queue);

    /// <summary>Live figures of queues, in the order asked for.</summary>
    Task<List<QueueFigures>> Figures(List<Guid> queues);

    /// <summary>A waiting contact's place with the wait to tell, never longer than what was told before unless there is a cause; null when it has no place.</summary>
    Task<PlaceReport?> PlaceOf(Guid contact, TellMessage? before);

    /// <summary>Activates the pool.</summary>
    Task Wake();
}

/// <summary>A place that is asked for.</summary>
/// <param name="Caller">The caller's number; null when it is withheld.</param>
/// <param name="For">The agent who was cut off from the caller and has it again when back in time; null for whoever is next.</param>
/// <param name="IsCallback">The customer is to be called back.</param>
[GenerateSerializer]
internal sealed record PlaceMessage(
    [property: Id(0)] Guid Contact,
    [property: Id(1)] Guid Tenant,
    [property: Id(2)] Guid Queue,
    [property: Id(3)] DateTimeOffset EnteredAt,
    [property: Id(4)] DateTimeOffset Since,
    [property: Id(5)] Guid Cause,
    [property: Id(6)] Guid? For = null,
    [property: Id(7)] string? Caller = null,
    [property: Id(8)] int? Priority = null,
    [property: Id(9)] bool IsCallback = false);

/// <summary>A place is kept.</summary>
/// <param name="ShortAbandonMs">The queue's threshold.</param>
/// <param name="Change">What it is made durable by; null when it is since long.</param>
[GenerateSerializer]
internal sealed record Placed([property: Id(0)] int ShortAbandonMs, [property: Id(1)] Guid? Change);

/// <summary>What the caller was told before.</summary>
[GenerateSerializer]
internal sealed record TellMessage([property: Id(0)] long Ms, [property: Id(1)] int Agents, [property: Id(2)] double Ahead);

/// <summary>A contact's place at this moment; <see cref="Standing"/> says what the figures are.</summary>
/// <param name="WaitMs">The wait to tell, in milliseconds; null when nothing can be said.</param>
/// <param name="Longer">Why it is longer than what was told before.</param>
/// <param name="MedianMs">As likely longer as shorter; null when nothing can be said.</param>
[GenerateSerializer]
internal sealed record PlaceReport(
    [property: Id(0)] Guid Queue,
    [property: Id(1)] int Position,
    [property: Id(2)] long? WaitMs,
    [property: Id(3)] int Agents,
    [property: Id(4)] double Ahead,
    [property: Id(5)] string? Longer,
    [property: Id(6)] long? MedianMs,
    [property: Id(7)] Guid Tenant);

/// <summary>A queue at this moment.</summary>
/// <param name="Waiting">Contacts that have a place.</param>
/// <param name="LongestSince">The adjusted entry of the oldest; null when nobody waits.</param>
/// <param name="Told">Callers lately whose announced bound held or passed.</param>
/// <param name="HeldPercent">How many of a hundred of them waited not longer; null before the first.</param>
/// <param name="ErrorMs">Mean absolute error of the announced median; null before the first.</param>
/// <param name="SwitchedIn">Queues whose agents help now.</param>
[GenerateSerializer]
internal sealed record QueueFigures(
    [property: Id(0)] Guid Queue,
    [property: Id(1)] int Waiting,
    [property: Id(2)] DateTimeOffset? LongestSince,
    [property: Id(3)] int Told,
    [property: Id(4)] double? HeldPercent,
    [property: Id(5)] long? ErrorMs,
    [property: Id(6)] List<Guid> SwitchedIn);
