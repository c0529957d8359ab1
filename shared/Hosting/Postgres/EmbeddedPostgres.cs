using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace CallCenter.Hosting;

/// <summary>How the local cluster is run.</summary>
/// <param name="Fsync">False only for tests: a power cut would lose data, a killed process would not.</param>
public sealed record EmbeddedPostgresOptions(bool Fsync = true);

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
    private readonly IDisposable _lock;
    private bool _stopped;

    private EmbeddedPostgres(PostgresPrograms programs, IDisposable folderLock, string connectionString)
    {
        _programs = programs;
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
            var programs = await PostgresPrograms.Find(await PostgresHome.Choose(data, password, say, ct), ct);
            if (!programs.ClusterExists)
            {
                await programs.Initialise(Account, password, options.Fsync, ct);
            }
            await programs.StopLeftover(StopTime, say, ct);
            var port = await StartOnFreePort(programs, options, ct);
            var connectionString = await OpenDatabase(port, password, ct);
            return new EmbeddedPostgres(programs, folderLock, connectionString);
        }
        catch
        {
            folderLock.Dispose();
            throw;
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
            var port = FreePort();
            var failure = await programs.TryStart(port, options.Fsync, ct);
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

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
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

/// <summary>Where a cluster lives and under which account it runs.</summary>
/// <param name="Folder">Holds the cluster and its log; owned by the account.</param>
/// <param name="RunAs">Null: this process's own account.</param>
internal sealed record PostgresHome(string Folder, string? RunAs)
{
    private const string ServerAccount = "postgres", Elsewhere = "/var/lib/callcenter";

    public static async Task<PostgresHome> Choose(DataFolder data, string password, Action<string> say, CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new(data.Folder("postgres"), null);
        }
        await RequireAccount(ct);
        var home = new PostgresHome(data.Folder("postgres"), ServerAccount);
        if (await home.Own(ct))
        {
            return home;
        }
        // The password is part of the name: a data folder that was deleted and made again gets a cluster of its own.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{data.Root}\n{password}")))[..16];
        home = new(Path.Combine(Elsewhere, hash), ServerAccount);
        Directory.CreateDirectory(home.Folder);
        if (!await home.Own(ct))
        {
            throw new InvalidOperationException($"The account {ServerAccount} can use neither {data.Folder("postgres")} nor {home.Folder}: give it the right to pass through one of them (chmod o+x on its parents).");
        }
        say($"The account {ServerAccount} cannot reach {data.Root}: the database is in {home.Folder}.");
        return home;
    }

    private static async Task RequireAccount(CancellationToken ct)
    {
        if ((await Command.Run(["id", "-u", ServerAccount], ct)).ExitCode != 0)
        {
            throw new InvalidOperationException($"PostgreSQL never runs as root and the account {ServerAccount} is missing: install the package postgresql, or start as another user.");
        }
    }

    // Gives the folder to the account and sees whether the account reaches it.
    private async Task<bool> Own(CancellationToken ct) =>
        (await Command.Run(["chown", $"{RunAs}:{RunAs}", Folder], ct)).ExitCode == 0
        && (await Command.Run(["chmod", "0700", Folder], ct)).ExitCode == 0
        && (await Command.Run(["runuser", "-u", RunAs!, "--", "test", "-w", Folder, "-a", "-x", Folder], ct)).ExitCode == 0;
}
