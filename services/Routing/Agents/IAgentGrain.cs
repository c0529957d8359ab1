using Orleans;
using Orleans.Concurrency;

namespace CallCenter.Routing.Agents;

/// <summary>One agent: owner of the agent's row. Key: the agent's id.</summary>
internal interface IAgentGrain : IGrainWithStringKey
{
    /// <summary>The agent as it is; null when there is none of that id.</summary>
    Task<AgentMessage?> Read();

    /// <summary>Sets what is configured; makes the agent when there is none. News are told at once.</summary>
    Task Configure(AgentConfiguration configuration);

    /// <summary>Chooses a status; false when there is no such agent.</summary>
    Task<bool> Choose(string status, string? reason, string by);

    /// <summary>Whether the agent's leg is to stay up for the shift; false when there is no such agent.</summary>
    Task<bool> KeepLeg(bool wanted, string by);

    /// <summary>Reserves the agent for a contact, if it can be offered now (compare-and-set). Durable when <see cref="Has"/> says so; waits for no commit of the agent's.</summary>
    /// <param name="turn">The queue that goes round, when it is one: this is the agent's turn there.</param>
    [AlwaysInterleave]
    Task<Reservation> Reserve(EngagementMessage engagement, Guid? turn = null);

    /// <summary>The offer ended without an answer. Like the next ones it waits for no commit and answers with the agent's last change: what is written because of it stands on that.</summary>
    Task<Guid?> Release(Guid leg, string outcome);

    /// <summary>The agent's phone rings.</summary>
    Task<Rung> Ring(Guid leg, DateTimeOffset deadline, DateTimeOffset at);

    /// <summary>Whether the agent is reserved for that leg, durably, or engaged with it; waits for no other work of the agent's.</summary>
    [AlwaysInterleave]
    Task<bool> Has(Guid leg);

    /// <summary>Agent and caller hear each other.</summary>
    Task<Guid?> Talk(EngagementMessage engagement, DateTimeOffset at);

    /// <summary>The agent speaks apart from the caller, with another agent or a number outside.</summary>
    Task<Guid?> Consult(EngagementMessage engagement, DateTimeOffset at);

    /// <summary>The agent holds the caller, or takes it back.</summary>
    Task<Guid?> Hold(Guid leg, bool held, DateTimeOffset at);

    /// <summary>The conversation ended; work after it goes on until the deadline.</summary>
    Task<Guid?> WrapUp(Guid leg, DateTimeOffset deadline, DateTimeOffset at);

    /// <summary>The work after the conversation ended.</summary>
    Task<Guid?> Free(Guid leg, DateTimeOffset at);

    /// <summary>Applies events of devices, in order; one that was applied before changes nothing.</summary>
    Task Apply(List<EventMessage> messages);

    /// <summary>The gateway at which the agent's phone is; null when there is none. Answered at once.</summary>
    [AlwaysInterleave]
    Task<string?> Gateway();

    /// <summary>Activates the agent, so that its deadlines are armed and the pool knows it.</summary>
    Task Wake();
}

/// <summary>What an administrator sets for an agent.</summary>
[GenerateSerializer]
internal sealed record AgentConfiguration(
    [property: Id(0)] Guid Operator,
    [property: Id(1)] string User,
    [property: Id(2)] string Name,
    [property: Id(3)] Dictionary<string, int> Skills,
    [property: Id(4)] List<ProfileEntry> Queues,
    [property: Id(5)] decimal WagePerHour)
{
    [Id(6)]
    public Guid Agent { get; init; }

    /// <summary>The version of the settings; an older one than the agent has changes nothing.</summary>
    [Id(7)]
    public long Number { get; init; }

    [Id(8)]
    public string? Team { get; init; }
}

/// <summary>Whom an agent is engaged with.</summary>
[GenerateSerializer]
internal sealed record EngagementMessage([property: Id(0)] Guid Tenant, [property: Id(1)] Guid Contact, [property: Id(2)] Guid Leg);

/// <param name="IsHeld">The agent is reserved for the leg, or engaged with it.</param>
/// <param name="Change">The agent's last; null when there is none.</param>
[GenerateSerializer]
internal sealed record Rung([property: Id(0)] bool IsHeld, [property: Id(1)] Guid? Change);

/// <summary>The answer to a reservation, with the agent's news.</summary>
[GenerateSerializer]
internal sealed record Reservation([property: Id(0)] bool IsReserved, [property: Id(1)] AgentNews? News);

/// <summary>What the pool has to know of an agent; news of an earlier activation, or of a lower version of the same, are old: what an earlier one told may not have become durable.</summary>
[GenerateSerializer]
internal sealed record AgentNews(
    [property: Id(0)] Guid Agent,
    [property: Id(1)] long Version,
    [property: Id(2)] bool CanBeOffered,
    [property: Id(3)] DateTimeOffset IdleSince,
    [property: Id(4)] Dictionary<string, int> Skills,
    [property: Id(5)] List<ProfileEntry> Queues,
    [property: Id(6)] bool IsAtWork,
    [property: Id(7)] bool IsEngaged,
    [property: Id(8)] int Contacts,
    [property: Id(9)] long TalkMs,
    [property: Id(10)] decimal WagePerHour,
    [property: Id(11)] bool IsLoggedIn,
    [property: Id(12)] long SettingsNumber,
    [property: Id(13)] Dictionary<Guid, long> Turns,
    [property: Id(14)] long Activation = 0);

/// <summary>An agent as it is shown.</summary>
[GenerateSerializer]
internal sealed record AgentMessage(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string User,
    [property: Id(2)] string Name,
    [property: Id(3)] string Status,
    [property: Id(4)] string? Reason,
    [property: Id(5)] DateTimeOffset StatusSince,
    [property: Id(6)] string State,
    [property: Id(7)] DateTimeOffset StateSince,
    [property: Id(8)] EngagementMessage? Engagement,
    [property: Id(9)] DateTimeOffset? Deadline,
    [property: Id(10)] string? NextStatus,
    [property: Id(11)] string? NextReason,
    [property: Id(12)] List<Guid> Queues,
    [property: Id(13)] bool StandingLeg,
    [property: Id(14)] string? Team);
