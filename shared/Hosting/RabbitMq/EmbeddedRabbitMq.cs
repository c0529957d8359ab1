using System.Diagnostics;
using System.Globalization;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace CallCenter.Hosting;

/// <summary>
/// A RabbitMQ node in the data folder, run from the installed package, never as root. It listens on 127.0.0.1, on ports chosen at its
/// first start. When this process is killed the node lives on; the next start finds and stops it first.
/// </summary>
public sealed class EmbeddedRabbitMq : IAsyncDisposable
{
    private const string Account = "callcenter", Host = "callcenter", Installed = "/usr/lib/rabbitmq/lib";
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(90), StopTime = TimeSpan.FromSeconds(10), Between = TimeSpan.FromMilliseconds(200);

    private readonly ServerHome _home;
    private readonly IDisposable _lock;
    private readonly RabbitMqPorts _ports;
    private readonly string _password;
    private Process? _server;

    private EmbeddedRabbitMq(ServerHome home, IDisposable folderLock, RabbitMqPorts ports, string password)
    {
        _home = home;
        _lock = folderLock;
        _ports = ports;
        _password = password;
    }

    /// <summary>As <c>ConnectionStrings:RabbitMq</c> wants it.</summary>
    public string ConnectionString => $"amqp://{Account}:{_password}@127.0.0.1:{_ports.Amqp.ToString(CultureInfo.InvariantCulture)}/{Host}";

    /// <summary>The node's own process while it runs.</summary>
    public int? ProcessId => File.Exists(PidFile) && int.TryParse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>The same, null when that process is gone.</summary>
    public int? LiveProcessId => ProcessId is { } id && Directory.Exists($"/proc/{id.ToString(CultureInfo.InvariantCulture)}") ? id : null;

    private string PidFile => Path.Combine(_home.Folder, "pid");

