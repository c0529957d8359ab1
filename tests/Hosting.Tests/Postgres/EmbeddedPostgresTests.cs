using System.Diagnostics;
using Dapper;
using Npgsql;

namespace CallCenter.Hosting.Tests.Postgres;

[Trait("needs", "server")]
public sealed class EmbeddedPostgresTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"callcenter-test-{Guid.NewGuid():N}");
    private readonly List<string> _said = [];
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<EmbeddedPostgres> Start(string? folder = null) => EmbeddedPostgres.Start(new DataFolder(folder ?? _folder), new(Fsync: false), _said.Add, Ct);

    private static async Task<T?> Ask<T>(EmbeddedPostgres postgres, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Pooling = false }.ConnectionString);
        return await connection.ExecuteScalarAsync<T>(sql);
    }

    [Fact]
    public async Task Data_outlives_a_stop_that_an_open_connection_does_not_hold_up()
    {
        await using (var first = await Start())
        {
            await Ask<int>(first, "CREATE TABLE kept AS SELECT 7 AS n; SELECT 1");
            using var open = new NpgsqlConnection(first.ConnectionString);
            await open.OpenAsync(Ct);
            // An open connection does not hold the stop up for ever.
            await first.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct);
        }
        await using var second = await Start();
        (await Ask<int>(second, "SELECT n FROM kept")).ShouldBe(7);
        (await Ask<string>(second, "SHOW synchronous_commit")).ShouldBe("on");
    }

    [Fact]
    public async Task A_server_that_outlived_its_parent_is_found()
    {
        var first = await Start();
        // As after kill -9 of the parent: the lock is gone, the server lives.
        first.Abandon();
        (await Ask<int>(first, "SELECT 1")).ShouldBe(1);
        await using var second = await Start();
        _said.ShouldContain(s => s.Contains("earlier run"));
        (await Ask<int>(second, "SELECT 1")).ShouldBe(1);
        await Should.ThrowAsync<NpgsqlException>(() => Ask<int>(first, "SELECT 1"));
    }

    [Fact]
    public async Task A_folder_in_use_is_refused_in_words()
    {
        await using var first = await Start();
        var refused = await Should.ThrowAsync<IOException>(() => Start());
        refused.Message.ShouldContain("in use by another process");
    }

    [Fact]
    public async Task A_folder_that_the_servers_account_cannot_reach_is_told_and_another_is_used()
    {
        var closed = Path.Combine(_folder, "closed");
        Directory.CreateDirectory(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string home;
        await using (var postgres = await Start(Path.Combine(closed, "data")))
        {
            home = Path.GetDirectoryName(postgres.Folder)!;
            (await Ask<string>(postgres, "SELECT current_user")).ShouldBe("callcenter");
            // Only root has another account run the server.
            home.ShouldStartWith(Environment.IsPrivilegedProcess ? "/var/lib/callcenter/" : closed);
            _said.Exists(s => s.Contains(home)).ShouldBe(Environment.IsPrivilegedProcess);
        }
        Directory.Delete(home, recursive: true);
    }
}
