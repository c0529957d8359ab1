using Dapper;
using Npgsql;

namespace CallCenter.Recording.Store;

/// <summary>A recording's row.</summary>
/// <param name="Agent">Who speaks in the second channel; null for a caller's message.</param>
/// <param name="Day">The folder of its file.</param>
/// <param name="Blocks">Blocks stored.</param>
/// <param name="Expected">Blocks that RecordingEnded told; null while it runs.</param>
/// <param name="Hash">Head of the hash chain, once sealed.</param>
/// <param name="Trace">Trace context of RecordingEnded.</param>
internal sealed record RecordingRow(
    Guid Tenant, Guid Id, Guid Contact, Guid? Agent, DateOnly Day, DateTime? StartedAt, int Blocks, int? Expected, long? LengthMs, DateTime? SealedAt, byte[]? Hash,
    string? Trace)
{
    public FilePlace Place => new(Tenant, Day, Id);
}

/// <summary>Recordings and blocks in the database. All methods run in the transaction of the recording's tenant; what the policy hides is not there.</summary>
internal static class RecordingRows
{
    private const string Columns = "tenant, id, contact, agent, day, started_at, blocks, expected, length_ms, sealed_at, hash, trace";

    /// <summary>The recording's row, made when it is new, locked to the end of the transaction. Null when the id is another tenant's.</summary>
    public static async Task<RecordingRow?> Ensure(NpgsqlConnection c, NpgsqlTransaction t, Guid tenant, Guid id, Guid contact, Guid? agent, DateTimeOffset now)
    {
        const string insert = """
            INSERT INTO recordings (tenant, id, contact, agent, day) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING
            """;
        await Execute(c, t, insert, tenant, id, contact, agent ?? (object)DBNull.Value, DateOnly.FromDateTime(now.UtcDateTime));
        return await Lock(c, t, id);
    }

    /// <summary>The recording's row, locked; null when there is none.</summary>
    public static Task<RecordingRow?> Lock(NpgsqlConnection c, NpgsqlTransaction t, Guid id) => One(c, t, id, "FOR UPDATE");

    /// <summary>The recording's row; null when there is none.</summary>
    public static Task<RecordingRow?> Find(NpgsqlConnection c, NpgsqlTransaction t, Guid id) => One(c, t, id, "");

    /// <summary>The newest recordings of the tenants that the transaction sees, of a contact or an agent where given.</summary>
    public static async Task<IReadOnlyList<RecordingRow>> List(NpgsqlConnection c, NpgsqlTransaction t, Guid? contact, Guid? agent, int limit)
    {
        const string sql = $"""
            SELECT {Columns} FROM recordings
            WHERE (@contact::uuid IS NULL OR contact = @contact) AND (@agent::uuid IS NULL OR agent = @agent)
            ORDER BY started_at DESC NULLS FIRST, id DESC LIMIT @limit
            """;
        await using var command = new NpgsqlCommand(sql, c, t)
        {
            Parameters = { new("contact", contact ?? (object)DBNull.Value), new("agent", agent ?? (object)DBNull.Value), new("limit", limit) },
        };
        return await Read(command);
    }

    public static Task Started(NpgsqlConnection c, NpgsqlTransaction t, Guid id, DateTimeOffset at) =>
        Execute(c, t, "UPDATE recordings SET started_at = $2 WHERE id = $1", id, at);

    public static Task Ended(NpgsqlConnection c, NpgsqlTransaction t, Guid id, int blocks, long lengthMs, string? trace) =>
        Execute(c, t, "UPDATE recordings SET expected = $2, length_ms = $3, trace = $4 WHERE id = $1 AND expected IS NULL",
            id, blocks, lengthMs, trace ?? (object)DBNull.Value);

    public static Task Sealed(NpgsqlConnection c, NpgsqlTransaction t, Guid id, byte[] hash, DateTimeOffset at) =>
        Execute(c, t, "UPDATE recordings SET hash = $2, sealed_at = $3 WHERE id = $1", id, hash, at);

