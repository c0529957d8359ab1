using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Hosting;
using CallCenter.Routing.Leading;
using CallCenter.Routing.Pools;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CallCenter.Routing;

/// <summary>Reads grains' rows. What is written goes through the <see cref="GroupCommitter"/>.</summary>
internal sealed class RoutingStore([FromKeyedServices(RoutingService.Name)] ServiceDatabase database, RowReader reader, GroupCommitter committer, LeaderFence leader) : IStateStore
{
    /// <summary>JSON of a row's body, as contracts are written.</summary>
    public static string Write<T>(T state) => JsonSerializer.Serialize(state, EventCatalog.Json);

    /// <inheritdoc/>
    public Task Commit(Change change) => committer.Commit(change);

    /// <inheritdoc/>
    public Task Settled(Guid? change) => committer.Settled(change);

    /// <inheritdoc/>
    public async Task<Stored<T>?> Find<T>(StateTable table, Guid tenant, Guid id, CancellationToken ct) => tenant == Guid.Empty
        ? throw new ArgumentException("No tenant: every row belongs to one.", nameof(tenant))
        : Read<T>(await reader.Find(new(table, tenant, id)).WaitAsync(ct));

    /// <inheritdoc/>
    public async Task<Stored<T>?> FindAgent<T>(Guid id, CancellationToken ct) => Read<T>(await reader.Find(new(StateTable.Agents, Guid.Empty, id)).WaitAsync(ct));

    /// <inheritdoc/>
    public Task<IReadOnlyList<Stored<T>>> Agents<T>(bool all, CancellationToken ct) =>
        database.OperatorWide((connection, transaction) => ReadMany<T>(connection, transaction, StateTable.Agents, all ? "" : "WHERE NOT at_rest", ct), ct);

    /// <summary>A queue's versions, the newest first.</summary>
    public Task<IReadOnlyList<T>> QueueSettings<T>(IReadOnlyCollection<Guid> tenants, Guid queue, int most, CancellationToken ct) => tenants.Count == 0
        ? Task.FromResult<IReadOnlyList<T>>([])
        : database.InTenants(tenants, (connection, transaction) => ReadVersions<T>(connection, transaction, StateTable.QueueSettings, queue, most, ct), ct);

