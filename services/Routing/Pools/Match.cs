using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Pools;

/// <summary>What the matcher has to know of an agent.</summary>
/// <param name="Version">Of the agent's row: older news of the same <see cref="Activation"/> are dropped.</param>
internal sealed record AgentView(
    Guid Agent, long Version, bool CanBeOffered, DateTimeOffset IdleSince,
    IReadOnlyDictionary<string, int> Skills, IReadOnlyList<Agents.ProfileEntry> Queues)
{
    /// <summary>Of the agent's grain, later ones greater: a later one's news hold whatever an earlier told, which may not have become durable.</summary>
    public long Activation { get; init; }

    /// <summary>Available with a phone, free or busy, and not about to leave.</summary>
    public bool IsAtWork { get; init; }

    /// <summary>Not logged out: on a break or without a phone too.</summary>
    public bool IsLoggedIn { get; init; }

    /// <summary>Which version of its settings the agent has; news with an older one do not change them.</summary>
    public long SettingsNumber { get; init; }

    /// <summary>A contact has the agent, from the reservation to the end of the wrap-up.</summary>
    public bool IsEngaged { get; init; }

    /// <summary>Contacts answered in this shift.</summary>
    public int Contacts { get; init; }

    /// <summary>Time in conversations of this shift.</summary>
    public long TalkMs { get; init; }

    /// <summary>When the agent was given the last contact of a queue that goes round, in ticks by queue.</summary>
    public IReadOnlyDictionary<Guid, long> Turns { get; init; } = System.Collections.Frozen.FrozenDictionary<Guid, long>.Empty;

    /// <summary>What an hour costs.</summary>
    public decimal WagePerHour { get; init; }
}

/// <summary>A match: who gets which contact, and why.</summary>
internal sealed record Match(Place Place, AgentView Agent, QueueRecord Queue, Choice Choice);
