using CallCenter.Hosting;

namespace CallCenter.Desk.Push;

/// <summary>Whom a message is for.</summary>
internal enum GroupKind { Everyone, Staff, Operator, Tenant, Agent }

/// <summary>Those connections that get the same messages.</summary>
internal readonly record struct Group(GroupKind Kind, Guid Id)
{
    public static readonly Group Everyone = new(GroupKind.Everyone, Guid.Empty);

    /// <summary>Supervisors and administrators: they see every agent.</summary>
    public static readonly Group Staff = new(GroupKind.Staff, Guid.Empty);

    /// <summary>Those who see every tenant of the operator.</summary>
    public static readonly Group Operator = new(GroupKind.Operator, Guid.Empty);

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

    /// <summary>The groups of a caller's connections. A message's groups never meet twice in one connection.</summary>
    public static IEnumerable<Group> GroupsOf(Caller caller)
    {
        yield return Group.Everyone;
        if (SeesAgents(caller))
        {
            yield return Group.Staff;
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
    public static Outgoing Of(AgentMessage message) => new(message.Type, message, null, [Group.Agent(message.Id), Group.Staff]);

    public static Outgoing Of(ContactMessage message, Guid agent) => new(message.Type, message, message.Tenant.Id, [Group.Agent(agent)]);

    public static Outgoing Of(QueueMessage message) => new(message.Type, message, message.Tenant, [Group.Operator, Group.Tenant(message.Tenant)]);

    public static Outgoing Of(ClockMessage message) => new(message.Type, message, null, [Group.Everyone]);
}
