using CallCenter.Contracts.Routing;

namespace CallCenter.Reporting.Facts;

/// <summary>
/// A stretch of an agent's time in one status, state and team. An agent's stretches follow each other without gap or overlap, so
/// they partition its time; those at work partition the logged-in time.
/// </summary>
/// <param name="Operator">The tenant of the agent's events.</param>
/// <param name="Sequence">Of the <see cref="AgentChanged"/> that began it.</param>
/// <param name="ContactTenant">The tenant of the contact that owns the state; null at rest.</param>
/// <param name="EndedAt">Null for the present one.</param>
/// <param name="Team">The agent's team then: a later move changes nothing of it. Null in none.</param>
internal sealed record AgentTime(
    Guid Operator, Guid Agent, long Sequence, AgentStatus Status, AgentState State, Guid? ContactTenant, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Team = null)
{
    /// <summary>The present stretch ends and the next begins. A border is never before the one before it.</summary>
    public static (AgentTime? Ended, AgentTime Begun) Next(AgentTime? present, AgentChanged e)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(e.OccurredAt.ToUnixTimeMilliseconds());
        var border = present is not null && present.StartedAt > at ? present.StartedAt : at;
        var begun = new AgentTime(e.Tenant, e.Agent, e.Sequence, e.Current.Status, e.Current.State, e.Current.ContactTenant, border, null, e.Current.Team);
        return (present is null ? null : present with { EndedAt = border }, begun);
    }
}
