namespace CallCenter.Hosting;

/// <summary>
/// The tables without a tenant's policy, each with its reason. Every other table of a service has forced row-level
/// security by tenant; a test reads the catalogue and fails on any table that is in neither group.
/// </summary>
public static class OperatorWideTables
{
    /// <summary>Reason by table: "name" in any service's schema, "schema.name" in one.</summary>
    public static IReadOnlyDictionary<string, string> Reasons { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["migrations"] = "which migrations the schema has; holds nothing of a tenant",
        ["outbox"] = "the dispatcher sends the rows of all tenants in one go and no tenant is known when it starts; a row lives milliseconds",
        ["inbox"] = "positions only (stream, source, sequence), read in bulk before the tenant of a batch is entered",
        ["routing.agents"] = "agents are the operator's employees and work for several tenants in one shift",
        ["routing.agent_settings"] = "versions of what is set for agents, who are the operator's",
        ["routing.reminders"] = "wake grains of the whole operator; hold a grain's name and a time",
        ["routing.leader"] = "one row: which of Routing's processes leads; holds nothing of a tenant",
        ["routing.pools"] = "a pool joins queues of several tenants by shared agents; the row is its fence",
        ["tenancy.operator"] = "one row: the operator itself",
        ["tenancy.operator_tenants"] = "the ids of the tenants the operator has, and nothing else: where any work over all tenants begins",
        ["tenancy.users"] = "sign-in finds a user before any tenant is known; a user may belong to several tenants",
        ["tenancy.phones"] = "phones belong to agents, who are the operator's",
        ["tenancy.trunks"] = "trunks carry calls of all tenants",
    };

    /// <summary>Whether the table has no tenant's policy on purpose.</summary>
    public static bool Contains(string schema, string table) => Reasons.ContainsKey(table) || Reasons.ContainsKey($"{schema}.{table}");
}
