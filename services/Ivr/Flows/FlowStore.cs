using System.Collections.Concurrent;
using System.Text.Json;
using CallCenter.Contracts;
using Dapper;
using Npgsql;

namespace CallCenter.Ivr.Flows;

/// <summary>A version of a flow.</summary>
internal sealed record FlowVersion(Guid Id, int Version, FlowDefinition Definition);

/// <summary>Flows in the database, each with all its versions. All methods run in the transaction of the flow's tenant; what the policy hides is not there.</summary>
internal sealed class FlowStore
{
    /// <summary>Versions never change, so they may be kept; a few kB each.</summary>
    private const int MaxKept = 1_000;

    private readonly ConcurrentDictionary<(Guid Flow, int Version), FlowDefinition> _kept = [];

    /// <summary>The version that new calls begin with; null when there is no such flow of the tenant.</summary>
    public async Task<FlowVersion?> Newest(NpgsqlConnection c, NpgsqlTransaction t, Guid id)
    {
        var version = await c.QuerySingleOrDefaultAsync<int?>("SELECT version FROM flows WHERE id = @id FOR SHARE", new { id }, t);
        return version is { } newest ? new(id, newest, await Read(c, t, id, newest)) : null;
    }

    /// <summary>A version's definition. Throws when it is not there: a live call names it, and versions are never removed.</summary>
    public async Task<FlowDefinition> Read(NpgsqlConnection c, NpgsqlTransaction t, Guid id, int version)
    {
        if (_kept.TryGetValue((id, version), out var kept))
        {
            return kept;
        }

        var json = await c.QuerySingleAsync<string>("SELECT definition::text FROM flow_versions WHERE flow = @id AND version = @version", new { id, version }, t);
        var definition = JsonSerializer.Deserialize<FlowDefinition>(json, EventCatalog.Json)!;
        if (_kept.Count >= MaxKept)
        {
            _kept.Clear();
        }

        return _kept[(id, version)] = definition;
    }

    /// <summary>Every flow of the tenants that the transaction sees, in its newest version.</summary>
    public static async Task<IReadOnlyList<FlowVersion>> List(NpgsqlConnection c, NpgsqlTransaction t)
    {
        const string sql = """
            SELECT f.id, f.version, v.definition::text AS definition FROM flows f
            JOIN flow_versions v ON v.flow = f.id AND v.version = f.version
            ORDER BY f.id LIMIT 1000
            """;
        var rows = await c.QueryAsync<(Guid Id, int Version, string Definition)>(sql, transaction: t);
        return [.. rows.Select(r => new FlowVersion(r.Id, r.Version, JsonSerializer.Deserialize<FlowDefinition>(r.Definition, EventCatalog.Json)!))];
    }

    /// <summary>Keeps a checked flow, as a new version when it differs from the newest. Null when the id is another tenant's.</summary>
    public async Task<FlowVersion?> Put(NpgsqlConnection c, NpgsqlTransaction t, Guid id, FlowDefinition definition, Guid by, DateTimeOffset at)
    {
        const string insert = "INSERT INTO flows (tenant, id, version) VALUES (@tenant, @id, 0) ON CONFLICT (id) DO NOTHING";
        await c.ExecuteAsync(insert, new { tenant = definition.Tenant, id }, t);
        if (await c.QuerySingleOrDefaultAsync<int?>("SELECT version FROM flows WHERE id = @id FOR UPDATE", new { id }, t) is not { } newest)
        {
            return null;
        }

        var json = JsonSerializer.Serialize(definition, EventCatalog.Json);
        if (newest > 0 && JsonSerializer.Serialize(await Read(c, t, id, newest), EventCatalog.Json) == json)
        {
            return new(id, newest, definition);
        }

        const string add = """
            INSERT INTO flow_versions (tenant, flow, version, definition, put_at, put_by) VALUES (@tenant, @id, @version, @json::json, @at, @by);
            UPDATE flows SET version = @version WHERE id = @id
            """;
        await c.ExecuteAsync(add, new { tenant = definition.Tenant, id, version = newest + 1, json, at, by }, t);
        return new(id, newest + 1, definition);
    }
}
