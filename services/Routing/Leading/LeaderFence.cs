using Npgsql;

namespace CallCenter.Routing.Leading;

/// <summary>The epoch under which this process leads. Every transaction of Routing that writes asks whether it is still in force.</summary>
internal sealed class LeaderFence
{
    private const string Lead = "The lead";

    private const string Sql = "SELECT 1 FROM leader WHERE epoch = $1 FOR KEY SHARE";

    private long epoch;

    /// <summary>0 while this process does not lead.</summary>
    public long Epoch
    {
        get => Volatile.Read(ref epoch);
        set => Volatile.Write(ref epoch, value);
    }

    /// <summary>Goes into a batch. Nobody can take the lead until the transaction has ended.</summary>
    public StateSql.Requirement Requirement() => new(Lead, new($"SELECT 1 / count(*) FROM ({Sql}) AS held") { Parameters = { new() { Value = Epoch } } });

    /// <summary>The same for a transaction that is no batch; before it writes.</summary>
    /// <exception cref="FencedException">Another process leads.</exception>
    public async Task Require(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using var check = new NpgsqlCommand(Sql, connection, transaction) { Parameters = { new() { Value = Epoch } } };
        if (await check.ExecuteScalarAsync(ct) is null)
        {
            throw new FencedException(Lead);
        }
    }
}
