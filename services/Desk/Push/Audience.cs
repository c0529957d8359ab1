using CallCenter.Hosting;

namespace CallCenter.Desk.Push;

/// <summary>Whom a message is for.</summary>
internal enum GroupKind { Everyone, Staff, Team, Operator, Tenant, Agent }

/// <summary>Those connections that get the same messages.</summary>
/// <param name="Name">Of a team.</param>
internal readonly record struct Group(GroupKind Kind, Guid Id, string? Name = null)
{
    public static readonly Group Everyone = new(GroupKind.Everyone, Guid.Empty);

    /// <summary>Administrators, and supervisors without a limit: they see every agent.</summary>
    public static readonly Group Staff = new(GroupKind.Staff, Guid.Empty);

    /// <summary>Those who see every tenant of the operator.</summary>
    public static readonly Group Operator = new(GroupKind.Operator, Guid.Empty);

    /// <summary>Supervisors who are limited to this and perhaps other teams.</summary>
    public static Group Team(string team) => new(GroupKind.Team, Guid.Empty, team);

    public static Group Tenant(Guid tenant) => new(GroupKind.Tenant, tenant);

    public static Group Agent(Guid agent) => new(GroupKind.Agent, agent);
}

/// <summary>What a caller may see on a screen.</summary>
internal static class Audience
{
    /// <summary>Supervisors, administrators, and agents who belong to no tenant but to the operator.</summary>
    public static bool SeesAllTenants(Caller caller) =>
        caller.Role is Role.Supervisor or Role.Administrator || (caller.Role == Role.Agent && caller.Tenants.Count == 0);

    public static bool Sees(Caller caller, Guid tenant) => SeesAllTenants(caller) || caller.Tenants.Contains(tenant);

    public static bool SeesAgents(Caller caller) => caller.Role is Role.Supervisor or Role.Administrator;

    /// <summary>Supervisors see the agents of their teams, or all; an agent sees itself.</summary>
    public static bool SeesAgent(Caller caller, Guid agent, string? team) =>
        caller.Role == Role.Agent ? caller.User == agent : SeesAgents(caller) && caller.Watches(team);

    /// <summary>The groups of a caller's connections. A message's groups never meet twice in one connection.</summary>
    public static IEnumerable<Group> GroupsOf(Caller caller)
    {
        yield return Group.Everyone;
        foreach (var group in !SeesAgents(caller) ? [] : caller.Watches(null) ? [Group.Staff] : caller.Teams.Distinct().Select(Group.Team))
        {
            yield return group;
        }

        if (caller.Role == Role.Agent)
        {
            yield return Group.Agent(caller.User);
        }

        foreach (var group in SeesAllTenants(caller) ? [Group.Operator] : caller.Tenants.Distinct().Select(Group.Tenant))
        {
            yield return group;
        }
    }
}

/// <summary>A message on its way to those whom it is for.</summary>
/// <param name="Tenant">Whose data it holds; null for the operator's. A connection without a right to it never gets it, whatever its groups.</param>
internal sealed record Outgoing(string Type, object Body, Guid? Tenant, IReadOnlyList<Group> To)
{
    /// <summary>Whose state it holds; null for none's. It is checked like the tenant.</summary>
    public AgentItem? Agent { get; init; }

    public static Outgoing Of(AgentMessage message) =>
        new(message.Type, message, null, [Group.Agent(message.Id), Group.Staff, .. message.Team is { } team ? [Group.Team(team)] : Array.Empty<Group>()]) { Agent = message };

    /// <summary>To those who saw the agent only as one of that team.</summary>
    public static Outgoing Of(AgentLeftMessage message, string team) => new(message.Type, message, null, [Group.Team(team)]);

    public static Outgoing Of(ContactMessage message, Guid agent) => new(message.Type, message, message.Tenant.Id, [Group.Agent(agent)]);

    public static Outgoing Of(QueueMessage message) => new(message.Type, message, message.Tenant, [Group.Operator, Group.Tenant(message.Tenant)]);

    public static Outgoing Of(ClockMessage message) => new(message.Type, message, null, [Group.Everyone]);

    /// <summary>Whether the receiver has a right to it.</summary>
    public bool IsFor(Caller caller) =>
        (Tenant is not { } tenant || Audience.Sees(caller, tenant)) && (Agent is null || Audience.SeesAgent(caller, Agent.Id, Agent.Team));
}
