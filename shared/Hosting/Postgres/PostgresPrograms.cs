using System.Globalization;

namespace CallCenter.Hosting;

/// <summary>The installed server programs, run for one cluster.</summary>
internal sealed class PostgresPrograms
{
    private const string Installed = "/usr/lib/postgresql";
    private readonly string _bin;
    private readonly ServerHome _home;

    private PostgresPrograms(string bin, ServerHome home)
    {
        _bin = bin;
        _home = home;
    }

    public string Cluster => Path.Combine(_home.Folder, "cluster");

    public string LogFile => Path.Combine(_home.Folder, "postgres.log");

    public bool ClusterExists => File.Exists(Path.Combine(Cluster, "PG_VERSION"));

    /// <summary>The programs of the cluster's own version, or the highest installed for a new cluster.</summary>
    public static async Task<PostgresPrograms> Find(ServerHome home, CancellationToken ct)
    {
        var made = new PostgresPrograms("", home);
        var wanted = made.ClusterExists ? (await File.ReadAllTextAsync(Path.Combine(made.Cluster, "PG_VERSION"), ct)).Trim() : null;
        var versions = Directory.Exists(Installed) ? Directory.GetDirectories(Installed).Select(d => Path.GetFileName(d)!) : [];
        var best = versions
            .Where(v => (wanted is null || v == wanted) && File.Exists(Path.Combine(Installed, v, "bin", "initdb")))
            .OrderByDescending(v => decimal.TryParse(v, CultureInfo.InvariantCulture, out var n) ? n : 0)
            .FirstOrDefault()
            ?? throw new InvalidOperationException(wanted is null
                ? $"PostgreSQL is missing (looked in {Installed}): install it with 'apt-get install postgresql', or set ConnectionStrings:Postgres."
                : $"The cluster {made.Cluster} is of PostgreSQL {wanted}, which is not installed: install it with 'apt-get install postgresql-{wanted}'.");
        return new PostgresPrograms(Path.Combine(Installed, best, "bin"), home);
    }

    /// <summary>The server's process: the first line of its <c>postmaster.pid</c>, while that process is there.</summary>
    public int? ProcessId =>
        Path.Combine(Cluster, "postmaster.pid") is var file && File.Exists(file) && int.TryParse(File.ReadLines(file).FirstOrDefault(), CultureInfo.InvariantCulture, out var id)
        && Directory.Exists($"/proc/{id}") ? id : null;

    public async Task Initialise(string account, string password, bool fsync, CancellationToken ct)
    {
        var passwordFile = Path.Combine(_home.Folder, "initdb.password");
        DataFolder.WriteWhole(passwordFile, System.Text.Encoding.UTF8.GetBytes(password));
        try
        {
            if (_home.RunAs is { } owner)
            {
                await Require(["chown", owner, passwordFile], ct);
            }
            // A made-half cluster of an interrupted first start is made again.
            await Require(As("rm", "-rf", Cluster + ".new"), ct);
            string[] initdb = [Program("initdb"), "-D", Cluster + ".new", "-U", account, $"--pwfile={passwordFile}", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", .. fsync ? Array.Empty<string>() : ["--no-sync"]];
            await Require(As(initdb), ct);
            await Require(As("mv", "-T", Cluster + ".new", Cluster), ct);
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

    /// <summary>Null when the server answers; what it said otherwise.</summary>
    public async Task<string?> TryStart(int port, EmbeddedPostgresOptions options, CancellationToken ct)
    {
        var settings = string.Join(' ', Settings(port, options).Select(s => $"-c {s}"));
        File.Delete(LogFile);
        var result = await Command.Run(As(Program("pg_ctl"), "start", "-w", "-t", "60", "-s", "-D", Cluster, "-l", LogFile, "-o", settings), ct);
        return result.ExitCode == 0 ? null
            : result.Output + (File.Exists(LogFile) ? string.Join(' ', (await File.ReadAllLinesAsync(LogFile, ct)).TakeLast(5)) : "");
    }

    /// <summary>A server that outlived a killed process is stopped; its sessions' open transactions end with it.</summary>
    public async Task StopLeftover(TimeSpan within, Action<string> say, CancellationToken ct)
    {
        if ((await Command.Run(As(Program("pg_ctl"), "status", "-D", Cluster), ct)).ExitCode == 0)
        {
            say("The database of an earlier run still lives: it is stopped and started again.");
            await Stop(within, ct);
        }
    }

    public async Task Stop(TimeSpan within, CancellationToken ct)
    {
        var seconds = ((int)within.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if ((await Command.Run(As(Program("pg_ctl"), "stop", "-s", "-w", "-m", "fast", "-t", seconds, "-D", Cluster), ct)).ExitCode != 0)
        {
            // Immediate loses nothing either: the next start replays the log of what was committed.
            await Command.Run(As(Program("pg_ctl"), "stop", "-s", "-w", "-m", "immediate", "-t", seconds, "-D", Cluster), ct);
        }
    }

    private static IEnumerable<string> Settings(int port, EmbeddedPostgresOptions options) =>
    [
        $"port={port.ToString(CultureInfo.InvariantCulture)}", "listen_addresses=127.0.0.1", "unix_socket_directories=",
        $"fsync={(options.Fsync ? "on" : "off")}", "synchronous_commit=on", "shared_buffers=128MB", string.Create(CultureInfo.InvariantCulture, $"max_connections={options.Connections}"),
        "max_wal_size=2GB", "checkpoint_completion_target=0.9", "jit=off", "autovacuum_naptime=15s", "timezone=UTC", "log_timezone=UTC",
        "idle_in_transaction_session_timeout=60s", "password_encryption=scram-sha-256",
    ];

    private string Program(string name) => Path.Combine(_bin, name);

    private string[] As(params string[] command) => _home.As(command);

    private static async Task Require(string[] command, CancellationToken ct)
    {
        var result = await Command.Run(command, ct);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"'{string.Join(' ', command)}' failed: {result.Output}");
        }
    }
}
