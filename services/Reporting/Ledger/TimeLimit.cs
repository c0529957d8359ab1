using CallCenter.Hosting;
using Npgsql;

namespace CallCenter.Reporting.Ledger;

/// <summary>A question that would take too much: its message says what to ask for instead.</summary>
internal sealed class TooMuchException(string message) : Exception(message);

/// <summary>Questions whose cost their asker chooses may take a bounded time, so that they never starve the taking in of events.</summary>
internal static class TimeLimit
{
    private const int SecondsMax = 20;

    /// <summary>Runs the work as the tenants; a statement that takes longer than 20 s is stopped.</summary>
    /// <exception cref="TooMuchException">It was.</exception>
    public static async Task<T> Within<T>(
        this ServiceDatabase database, IReadOnlyCollection<Guid> tenants, Func<NpgsqlConnection, NpgsqlTransaction, Task<T>> work, CancellationToken ct)
    {
        try
        {
            return await database.InTenants(tenants, async (connection, transaction) =>
            {
                await using (var limit = connection.Sql(transaction, $"set local statement_timeout = '{SecondsMax}s'"))
                {
                    await limit.ExecuteNonQueryAsync(ct);
                }

                return await work(connection, transaction);
            }, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled && !ct.IsCancellationRequested)
        {
            throw new TooMuchException($"The answer was not ready within {SecondsMax} s: ask for a shorter range.");
        }
    }
}