    /// <summary>Whether another recording of the contact is not sealed yet.</summary>
    public static async Task<bool> OthersOpen(NpgsqlConnection c, NpgsqlTransaction t, RecordingRow row) =>
        await c.ExecuteScalarAsync<bool>(
            "SELECT EXISTS (SELECT FROM recordings WHERE contact = @Contact AND id <> @Id AND sealed_at IS NULL)", new { row.Contact, row.Id }, t);

    /// <summary>The hashes of those blocks that are stored, by number.</summary>
    public static async Task<IReadOnlyDictionary<int, byte[]>> HashesOf(NpgsqlConnection c, NpgsqlTransaction t, Guid recording, int[] numbers) =>
        (await c.QueryAsync<(int Number, byte[] Hash)>("SELECT number, hash FROM blocks WHERE recording = @recording AND number = ANY(@numbers)", new { recording, numbers }, t))
        .ToDictionary(block => block.Number, block => block.Hash);

    public static Task AddBlocks(NpgsqlConnection c, NpgsqlTransaction t, RecordingRow row, IReadOnlyCollection<StoredBlock> blocks)
    {
        const string sql = """
            WITH added AS (
              INSERT INTO blocks (tenant, recording, number, position, length, hash, object)
              SELECT $1, $2, * FROM unnest($3::integer[], $4::bigint[], $5::integer[], $6::bytea[], $8::uuid[]))
            UPDATE recordings SET blocks = blocks + $7 WHERE id = $2
            """;
        return Execute(
            c, t, sql, row.Tenant, row.Id, blocks.Select(b => b.Number).ToArray(), blocks.Select(b => b.Position).ToArray(),
            blocks.Select(b => b.Length).ToArray(), blocks.Select(b => b.Hash).ToArray(), blocks.Count,
            blocks.Select(b => b.Object).ToArray());
    }

    /// <summary>The recording's blocks by number.</summary>
    public static async Task<IReadOnlyList<StoredBlock>> Blocks(NpgsqlConnection c, NpgsqlTransaction t, Guid recording) =>
        [.. await c.QueryAsync<StoredBlock>("SELECT number, position, length, hash, object FROM blocks WHERE recording = @recording ORDER BY number", new { recording }, t)];

    public static Task AddAccess(NpgsqlConnection c, NpgsqlTransaction t, RecordingRow row, DateTimeOffset at, Guid user, string name, string role, string? range) =>
        Execute(c, t, "INSERT INTO accesses (tenant, recording, accessed_at, by_user, by_name, by_role, range) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            row.Tenant, row.Id, at, user, name, role, range ?? (object)DBNull.Value);

    private static async Task<RecordingRow?> One(NpgsqlConnection c, NpgsqlTransaction t, Guid id, string locking)
    {
        await using var command = new NpgsqlCommand($"SELECT {Columns} FROM recordings WHERE id = $1 {locking}", c, t) { Parameters = { new() { Value = id } } };
        return (await Read(command)).SingleOrDefault();
    }

    private static async Task<IReadOnlyList<RecordingRow>> Read(NpgsqlCommand command)
    {
        var found = new List<RecordingRow>();
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            found.Add(new(
                rows.GetGuid(0), rows.GetGuid(1), rows.GetGuid(2), rows.GetFieldValue<Guid?>(3), rows.GetFieldValue<DateOnly>(4), rows.GetFieldValue<DateTime?>(5),
                rows.GetInt32(6), rows.GetFieldValue<int?>(7), rows.GetFieldValue<long?>(8), rows.GetFieldValue<DateTime?>(9), rows.IsDBNull(10) ? null : rows.GetFieldValue<byte[]>(10),
                rows.IsDBNull(11) ? null : rows.GetString(11)));
        }

        return found;
    }

    private static async Task Execute(NpgsqlConnection c, NpgsqlTransaction t, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, c, t);
        command.Parameters.AddRange(values.Select(v => new NpgsqlParameter { Value = v }).ToArray());
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>Where a stored block lies in the recording's file or in an object, with the SHA-256 of its sealed form.</summary>
internal sealed record StoredBlock(int Number, long Position, int Length, byte[] Hash, Guid? Object = null);
