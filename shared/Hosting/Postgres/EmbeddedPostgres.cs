using Npgsql;

namespace CallCenter.Hosting;

/// <summary>How the local cluster is run.</summary>
/// <param name="Fsync">False only for tests: a power cut would lose data, a killed process would not.</param>
/// <param name="Connections">At most; each process of a service may have 15.</param>
public sealed record EmbeddedPostgresOptions(bool Fsync = true, int Connections = 100);

/// <summary>
/// A PostgreSQL cluster in the data folder, run from the installed binaries, never as root. It listens on 127.0.0.1 on a
/// port chosen at each start. When this process is killed the server lives on; the next start finds and stops it first.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private const string Account = "callcenter", Database = "callcenter";
    private const int StartAttempts = 5;
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(5);

    private readonly PostgresPrograms _programs;
    private readonly EmbeddedPostgresOptions _options;
    private readonly int _port;
    private readonly IDisposable _lock;
    private bool _stopped;

    private EmbeddedPostgres(PostgresPrograms programs, EmbeddedPostgresOptions options, int port, IDisposable folderLock, string connectionString)
    {
        _programs = programs;
        _options = options;
        _port = port;
        _lock = folderLock;
        ConnectionString = connectionString;
    }

    /// <summary>The bootstrap account at the database <c>callcenter</c>, as <c>ConnectionStrings:Postgres</c> wants it.</summary>
    public string ConnectionString { get; }

    /// <summary>The folder of the cluster.</summary>
    public string Folder => _programs.Cluster;

    /// <summary>
    /// Makes the cluster at the first start, starts it and waits until it answers.
    /// Throws <see cref="InvalidOperationException"/> or <see cref="IOException"/> with advice when it cannot.
    /// </summary>
    /// <param name="say">Told in a line what an administrator should know, such as where the cluster is.</param>
    public static async Task<EmbeddedPostgres> Start(DataFolder data, EmbeddedPostgresOptions options, Action<string> say, CancellationToken ct)
    {
        var folderLock = data.Lock("postgres.lock");
        try
        {
            var password = RolePasswords.Derive(KeyFile.ReadOrCreate(data, "postgres"), Account);
            var programs = await PostgresPrograms.Find(await ServerHome.Choose(data, "postgres", password, say, ct), ct);
            if (!programs.ClusterExists)
            {
                await programs.Initialise(Account, password, options.Fsync, ct);
            }
            await programs.StopLeftover(StopTime, say, ct);
            var port = await StartOnFreePort(programs, options, ct);
            var connectionString = await OpenDatabase(port, password, ct);
            return new EmbeddedPostgres(programs, options, port, folderLock, connectionString);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>The server's own process while it runs.</summary>
    public int? ProcessId => _programs.ProcessId;

    /// <summary>Starts the server again after its process was killed, on the same port. Throws <see cref="InvalidOperationException"/> with what it said.</summary>
    public async Task Start(CancellationToken ct)
    {
        if (await _programs.TryStart(_port, _options, ct) is { } failure)
        {
            throw new InvalidOperationException($"PostgreSQL did not start: {failure} Its log is {_programs.LogFile}.");
        }
    }

    /// <summary>Stops the cluster: open sessions are ended, what is committed is on disk. Within 5 s.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_stopped)
        {
            _stopped = true;
            await _programs.Stop(StopTime, CancellationToken.None);
            _lock.Dispose();
        }
    }

    // For tests: what a killed process leaves behind.
    internal void Abandon()
    {
        _stopped = true;
        _lock.Dispose();
    }

    // Between choosing a port and binding it another process may take it: then the next one is tried.
    private static async Task<int> StartOnFreePort(PostgresPrograms programs, EmbeddedPostgresOptions options, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort.Find();
            var failure = await programs.TryStart(port, options, ct);
            if (failure is null)
            {
                return port;
            }
            if (attempt == StartAttempts || !failure.Contains("Address already in use", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"PostgreSQL did not start: {failure} Its log is {programs.LogFile}.");
            }
        }
    }

    private static async Task<string> OpenDatabase(int port, string password, CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1", Port = port, Username = Account, Password = password, Database = "postgres", Pooling = false,
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = Database } } };
        if (await exists.ExecuteScalarAsync(ct) is null)
        {
            await using var create = new NpgsqlCommand($"CREATE DATABASE {Database}", connection);
            await create.ExecuteNonQueryAsync(ct);
        }
        settings.Database = Database;
        settings.Pooling = true;
        return settings.ConnectionString;
    }
}
