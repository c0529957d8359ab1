using CallCenter.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace CallCenter.Routing;

/// <summary>Reads single rows for grains that become active, and the positions of sources, those asked for together in one transaction.</summary>
internal sealed class RowReader
{
    private readonly ServiceDatabase database;
    private readonly Gathered<RowKey, RowBody?> rows;
    private readonly Gathered<SourceOfStream, long> positions;

    public RowReader([FromKeyedServices(RoutingService.Name)] ServiceDatabase database)
    {
        this.database = database;
        rows = new(ReadRows);
        positions = new(ReadPositions);
    }

    /// <summary>A row of a tenant; agents are the operator's and have none.</summary>
    internal sealed record RowKey(StateTable Table, Guid Tenant, Guid Id);

    internal sealed record RowBody(Guid Tenant, string Body, long Version);

    private sealed record SourceOfStream(Guid Tenant, Guid Stream, string Source);

    public Task<RowBody?> Find(RowKey key) => rows.Ask(key);

    public Task<long> Position(Guid tenant, Guid stream, string source) => positions.Ask(new(tenant, stream, source));

    // The tenants of all who ask are open in the batch: each is answered of its own alone.
    private Task<T> As<T>(IEnumerable<Guid> tenants, Func<NpgsqlBatch, Task<T>> work) =>
        tenants.Where(tenant => tenant != Guid.Empty).Distinct().ToList() is { Count: > 0 } named
            ? database.InTenants(named, work, CancellationToken.None)
            : database.OperatorWide(work, CancellationToken.None);

    private Task<IReadOnlyList<RowBody?>> ReadRows(IReadOnlyList<RowKey> keys) =>
        As<IReadOnlyList<RowBody?>>(keys.Select(key => key.Tenant), async batch =>
        {
            var tables = keys.GroupBy(key => key.Table).ToList();
            foreach (var table in tables)
            {
                batch.BatchCommands.Add(new($"SELECT id, tenant, {StateSql.BodyOf(table.Key)}, version FROM {StateSql.NameOf(table.Key)} WHERE id = ANY($1)")
                {
                    Parameters = { new() { Value = table.Select(key => key.Id).Distinct().ToArray() } },
                });
            }

            var found = new Dictionary<(StateTable, Guid), RowBody>();
            await using var reader = await batch.ExecuteReaderAsync();
            foreach (var table in tables)
            {
                await reader.NextResultAsync();
                while (await reader.ReadAsync())
                {
                    found[(table.Key, reader.GetGuid(0))] = new RowBody(reader.GetGuid(1), reader.GetString(2), reader.GetInt64(3));
                }
            }

            return [.. keys.Select(key => found.TryGetValue((key.Table, key.Id), out var row) && (key.Table == StateTable.Agents || row.Tenant == key.Tenant) ? row : null)];
        });

    // A grain keeps in its row what it has applied; the inbox knows what was given up.
    private Task<IReadOnlyList<long>> ReadPositions(IReadOnlyList<SourceOfStream> sources) =>
        As<IReadOnlyList<long>>(sources.Select(source => source.Tenant), async batch =>
        {
            const string sql = """
                SELECT coalesce(greatest(
                  (SELECT (c.body::jsonb -> 'positions' ->> a.source)::bigint FROM contacts c WHERE c.id = a.stream),
                  (SELECT (g.body::jsonb -> 'positions' ->> a.source)::bigint FROM agents g WHERE g.id = a.stream),
                  (SELECT i.sequence FROM inbox i WHERE i.stream = a.stream AND i.source = a.source)), 0)
                FROM unnest($1, $2) WITH ORDINALITY AS a (stream, source, place) ORDER BY a.place
                """;
            batch.BatchCommands.Add(new(sql)
            {
                Parameters =
                {
                    new() { Value = sources.Select(source => source.Stream).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
                    new() { Value = sources.Select(source => source.Source).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                },
            });
            var found = new List<long>(sources.Count);
            await using var reader = await batch.ExecuteReaderAsync();
            await reader.NextResultAsync();
            while (await reader.ReadAsync())
            {
                found.Add(reader.GetInt64(0));
            }

            return found;
        });
}
