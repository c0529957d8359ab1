using Npgsql;

namespace CallCenter.Routing.Leading;

/// <summary>The epoch under which this process leads. Every transaction of Routing that writes asks whether it is still in force.</summary>
internal sealed class LeaderFence
{
    private long epoch;

    /// <summary>0 while this process does not lead.</summary>
    public long Epoch
    {
        get => Volatile.Read(ref epoch);
        set => Volatile.Write(ref epoch, value);
    }

    /// <summary>Goes into a batch; its answer is given to <see cref="Require(NpgsqlDataReader)"/>. Nobody can take the lead until the transaction has ended.</summary>
    public NpgsqlBatchCommand Check() => new(Sql) { Parameters = { new() { Value = Epoch } } };

    /// <summary>Reads the answer of <see cref="Check"/>, which follows the one at which the reader stands.</summary>
    /// <exception cref="FencedException">Another process leads.</exception>
    public static async Task Require(NpgsqlDataReader answers)
    {
        await answers.NextResultAsync();
        if (!await answers.ReadAsync())
        {
            throw NotLeading();
        }
    }

    /// <summary>The same for a transaction that is no batch; before it writes.</summary>
    /// <exception cref="FencedException">Another process leads.</exception>
    public async Task Require(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using var check = new NpgsqlCommand(Sql, connection, transaction) { Parameters = { new() { Value = Epoch } } };
        if (await check.ExecuteScalarAsync(ct) is null)
        {
            throw NotLeading();
        }
    }

    private const string Sql = "SELECT 1 FROM leader WHERE epoch = $1 FOR KEY SHARE";

    private static FencedException NotLeading() => new("The lead");
}