    /// <summary>
    /// Makes the node at the first start, starts it and waits until it answers.
    /// Throws <see cref="InvalidOperationException"/> or <see cref="IOException"/> with advice when it cannot.
    /// </summary>
    /// <param name="say">Told in a line what an administrator should know.</param>
    public static async Task<EmbeddedRabbitMq> Start(DataFolder data, Action<string> say, CancellationToken ct)
    {
        var folderLock = data.Lock("rabbitmq.lock");
        try
        {
            var password = RolePasswords.Derive(KeyFile.ReadOrCreate(data, "rabbitmq"), Account);
            var home = await ServerHome.Choose(data, "rabbitmq", password, say, ct);
            var broker = new EmbeddedRabbitMq(home, folderLock, RabbitMqPorts.ReadOrChoose(data), password);
            await broker.StopLeftover(say, ct);
            await broker.Start(ct);
            return broker;
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>Starts the node again after <see cref="Kill"/>, on the same ports, with what it had stored.</summary>
    public async Task Start(CancellationToken ct)
    {
        await WriteConfiguration(ct);
        var command = _home.As([ServerProgram()]);
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { WorkingDirectory = "/", RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Environment())
        {
            start.Environment[name] = value;
        }

        var said = new StringBuilder();
        _server = Process.Start(start)!;
        _server.OutputDataReceived += (_, line) => Keep(said, line.Data);
        _server.ErrorDataReceived += (_, line) => Keep(said, line.Data);
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        await UntilItAnswers(_server, said, ct);
    }

    /// <summary>kill -9 of the node: what it has confirmed is on disk.</summary>
    public async Task Kill(CancellationToken ct)
    {
        await Signal("KILL", ct);
        while (await IsAlive(ct))
        {
            await Task.Delay(Between, TimeProvider.System, ct);
        }
    }

    /// <summary>Stops the node and its name server.</summary>
    public async ValueTask DisposeAsync()
    {
        await Stop(CancellationToken.None);
        _server?.Dispose();
        _lock.Dispose();
    }

    // For tests: what a killed process leaves behind.
    internal void Abandon() => _lock.Dispose();

    private static void Keep(StringBuilder said, string? line)
    {
        lock (said)
        {
            if (line is not null && said.Length < 8000)
            {
                said.AppendLine(line);
            }
        }
    }

    // The script of the package's sbin refuses to run as its own account with other folders; the one of the lib folder does not.
    private static string ServerProgram() =>
        (Directory.Exists(Installed) ? Directory.GetDirectories(Installed, "rabbitmq_server-*") : [])
            .Order(StringComparer.Ordinal).Select(folder => Path.Combine(folder, "sbin", "rabbitmq-server")).LastOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"RabbitMQ is missing (looked in {Installed}): install it with 'apt-get install rabbitmq-server', or set ConnectionStrings:RabbitMq.");

    private async Task WriteConfiguration(CancellationToken ct)
    {
        var configuration = $"""
            listeners.tcp.1 = 127.0.0.1:{_ports.Amqp}
            default_user = {Account}
            default_pass = {_password}
            default_vhost = {Host}
            default_permissions.configure = .*
            default_permissions.read = .*
            default_permissions.write = .*
            log.file.level = warning
            log.console = false

            """;
        await Write("rabbitmq.conf", configuration, ct);
        await Write("enabled_plugins", "[].\n", ct);
    }

    private async Task Write(string name, string text, CancellationToken ct)
    {
        var path = Path.Combine(_home.Folder, name);
        DataFolder.WriteWhole(path, Encoding.UTF8.GetBytes(text));
        if (_home.RunAs is { } account)
        {
            await Command.Run(["chown", account, path], ct);
        }
    }

    private Dictionary<string, string> Environment() => new()
    {
        ["HOME"] = _home.Folder,
        // One name server a node: nodes of other installations on this machine do not meet.
        ["RABBITMQ_NODENAME"] = $"callcenter{_ports.Amqp}@localhost",
        ["RABBITMQ_DIST_PORT"] = $"{_ports.Cluster}",
        ["ERL_EPMD_PORT"] = $"{_ports.Names}",
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
        ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_home.Folder, "data"),
        ["RABBITMQ_LOG_BASE"] = Path.Combine(_home.Folder, "log"),
        ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_home.Folder, "rabbitmq"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_home.Folder, "enabled_plugins"),
        ["RABBITMQ_PID_FILE"] = PidFile,
        ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
    };

    private async Task UntilItAnswers(Process server, StringBuilder said, CancellationToken ct)
    {
        var factory = new ConnectionFactory { Uri = new(ConnectionString) };
        var from = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = await factory.CreateConnectionAsync(ct);
                return;
            }
            catch (BrokerUnreachableException e)
            {
                if (server.HasExited || Stopwatch.GetElapsedTime(from) > ReadyWithin)
                {
                    string text;
                    lock (said)
                    {
                        text = said.ToString();
                    }

                    throw new InvalidOperationException($"RabbitMQ did not start ({e.InnerException?.Message ?? e.Message}): {text} Its log is in {Path.Combine(_home.Folder, "log")}.");
                }

                await Task.Delay(Between, TimeProvider.System, ct);
            }
        }
    }

    private async Task StopLeftover(Action<string> say, CancellationToken ct)
    {
        if (await IsAlive(ct))
        {
            say("The broker of an earlier run still lives: it is stopped and started again.");
            await Stop(ct);
        }
    }

    private async Task Stop(CancellationToken ct)
    {
        if (await IsAlive(ct))
        {
            await Signal("TERM", ct);
            var from = Stopwatch.GetTimestamp();
            while (await IsAlive(ct))
            {
                if (Stopwatch.GetElapsedTime(from) > StopTime)
                {
                    await Signal("KILL", ct);
                }

                await Task.Delay(Between, TimeProvider.System, ct);
            }
        }

        await StopNames(ct);
    }

    // The name server was started by the node and outlives it; it refuses until it has seen the node go.
    private async Task StopNames(CancellationToken ct)
    {
        var from = Stopwatch.GetTimestamp();
        while ((await Command.Run(_home.As("env", $"ERL_EPMD_PORT={_ports.Names}", "epmd", "-kill"), ct)).Output is var said
            && !said.Contains("Killed", StringComparison.Ordinal) && !said.Contains("Cannot connect", StringComparison.Ordinal) && Stopwatch.GetElapsedTime(from) < StopTime)
        {
            await Task.Delay(Between, TimeProvider.System, ct);
        }
    }

    // A number may be another's by now: the node is who was started with this file for its number.
    private async Task<bool> IsAlive(CancellationToken ct)
    {
        try
        {
            return ProcessId is { } id && (await File.ReadAllTextAsync($"/proc/{id}/environ", ct)).Contains($"RABBITMQ_PID_FILE={PidFile}\0", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended just now, or the number is another account's.
            return false;
        }
    }

    private async Task Signal(string signal, CancellationToken ct)
    {
        if (ProcessId is { } id)
        {
            await Command.Run(["kill", $"-{signal}", id.ToString(CultureInfo.InvariantCulture)], ct);
        }
    }
}

/// <summary>A node's ports, kept in its folder: the node's name and with it its data hang on them.</summary>
/// <param name="Amqp">Clients.</param>
/// <param name="Cluster">Other nodes; opened on 127.0.0.1 only.</param>
/// <param name="Names">The name server of its own (epmd).</param>
internal sealed record RabbitMqPorts(int Amqp, int Cluster, int Names)
{
    public static RabbitMqPorts ReadOrChoose(DataFolder data)
    {
        var file = data.Path("rabbitmq.ports");
        if (!File.Exists(file))
        {
            DataFolder.WriteWhole(file, Encoding.UTF8.GetBytes($"{FreePort.Find()} {FreePort.Find()} {FreePort.Find()}"));
        }

        var ports = File.ReadAllText(file).Split(' ').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToList();
        return new(ports[0], ports[1], ports[2]);
    }
}
