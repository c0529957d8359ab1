using CallCenter.Hosting;
using Npgsql;

namespace CallCenter.TestKit;

/// <summary>What the database's catalogue says about a service's tables.</summary>
public static class Catalogue
{
    /// <summary>
    /// Everything that breaks tenant isolation in the schema, in words; empty when all is well. A table has a tenant, forced row-level
    /// security and the one policy, or it is in <see cref="OperatorWideTables"/>; the run role can neither bypass nor own.
    /// </summary>
    public static async Task<IReadOnlyList<string>> Faults(string connectionString, string schema)
    {
        const string tables = """
            SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, pg_get_userbyid(c.relowner),
              (SELECT string_agg(pg_get_expr(p.polqual, p.polrelid), ';') FROM pg_policy p WHERE p.polrelid = c.oid)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY 1
            """;
        var faults = new List<string>();
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using (var read = new NpgsqlCommand(tables, connection) { Parameters = { new() { Value = schema } } })
        {
            await using var rows = await read.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                faults.AddRange(OfTable(schema, rows.GetString(0), rows.GetBoolean(1), rows.GetString(2), rows.IsDBNull(3) ? null : rows.GetString(3)));
            }
        }
        await using var role = new NpgsqlCommand("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = $1", connection) { Parameters = { new() { Value = $"callcenter_{schema}_run" } } };
        if (await role.ExecuteScalarAsync() is not false)
        {
            faults.Add($"the run role of {schema} is missing or can bypass row-level security");
        }
        return faults;
    }

    private static IEnumerable<string> OfTable(string schema, string table, bool forced, string owner, string? policy)
    {
        if (owner != $"callcenter_{schema}_migrate")
        {
            yield return $"{schema}.{table} is owned by {owner}";
        }
        if (OperatorWideTables.Contains(schema, table))
        {
            yield break;
        }
        if (!forced)
        {
            yield return $"{schema}.{table} has no forced row-level security";
        }
        if (policy != "(tenant = ANY (( SELECT (current_setting('app.tenants'::text))::uuid[] AS current_setting)::uuid[]))")
        {
            yield return $"{schema}.{table} has the policy {policy ?? "none"}";
        }
    }
}