    /// <summary>An agent's versions, the newest first.</summary>
    public Task<IReadOnlyList<T>> AgentSettings<T>(Guid agent, int most, CancellationToken ct) =>
        database.OperatorWide((connection, transaction) => ReadVersions<T>(connection, transaction, StateTable.AgentSettings, agent, most, ct), ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Stored<T>>> PendingAgentSettings<T>(CancellationToken ct) =>
        database.OperatorWide((connection, transaction) => ReadMany<T>(connection, transaction, StateTable.AgentSettings, "WHERE NOT at_rest", ct), ct);

    /// <inheritdoc/>
    public Task<long> LastAgentSettings(Guid agent, CancellationToken ct) =>
        database.OperatorWide(async (connection, transaction) =>
        {
            await using var command = new NpgsqlCommand("SELECT max(number) FROM agent_settings WHERE subject = $1", connection, transaction) { Parameters = { new() { Value = agent } } };
            return await command.ExecuteScalarAsync(ct) as long? ?? 0;
        }, ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Stored<T>>> Rows<T>(StateTable table, IReadOnlyCollection<Guid> tenants, bool all, CancellationToken ct) => tenants.Count == 0
        ? Task.FromResult<IReadOnlyList<Stored<T>>>([])
        : database.InTenants(tenants, (connection, transaction) => ReadMany<T>(connection, transaction, table, all ? "" : "WHERE NOT at_rest", ct), ct);

    /// <summary>The row of any of the tenants, or null.</summary>
    public Task<Stored<T>?> FindIn<T>(StateTable table, IReadOnlyCollection<Guid> tenants, Guid id, CancellationToken ct) => tenants.Count == 0
        ? Task.FromResult<Stored<T>?>(null)
        : database.InTenants(tenants, (connection, transaction) => ReadOne<T>(connection, transaction, table, id, ct), ct);

    /// <inheritdoc/>
    public Task<LastTalk?> LastTalk(Guid tenant, string caller, DateTimeOffset after, CancellationToken ct) =>
        database.InTenant<LastTalk?>(tenant, async (connection, transaction) =>
        {
            // Ids are in the order of time (RFC 9562, section 5.7).
            const string sql = """
                SELECT id, last_agent, (body::jsonb ->> 'lastAt')::timestamptz FROM contacts
                WHERE tenant = $1 AND caller = $2 AND id > $3 AND last_agent IS NOT NULL ORDER BY id DESC LIMIT 1
                """;
            await using var command = new NpgsqlCommand(sql, connection, transaction)
            {
                Parameters = { new() { Value = tenant }, new() { Value = caller }, new() { Value = Guid.CreateVersion7(after) } },
            };
            await using var reader = await command.ExecuteReaderAsync(ct);
            return await reader.ReadAsync(ct) ? new LastTalk(reader.GetGuid(0), Guid.Parse(reader.GetString(1)), reader.GetFieldValue<DateTimeOffset>(2)) : null;
        }, ct);

    /// <inheritdoc/>
    public Task<(long Epoch, IReadOnlyList<Guid> Tenants)> RaiseEpoch(string pool, CancellationToken ct) =>
        database.OperatorWide<(long, IReadOnlyList<Guid>)>(async (connection, transaction) =>
        {
            await leader.Require(connection, transaction, ct);
            const string sql = "INSERT INTO pools AS p (pool, epoch, tenants) VALUES ($1, 1, '{}') ON CONFLICT (pool) DO UPDATE SET epoch = p.epoch + 1 RETURNING epoch, tenants";
            await using var command = new NpgsqlCommand(sql, connection, transaction) { Parameters = { new() { Value = pool } } };
            await using var reader = await command.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            return (reader.GetInt64(0), await reader.GetFieldValueAsync<Guid[]>(1, ct));
        }, ct);

    /// <inheritdoc/>
    public Task AddTenant(Fence fence, Guid tenant, CancellationToken ct) =>
        database.OperatorWide(async (connection, transaction) =>
        {
            await leader.Require(connection, transaction, ct);
            const string sql = "UPDATE pools SET tenants = array_append(array_remove(tenants, $3), $3) WHERE pool = $1 AND epoch = $2";
            await using var command = new NpgsqlCommand(sql, connection, transaction)
            {
                Parameters = { new() { Value = fence.Pool }, new() { Value = fence.Epoch }, new() { Value = tenant } },
            };
            if (await command.ExecuteNonQueryAsync(ct) == 0)
            {
                throw new FencedException($"Pool {fence.Pool}");
            }
        }, ct);

    /// <summary>The last sequence applied of a source in a stream.</summary>
    public Task<long> Position(Guid tenant, Guid stream, string source, CancellationToken ct) => reader.Position(tenant, stream, source).WaitAsync(ct);

    private static async Task<Stored<T>?> ReadOne<T>(NpgsqlConnection connection, NpgsqlTransaction transaction, StateTable table, Guid id, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"SELECT {StateSql.BodyOf(table)}, version FROM {StateSql.NameOf(table)} WHERE id = $1", connection, transaction)
        {
            Parameters = { new() { Value = id } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? Read<T>(reader) : null;
    }

    private static async Task<IReadOnlyList<Stored<T>>> ReadMany<T>(NpgsqlConnection connection, NpgsqlTransaction transaction, StateTable table, string where, CancellationToken ct)
    {
        var found = new List<Stored<T>>();
        await using var command = new NpgsqlCommand($"SELECT {StateSql.BodyOf(table)}, version FROM {StateSql.NameOf(table)} {where}", connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found.Add(Read<T>(reader));
        }

        return found;
    }

    private static async Task<IReadOnlyList<T>> ReadVersions<T>(NpgsqlConnection connection, NpgsqlTransaction transaction, StateTable table, Guid subject, int most, CancellationToken ct)
    {
        var found = new List<T>();
        await using var command = new NpgsqlCommand($"SELECT {StateSql.BodyOf(table)}, version FROM {StateSql.NameOf(table)} WHERE subject = $1 ORDER BY number DESC LIMIT $2", connection, transaction)
        {
            Parameters = { new() { Value = subject }, new() { Value = most } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found.Add(Read<T>(reader).State);
        }

        return found;
    }

    private static Stored<T>? Read<T>(RowReader.RowBody? row) =>
        row is null ? null : new(JsonSerializer.Deserialize<T>(row.Body, EventCatalog.Json)!, row.Version);

    private static Stored<T> Read<T>(NpgsqlDataReader reader) =>
        new(JsonSerializer.Deserialize<T>(reader.GetString(0), EventCatalog.Json)!, reader.GetInt64(1));
}
