using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Contracts.Tenancy;
using CallCenter.Hosting;
using CallCenter.Tenancy.Outside;
using CallCenter.Tenancy.Trunks;
using Dapper;
using Npgsql;

namespace CallCenter.Tenancy.Snapshots;

/// <summary>The whole configuration of a tenant or the operator, for services.</summary>
internal static class SnapshotApi
{
    public static void MapSnapshots(this IEndpointRouteBuilder app)
    {
        var snapshots = app.MapGroup("/api/snapshots").RequireRoles(Role.Service).WithTags("Snapshots");
        snapshots.MapGet("/operator", async (TenancyStore store, CancellationToken ct) => Json(await OfOperator(store, ct)));
        snapshots.MapGet("/{id:guid}", async (Guid id, TenancyStore store, CancellationToken ct) =>
        {
            if (await store.Exists(id, ct))
            {
                return Json(await OfTenant(store, id, ct));
            }
            var ofOperator = await OfOperator(store, ct);
            return ofOperator.Operator == id ? Json(ofOperator) : Problems.NotFound("tenant or operator");
        });
    }

    public static Task<TenantSnapshot> OfTenant(TenancyStore store, Guid tenant, CancellationToken ct) => store.Database.InTenant(tenant, async (c, t) =>
    {
        var row = await c.QuerySingleAsync<TenantRow>(new CommandDefinition("""
            SELECT version, name, language, time_zone AS timeZone, concurrent_calls AS concurrentCalls, calls_per_second AS callsPerSecond, data_key AS dataKey, colour, greeting, outside::text AS outside,
              payment_url AS paymentUrl, payment_secret AS paymentSecret
            FROM tenants WHERE tenant = @tenant
            """, new { tenant }, t, cancellationToken: ct));
        var numbers = await c.QueryAsync<NumberRow>(new CommandDefinition(
            "SELECT number, kind, flow, fallback::text AS fallback FROM numbers WHERE tenant = @tenant ORDER BY number", new { tenant }, t, cancellationToken: ct));
        return new TenantSnapshot(tenant, row.Version, row.Name, row.Language, row.TimeZone,
            [.. numbers.Select(n => n.Snapshot())], new(row.ConcurrentCalls, row.CallsPerSecond), row.DataKey)
        {
            Brand = new(row.Colour, row.Greeting), Outside = OutsideApi.Read<TenantOutside>(row.Outside),
            Payment = row.PaymentUrl is null ? null : new(row.PaymentUrl, row.PaymentSecret!),
        };
    }, ct);

    // One snapshot of the database for all four reads, so that version and content belong together.
    public static Task<OperatorSnapshot> OfOperator(TenancyStore store, CancellationToken ct) => store.Database.OperatorWide(async (c, t) =>
    {
        var row = await c.QuerySingleAsync<OperatorRow>(Locked("SELECT id, name, realm, version FROM operator FOR SHARE", t, ct));
        var tenants = await c.QueryAsync<Guid>(Locked("SELECT tenant FROM operator_tenants ORDER BY tenant", t, ct));
        var trunks = await c.QueryAsync<TrunkItem>(Locked(
            $"SELECT {TrunkItem.Columns} FROM trunks ORDER BY name", t, ct));
        var phones = await c.QueryAsync<PhoneSnapshot>(Locked(
            "SELECT agent, sip_user AS sipUser, ha1_md5 AS ha1Md5, ha1_sha256 AS ha1Sha256 FROM phones ORDER BY sip_user", t, ct));
        return new OperatorSnapshot(row.Id, row.Version, row.Name, row.Realm, [.. tenants],
            [.. trunks.Select(k => k.Snapshot())], [.. phones]);
    }, ct);

    private static CommandDefinition Locked(string sql, NpgsqlTransaction t, CancellationToken ct) => new(sql, transaction: t, cancellationToken: ct);

    private static IResult Json<T>(T snapshot) => Results.Json(snapshot, EventCatalog.Json);

    private sealed record TenantRow(long Version, string Name, string Language, string TimeZone, int ConcurrentCalls, int CallsPerSecond, string DataKey, string Colour, string Greeting, string Outside, string? PaymentUrl, string? PaymentSecret);

    private sealed record OperatorRow(Guid Id, string Name, string Realm, long Version);

    private sealed record NumberRow(string Number, string Kind, Guid? Flow, string Fallback)
    {
        public NumberSnapshot Snapshot() => new(Number, Kind, Flow, JsonSerializer.Deserialize<NumberFallback>(Fallback, EventCatalog.Json)!);
    }
}
