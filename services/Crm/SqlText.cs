using Npgsql;

namespace CallCenter.Crm;

/// <summary>Statements of a transaction with positional parameters ($1, $2, …); null is SQL's null.</summary>
internal static class SqlText
{
    /// <summary>Rows changed.</summary>
    public static async Task<int> Execute(this NpgsqlTransaction transaction, string sql, CancellationToken ct, params object?[] values)
    {
        await using var command = Command(transaction, sql, values);
        return await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Rows found.</summary>
    public static async Task<List<T>> Query<T>(this NpgsqlTransaction transaction, string sql, Func<NpgsqlDataReader, T> read, CancellationToken ct, params object?[] values)
    {
        await using var command = Command(transaction, sql, values);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var found = new List<T>();
        while (await rows.ReadAsync(ct))
        {
            found.Add(read(rows));
        }

        return found;
    }

    public static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static Guid? IdOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);

    private static NpgsqlCommand Command(NpgsqlTransaction transaction, string sql, object?[] values)
    {
        var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
        command.Parameters.AddRange(values.Select(v => new NpgsqlParameter { Value = v ?? DBNull.Value }).ToArray());
        return command;
    }
}
