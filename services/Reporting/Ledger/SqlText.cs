using Npgsql;

namespace CallCenter.Reporting.Ledger;

/// <summary>Statements with positional parameters ($1, $2, …); null is SQL's null.</summary>
internal static class SqlText
{
    public static NpgsqlCommand Sql(this NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, params object?[] values)
    {
        var command = new NpgsqlCommand(sql, connection, transaction);
        Fill(command.Parameters, values);
        return command;
    }

    public static void Add(this NpgsqlBatch batch, string sql, params object?[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        Fill(command.Parameters, values);
        batch.BatchCommands.Add(command);
    }

    private static void Fill(NpgsqlParameterCollection parameters, object?[] values)
    {
        foreach (var value in values)
        {
            parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value ?? DBNull.Value });
        }
    }
}
