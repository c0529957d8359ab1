using Npgsql;
using NpgsqlTypes;

namespace CallCenter.Routing;

/// <summary>The statements of the group committer: one a table and kind of change, whatever the number of rows.</summary>
internal static class StateSql
{
    /// <summary>Columns beside the body, and what an update sets them to.</summary>
    private static readonly (string Name, string Update, Func<MergedRow, string?> Of)[]
        FoundColumns =
        [
            ("caller", "n.caller", row => row.FoundBy?.Caller), ("last_agent", "n.last_agent", row => row.FoundBy?.LastAgent?.ToString()),
            ("callback_queue", "n.callback_queue", row => row.FoundBy?.CallbackQueue?.ToString()),
        ],
        KeptColumns = [("kept", "coalesce(n.kept, t.kept)", row => row.Kept)];

    /// <summary>A row merged from all its changes in one transaction: from the first's expected version to the last's body.</summary>
    internal sealed record MergedRow(StateTable Table, Guid Id, Guid Tenant, long Expected, long Version, string? Body, bool AtRest, FoundBy? FoundBy, string? Kept);

    /// <summary>A statement that fails, with all of its transaction, where what it needs is not so: it divides by the number of times that it is.</summary>
    internal sealed record Requirement(string What, NpgsqlBatchCommand Command)
    {
        /// <summary>Reads the statement's result, which follows the one at which the reader stands.</summary>
        /// <exception cref="FencedException">It is not so.</exception>
        public async Task Read(NpgsqlDataReader answers)
        {
            try
            {
                await answers.NextResultAsync();
            }
            catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.DivisionByZero)
            {
                throw new FencedException(What);
            }
        }
    }

    /// <exception cref="FencedException">Two changes of a row do not follow each other: two writers.</exception>
    private static IReadOnlyCollection<MergedRow> Merge(IEnumerable<Row> rows)
    {
        var merged = new Dictionary<(StateTable, Guid), MergedRow>();
        foreach (var row in rows)
        {
            var key = (row.Table, row.Id);
            if (!merged.TryGetValue(key, out var before))
            {
                merged[key] = new MergedRow(row.Table, row.Id, row.Tenant, row.Expected, row.Expected + 1, row.Body, row.AtRest, row.FoundBy, row.Kept);
            }
            else if (row.Expected == (before.Body is null ? 0 : before.Version))
            {
                merged[key] = before with { Version = row.Expected + 1, Body = row.Body, AtRest = row.AtRest, FoundBy = row.FoundBy, Kept = row.Kept ?? before.Kept };
            }
            else
            {
                throw new FencedException($"{row.Table} {row.Id}");
            }
        }

        // Made and deleted within the transaction: nothing to write.
        return [.. merged.Values.Where(row => row.Expected > 0 || row.Body is not null)];
    }

    /// <summary>The statements of the changes' fences and rows.</summary>
    public static IEnumerable<Requirement> Requirements(IReadOnlyList<Change> changes) =>
    [
        .. changes.Select(change => change.Fence).OfType<Fence>().Distinct().Select(Check),
        .. Merge(changes.SelectMany(change => change.Rows)).GroupBy(row => row.Table).OrderBy(table => table.Key).SelectMany(table => RowsOf(table.Key, [.. table])),
    ];

    // FOR SHARE: the epoch cannot be raised until this transaction has ended.
    private static Requirement Check(Fence fence) => new($"Pool {fence.Pool}", new("SELECT 1 / count(*) FROM (SELECT 1 FROM pools WHERE pool = $1 AND epoch = $2 FOR SHARE) AS held")
    {
        Parameters = { new() { Value = fence.Pool }, new() { Value = fence.Epoch } },
    });

    /// <summary>At most one statement for new rows, one for changed and one for deleted ones; each fails when a row has another version than expected.</summary>
    private static IEnumerable<Requirement> RowsOf(StateTable table, IReadOnlyList<MergedRow> rows)
    {
        var name = NameOf(table);
        var beside = table switch { StateTable.Contacts => FoundColumns, StateTable.Agents => KeptColumns, _ => [] };
        var (names, values) = (string.Concat(beside.Select(column => $", {column.Name}")), string.Concat(beside.Select((_, i) => $", ${i + 7}")));
        Requirement?[] all =
        [
            Over($"INSERT INTO {name} (id, tenant, version, at_rest, body{names}) SELECT * FROM unnest($2, $3, $4, $5, $6{values}) ON CONFLICT DO NOTHING",
                [.. rows.Where(row => row is { Expected: 0, Body: not null })],
                r => [Ids(r), Column(r, row => row.Tenant, NpgsqlDbType.Uuid), Versions(r), AtRest(r), Bodies(table, r), .. beside.Select(column => Column(r, column.Of, NpgsqlDbType.Text))]),
            Over($"""
                UPDATE {name} AS t SET version = n.version, at_rest = n.at_rest, body = n.body{string.Concat(beside.Select(column => $", {column.Name} = {column.Update}"))}
                FROM unnest($2, $3, $4, $5, $6{values}) AS n (id, expected, version, at_rest, body{names}) WHERE t.id = n.id AND t.version = n.expected
                """,
                [.. rows.Where(row => row is { Expected: > 0, Body: not null })],
                r => [Ids(r), Expected(r), Versions(r), AtRest(r), Bodies(table, r), .. beside.Select(column => Column(r, column.Of, NpgsqlDbType.Text))]),
            Over($"DELETE FROM {name} AS t USING unnest($2, $3) AS n (id, expected) WHERE t.id = n.id AND t.version = n.expected",
                [.. rows.Where(row => row.Body is null)],
                r => [Ids(r), Expected(r)]),
        ];
        return all.OfType<Requirement>();

        Requirement? Over(string sql, List<MergedRow> part, Func<List<MergedRow>, NpgsqlParameter[]> parameters)
        {
            if (part.Count == 0)
            {
                return null;
            }

            var command = new NpgsqlBatchCommand($"WITH done AS ({sql} RETURNING 1) SELECT 1 / (count(*) = $1)::int FROM done") { Parameters = { new() { Value = (long)part.Count } } };
            command.Parameters.AddRange(parameters(part));
            return new(part.Count == 1 ? $"{table} {part[0].Id}" : $"One of {part.Count} rows of {table}", command);
        }
    }

    /// <summary>Null when there are none.</summary>
    public static NpgsqlBatchCommand? PositionsOf(IReadOnlyList<Position> positions)
    {
        if (positions.Count == 0)
        {
            return null;
        }

        const string sql = """
            INSERT INTO inbox AS i (tenant, stream, source, sequence, final) SELECT * FROM unnest($1, $2, $3, $4, $5)
            ON CONFLICT (stream, source) DO UPDATE SET sequence = excluded.sequence, final = excluded.final WHERE i.sequence < excluded.sequence
            """;
        var last = positions.GroupBy(position => (position.Stream, position.Source)).Select(group => group.MaxBy(position => position.Sequence)!).ToList();
        return new(sql)
        {
            Parameters =
            {
                Column(last, position => position.Tenant, NpgsqlDbType.Uuid),
                Column(last, position => position.Stream, NpgsqlDbType.Uuid),
                Column(last, position => position.Source, NpgsqlDbType.Text),
                Column(last, position => position.Sequence, NpgsqlDbType.Bigint),
                Column(last, position => position.Final, NpgsqlDbType.Boolean),
            },
        };
    }

    /// <summary>The expression of a row's whole body.</summary>
    public static string BodyOf(StateTable table) => table == StateTable.Agents ? "CASE WHEN kept IS NULL THEN body ELSE left(body, -1) || ',' || substr(kept, 2) END" : "body";

    public static string NameOf(StateTable table) => table switch
    {
        StateTable.Contacts => "contacts",
        StateTable.Places => "places",
        StateTable.Queues => "queues",
        StateTable.Agents => "agents",
        StateTable.QueueSettings => "queue_settings",
        StateTable.AgentSettings => "agent_settings",
        StateTable.LearnedWaits => "learned_waits",
        _ => throw new ArgumentOutOfRangeException(nameof(table), table, "No such table."),
    };

    private static NpgsqlParameter Ids(List<MergedRow> rows) => Column(rows, row => row.Id, NpgsqlDbType.Uuid);

    private static NpgsqlParameter Expected(List<MergedRow> rows) => Column(rows, row => row.Expected, NpgsqlDbType.Bigint);

    private static NpgsqlParameter Versions(List<MergedRow> rows) => Column(rows, row => row.Version, NpgsqlDbType.Bigint);

    private static NpgsqlParameter AtRest(List<MergedRow> rows) => Column(rows, row => row.AtRest, NpgsqlDbType.Boolean);

    // Versions of settings have columns that the database takes out of their bodies.
    private static NpgsqlParameter Bodies(StateTable table, List<MergedRow> rows) =>
        Column(rows, row => row.Body!, table is StateTable.QueueSettings or StateTable.AgentSettings ? NpgsqlDbType.Jsonb : NpgsqlDbType.Text);

    private static NpgsqlParameter Column<TRow, T>(List<TRow> rows, Func<TRow, T> value, NpgsqlDbType type) =>
        new() { Value = rows.ConvertAll(row => value(row)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };
}
