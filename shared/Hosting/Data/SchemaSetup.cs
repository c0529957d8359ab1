using Npgsql;

namespace CallCenter.Hosting;

/// <summary>
/// Brings one service's schema up to date, under an advisory lock:
/// 1. as the bootstrap account: the two roles and the schema;
/// 2. as the migrate role, in one transaction: the missing migrations, the policies of new tables, the run role's grants.
/// </summary>
internal sealed class SchemaSetup(string service, NpgsqlDataSource bootstrap, NpgsqlDataSource migrate, RolePasswords passwords)
{
    // A sub-select is evaluated once a statement; without it the setting would be parsed for each row.
    private const string Policy = "tenant = ANY((SELECT current_setting('app.tenants')::uuid[])::uuid[])";

    // Roles belong to the whole cluster: two databases of one cluster set up by one process must not make them at once.
    private static readonly SemaphoreSlim MakingRoles = new(1);

    public static string MigrateRole(string service) => $"callcenter_{service}_migrate";

    public static string RunRole(string service) => $"callcenter_{service}_run";

    /// <summary>Names of the migrations applied now. Throws when an applied file has changed or is gone.</summary>
    public async Task<IReadOnlyList<string>> Run(IReadOnlyList<Migration> migrations, CancellationToken ct)
    {
        await using var connection = await bootstrap.OpenConnectionAsync(ct);
        await Execute(connection, "SELECT pg_advisory_lock(hashtextextended($1, 0))", ct, $"callcenter/{service}");
        try
        {
            await MakeRolesAndSchema(connection, ct);
            return await Migrate(migrations, ct);
        }
        finally
        {
            await Execute(connection, "SELECT pg_advisory_unlock(hashtextextended($1, 0))", CancellationToken.None, $"callcenter/{service}");
        }
    }

    private async Task MakeRolesAndSchema(NpgsqlConnection connection, CancellationToken ct)
    {
        var (migrateRole, runRole) = (MigrateRole(service), RunRole(service));
        await MakingRoles.WaitAsync(ct);
        try
        {
            // Services in processes of their own start together: roles and the database's grants are shared by all of them.
            await Execute(connection, "SELECT pg_advisory_lock(hashtextextended('callcenter/roles', 0))", ct);
            foreach (var role in (string[])[migrateRole, runRole])
            {
                await using var find = new NpgsqlCommand("SELECT 1 FROM pg_roles WHERE rolname = $1", connection) { Parameters = { new() { Value = role } } };
                var verb = await find.ExecuteScalarAsync(ct) is null ? "CREATE" : "ALTER";
                await Execute(connection, $"{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOINHERIT PASSWORD '{passwords.For(role)}'", ct);
            }
            // Temporary staging tables are the way of bulk data (COPY does not work under row-level security).
            await Execute(connection, $"DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO {runRole}', current_database()); END $$", ct);
            await Execute(connection, "SELECT pg_advisory_unlock(hashtextextended('callcenter/roles', 0))", ct);
        }
        finally
        {
            MakingRoles.Release();
        }
        await Execute(connection, $"CREATE SCHEMA IF NOT EXISTS {service} AUTHORIZATION {migrateRole}", ct);
        await Execute(connection, $"GRANT USAGE ON SCHEMA {service} TO {runRole}", ct);
    }

    private async Task<IReadOnlyList<string>> Migrate(IReadOnlyList<Migration> migrations, CancellationToken ct)
    {
        await using var connection = await migrate.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await Execute(connection, "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, hash text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())", ct);
        var applied = await Applied(connection, ct);
        Check(applied, migrations);
        var missing = migrations.Where(m => !applied.ContainsKey(m.Name)).ToList();
        foreach (var migration in missing)
        {
            await Apply(connection, migration, ct);
        }
        await Policies(connection, ct);
        await Execute(connection, $"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {service} TO {RunRole(service)}", ct);
        await Execute(connection, $"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {service} TO {RunRole(service)}", ct);
        await Execute(connection, $"REVOKE INSERT, UPDATE, DELETE ON migrations FROM {RunRole(service)}", ct);
        await ProtectAppendOnly(connection, ct);
        await transaction.CommitAsync(ct);
        return [.. missing.Select(m => m.Name)];
    }

