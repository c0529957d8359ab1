using CallCenter.Routing.Agents;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Settings;

/// <summary>What was set for a queue or an agent at a moment, and by whom; a row in the database. Exactly one of queue and agent is set.</summary>
/// <param name="Subject">The queue's or agent's id.</param>
/// <param name="Number">1 for the subject's first version.</param>
internal sealed record SettingsVersion(Guid Id, Guid Tenant, Guid Subject, long Number, DateTimeOffset At, Guid By, string ByName)
{
    public QueueRecord? Queue { get; init; }

    public AgentSettings? Agent { get; init; }
}

/// <summary>What is set for an agent: levels 1 to 5 by skill, its queues, what an hour costs in the operator's currency, its team.</summary>
internal sealed record AgentSettings(string User, string Name, Dictionary<string, int>? Skills = null, List<ProfileEntry>? Queues = null, decimal WagePerHour = 0, string? Team = null);
