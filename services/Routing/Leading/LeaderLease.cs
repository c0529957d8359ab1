using CallCenter.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CallCenter.Routing.Leading;

/// <summary>
/// The lease in the database, on a connection of its own, so that no other work holds it up. All times are the database's.
/// Who may take it: anybody after a clean stop; anybody when no session of the leader is left, as after a crash; anybody when it has lapsed, as when the
/// leader is frozen or cut off: then its sessions are ended first, with what they have locked.
/// </summary>
internal sealed class LeaderLease([FromKeyedServices(RoutingService.Name)] ServiceDatabase database) : IAsyncDisposable
{
    /// <summary>From the last renewal to the moment from which another may take it: three renewals may fail, and a successor has 3 of its 5 s left.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(2);

    private const int EndingMs = 1_000;

    private NpgsqlConnection? own;

    /// <summary>Takes the lease if it is free.</summary>
    /// <returns>The new epoch; null while another process leads.</returns>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public Task<long?> Take(CancellationToken ct) => OnOwn(async connection =>
    {
        if (await Read(connection, ct) is not { } last)
        {
            return null;
        }

        if (last.IsAlive)
        {
            await EndSessions(connection, last.Sessions!, ct);
        }

        const string sql = "UPDATE leader SET epoch = epoch + 1, sessions = $2, until = clock_timestamp() + $3 WHERE epoch = $1 RETURNING epoch";
        await using var take = new NpgsqlCommand(sql, connection)
        {
            Parameters = { new() { Value = last.Epoch }, new() { Value = database.Sessions }, new() { Value = Length } },
        };
        return await take.ExecuteScalarAsync(ct) as long?;
    }, ct);

    /// <summary>Another <see cref="Length"/>; false when another process has taken the lead. A lease that has lapsed and that nobody took is renewed too.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public Task<bool> Renew(long epoch, CancellationToken ct) => OnOwn(async connection =>
    {
        // What a crash of the database undoes is at worst the last renewal: it need not wait for the disk.
        const string sql = "UPDATE leader SET until = clock_timestamp() + $2 FROM (SELECT set_config('synchronous_commit', 'off', true)) AS quick WHERE epoch = $1";
        await using var renew = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = epoch }, new() { Value = Length } } };
        return await renew.ExecuteNonQueryAsync(ct) == 1;
    }, ct);

    /// <summary>The next process need not wait.</summary>
    /// <exception cref="NpgsqlException">The database is away; then the end of this process's sessions says the same.</exception>
    public Task Release(long epoch, CancellationToken ct) => OnOwn(async connection =>
    {
        await using var release = new NpgsqlCommand("UPDATE leader SET sessions = NULL, until = '-infinity' WHERE epoch = $1", connection) { Parameters = { new() { Value = epoch } } };
        return await release.ExecuteNonQueryAsync(ct);
    }, ct);

    public async ValueTask DisposeAsync()
    {
        if (own is not null)
        {
            await own.DisposeAsync();
        }
    }

    // Null while another leads.
    private async Task<Last?> Read(NpgsqlConnection connection, CancellationToken ct)
    {
        const string sql = """
            SELECT epoch, sessions, until < clock_timestamp(), EXISTS (SELECT FROM pg_stat_activity WHERE application_name = sessions AND application_name <> $1) FROM leader
            """;
        await using var read = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = database.Sessions } } };
        await using var row = await read.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct))
        {
            throw new InvalidOperationException($"The table {database.Schema}.leader has lost its one row: insert (epoch, until) with an epoch above that of all Routing's processes.");
        }

        var last = new Last(row.GetInt64(0), row.IsDBNull(1) ? null : row.GetString(1), IsAlive: row.GetBoolean(3));
        return last.IsAlive && !row.GetBoolean(2) ? null : last;
    }

    private static async Task EndSessions(NpgsqlConnection connection, string sessions, CancellationToken ct)
    {
        await using var end = new NpgsqlCommand("SELECT pg_terminate_backend(pid, $2) FROM pg_stat_activity WHERE application_name = $1", connection)
        {
            Parameters = { new() { Value = sessions }, new() { Value = (long)EndingMs } },
        };
        await end.ExecuteNonQueryAsync(ct);
    }

    private async Task<T> OnOwn<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken ct)
    {
        try
        {
            return await work(own ??= await database.OpenSession(ct));
        }
        catch
        {
            // Broken, or in the middle of something: the next attempt has a new one.
            await DisposeAsync();
            own = null;
            throw;
        }
    }

    private sealed record Last(long Epoch, string? Sessions, bool IsAlive);
}