    private static async Task Apply(NpgsqlConnection connection, Migration migration, CancellationToken ct)
    {
        try
        {
            await Execute(connection, migration.Sql, ct);
        }
        catch (PostgresException e)
        {
            throw new InvalidOperationException($"Migration {migration.Name} failed: {e.MessageText} (position {e.Position}). Nothing was changed.", e);
        }
        await Execute(connection, "INSERT INTO migrations (name, hash) VALUES ($1, $2)", ct, migration.Name, migration.Hash);
    }

    private static async Task<Dictionary<string, string>> Applied(NpgsqlConnection connection, CancellationToken ct)
    {
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var read = new NpgsqlCommand("SELECT name, hash FROM migrations", connection);
        await using var rows = await read.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            applied.Add(rows.GetString(0), rows.GetString(1));
        }
        return applied;
    }

    private void Check(Dictionary<string, string> applied, IReadOnlyList<Migration> migrations)
    {
        var known = migrations.ToDictionary(m => m.Name, m => m.Hash, StringComparer.Ordinal);
        foreach (var (name, hash) in applied)
        {
            if (!known.TryGetValue(name, out var present))
            {
                throw new InvalidOperationException($"The database has migration {name} of {service}, which this program lacks: start the newer version that made it.");
            }
            if (present != hash)
            {
                throw new InvalidOperationException($"Migration {name} of {service} was changed after it was applied: restore the file and put the change into a new one.");
            }
        }
    }

    // Every table gets the tenant's policy by itself, so that none can be forgotten.
    private async Task Policies(NpgsqlConnection connection, CancellationToken ct)
    {
        const string unprotected = """
            SELECT c.relname, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant' AND a.atttypid = 'uuid'::regtype AND a.attnotnull)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
            """;
        var tables = new List<(string Name, bool HasTenant)>();
        await using (var read = new NpgsqlCommand(unprotected, connection) { Parameters = { new() { Value = service } } })
        {
            await using var rows = await read.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct))
            {
                tables.Add((rows.GetString(0), rows.GetBoolean(1)));
            }
        }
        await RenewPolicies(connection, ct);
        foreach (var (table, hasTenant) in tables.Where(t => !OperatorWideTables.Contains(service, t.Name)))
        {
            if (!hasTenant)
            {
                throw new InvalidOperationException($"Table {service}.{table} has no column 'tenant uuid NOT NULL': add it, or name the table with its reason in OperatorWideTables.cs.");
            }
            await Execute(connection, $"""
                ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY;
                ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY;
                CREATE POLICY tenant ON "{table}" USING ({Policy})
                """, ct);
        }
    }

    // Those of databases made before the policy had its sub-select.
    private Task RenewPolicies(NpgsqlConnection connection, CancellationToken ct) => Execute(connection, $"""
        DO $$ DECLARE protected regclass; BEGIN
          FOR protected IN SELECT p.polrelid FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = '{service}' AND p.polname = 'tenant' AND pg_get_expr(p.polqual, p.polrelid) NOT LIKE '%SELECT%'
          LOOP EXECUTE format('ALTER POLICY tenant ON %s USING ({Policy.Replace("'", "''", StringComparison.Ordinal)})', protected); END LOOP;
        END $$
        """, ct);

    // A table whose comment is 'append-only' can be read and added to by the run role, and nothing else.
    private Task ProtectAppendOnly(NpgsqlConnection connection, CancellationToken ct) => Execute(connection, $"""
        DO $$ DECLARE append_only regclass; BEGIN
          FOR append_only IN SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = '{service}' AND c.relkind IN ('r', 'p') AND obj_description(c.oid, 'pg_class') = 'append-only'
          LOOP EXECUTE format('REVOKE UPDATE, DELETE ON %s FROM {RunRole(service)}', append_only); END LOOP;
        END $$
        """, ct);

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }
        await command.ExecuteNonQueryAsync(ct);
    }
}
