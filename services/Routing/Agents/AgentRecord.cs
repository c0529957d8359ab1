using System.Text.Json.Serialization;
using CallCenter.Contracts.Routing;
using Orleans;

namespace CallCenter.Routing.Agents;

/// <summary>What of an agent seldom changes and is most of it: kept apart in the row.</summary>
internal sealed record AgentProfile(IReadOnlyDictionary<string, int> Skills, IReadOnlyList<ProfileEntry> Queues);

/// <summary>An agent as it is stored: what is configured, what was chosen, what the system sees of the voice slot.</summary>
internal sealed record AgentRecord
{
    public required Guid Id { get; init; }

    /// <summary>The operator: tenant of the agent's events.</summary>
    public required Guid Operator { get; init; }

    public string User { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>The team whose supervisors watch the agent; null in none.</summary>
    public string? Team { get; init; }

    /// <summary>Level 1 to 5 by skill.</summary>
    public IReadOnlyDictionary<string, int> Skills { get; init; } = new Dictionary<string, int>();

    /// <summary>What an hour costs, in the operator's currency.</summary>
    public decimal WagePerHour { get; init; }

    /// <summary>The queues the agent serves.</summary>
    public IReadOnlyList<ProfileEntry> Queues { get; init; } = [];

    /// <summary>The agent's leg is to stay up for the shift.</summary>
    public bool StandingLeg { get; init; }

    /// <summary>The version of what is set for the agent.</summary>
    public long SettingsNumber { get; init; }

    public AgentStatus Status { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset StatusSince { get; init; }

    public AgentState State { get; init; }

    public DateTimeOffset StateSince { get; init; }

    /// <summary>When the agent last came to rest; the longest idle is offered first. Kept over a refused offer.</summary>
    public DateTimeOffset IdleSince { get; init; }

    /// <summary>What the agent is busy with; null at rest.</summary>
    public Engagement? Engagement { get; init; }

    /// <summary>When the state returns to the truth by itself.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>A status that was chosen while busy and takes effect at rest.</summary>
    public NextStatus? Next { get; init; }

    /// <summary>Where the agent can be rung; null when nowhere.</summary>
    public Device? Device { get; init; }

    /// <summary>Offers missed in a row.</summary>
    public int Misses { get; init; }

    /// <summary>Contacts answered in this shift.</summary>
    public int Contacts { get; init; }

    /// <summary>Time in conversations of this shift, hold and consulting included, in milliseconds.</summary>
    public long TalkMs { get; init; }

    /// <summary>When the agent was given the last contact of a queue that goes round, in ticks by queue: turns outlast a restart.</summary>
    public IReadOnlyDictionary<Guid, long> Turns { get; init; } = new Dictionary<Guid, long>();

    /// <summary>The last event applied by source.</summary>
    public IReadOnlyDictionary<string, long> Positions { get; init; } = new Dictionary<string, long>();

    [JsonIgnore]
    public bool IsAtRest => Engagement is null && Status == AgentStatus.LoggedOut;

    /// <summary>Whether a contact may be offered now.</summary>
    [JsonIgnore]
    public bool CanBeOffered => Status == AgentStatus.Available && State == AgentState.Idle && Device is not null;

    /// <summary>Serves its queues, now or after the contact it has: Available, with a phone or in talk, and not about to leave.</summary>
    [JsonIgnore]
    public bool IsAtWork => Status == AgentStatus.Available && Next is null or { Status: AgentStatus.Available } && (Device is not null || Engagement is not null);

    [JsonIgnore]
    public bool IsLoggedIn => Status != AgentStatus.LoggedOut;

    public AgentSnapshot Snapshot() => new(Status, Reason, StatusSince, State, StateSince, Engagement?.Contact, Deadline, Engagement?.Tenant, Next?.Status) { StandingLeg = StandingLeg, Team = Team };
}

/// <summary>A queue that an agent serves.</summary>
/// <param name="Priority">Among the agent's queues, 1 to 99; a lower one goes first.</param>
/// <param name="DelaySeconds">A contact is this agent's only once it has waited so long.</param>
/// <param name="Tier">Among the queue's agents, for the strategies that ask for it; a lower one goes first, 1 to 99.</param>
/// <param name="Position">Within the tier, 1 to 9999.</param>
/// <param name="Weight">For the strategy that draws lots: of twice the weight is chosen twice as often, 1 to 100.</param>
[GenerateSerializer]
internal sealed record ProfileEntry(
    [property: Id(0)] Guid Queue,
    [property: Id(1)] int Priority = 50,
    [property: Id(2)] int DelaySeconds = 0,
    [property: Id(3)] int Tier = 1,
    [property: Id(4)] int Position = 1,
    [property: Id(5)] int Weight = 1);

/// <summary>The contact that owns the agent's state; its leg is the reservation's id.</summary>
internal sealed record Engagement(Guid Tenant, Guid Contact, Guid Leg);

/// <summary>A status that waits for the end of the work.</summary>
internal sealed record NextStatus(AgentStatus Status, string? Reason, string By);

/// <summary>A registered device and when its registration ends.</summary>
/// <param name="IsTried">An offer went to it since that registration was told.</param>
internal sealed record Device(string Gateway, DateTimeOffset Until, bool IsTried = false);
