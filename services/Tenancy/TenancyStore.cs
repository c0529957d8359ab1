using CallCenter.Hosting;
using Dapper;
using Npgsql;

namespace CallCenter.Tenancy;

/// <summary>A changed configuration: whose, and its new version; null when nothing changed.</summary>
internal sealed record Change(Guid Id, long Version);

/// <summary>The service's database, and the two versions that every change raises in its own transaction.</summary>
internal sealed class TenancyStore(ServiceDatabase database)
{
    public ServiceDatabase Database => database;

    /// <summary>The operator's tenants.</summary>
    public Task<Guid[]> Tenants(CancellationToken ct) => database.OperatorWide(async (c, t) =>
        (await c.QueryAsync<Guid>(new CommandDefinition("SELECT tenant FROM operator_tenants ORDER BY tenant", transaction: t, cancellationToken: ct))).ToArray(), ct);

    public async Task<bool> Exists(Guid tenant, CancellationToken ct) => await database.OperatorWide((c, t) =>
        c.ExecuteScalarAsync<bool>(new CommandDefinition("SELECT EXISTS (SELECT FROM operator_tenants WHERE tenant = @tenant)", new { tenant }, t, cancellationToken: ct)), ct);

    public static Task<Change> RaiseOperator(NpgsqlConnection c, NpgsqlTransaction t, CancellationToken ct) =>
        c.QuerySingleAsync<Change>(new CommandDefinition("UPDATE operator SET version = version + 1 RETURNING id, version", transaction: t, cancellationToken: ct));

    public static Task<Change> RaiseTenant(NpgsqlConnection c, NpgsqlTransaction t, Guid tenant, CancellationToken ct) =>
        c.QuerySingleAsync<Change>(new CommandDefinition("UPDATE tenants SET version = version + 1 WHERE tenant = @tenant RETURNING tenant AS id, version", new { tenant }, t, cancellationToken: ct));
}
