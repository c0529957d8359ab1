using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using CallCenter.Benchmarks.Measure;
using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.RoutingNode;

namespace CallCenter.Benchmarks.Acd;

/// <summary>PostgreSQL, Routing's process and the load of one centre, set up and ready.</summary>
internal sealed class AcdSystem : IAsyncDisposable
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromMinutes(3);

    private readonly string folder;
    private readonly string roleKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly AcdPlan plan;
    private readonly AcdShape shape;
    private readonly TimeProvider clock;
    private EmbeddedPostgres database = null!;
    private Process host = null!;
    private RoutingWire wire = null!;
    private Task reading = Task.CompletedTask;

    private AcdSystem(AcdShape shape, TimeProvider clock)
    {
        (this.shape, this.clock, plan) = (shape, clock, new AcdPlan(shape));
        // The database's account must be able to pass through, so the folder is not the owner's alone as temporary ones are.
        folder = Path.Combine(Path.GetTempPath(), $"callcenter-acd-{Guid.NewGuid():N}"[..28]);
        Directory.CreateDirectory(folder, (UnixFileMode)Convert.ToInt32("711", 8));
    }

    public AcdLoad Load { get; private set; } = null!;

    public string ConnectionString => database.ConnectionString;

    /// <summary>From the start of the process to a pool that knows all queues and agents.</summary>
    public TimeSpan LoadTime { get; private set; }

    /// <summary>Queues and agents are stored by a first start; the second one, which is measured, finds them.</summary>
    public static async Task<AcdSystem> Start(AcdShape shape, TimeProvider clock)
    {
        var system = new AcdSystem(shape, clock);
        system.database = await EmbeddedPostgres.Start(new DataFolder(system.folder), new(), _ => { }, CancellationToken.None);
        try
        {
            await system.StartHost(configure: true);
            await system.StopHost();
            await system.StartHost(configure: false);
            system.Load.Register();
            return system;
        }
        catch
        {
            await system.StopDatabase();
            throw;
        }
    }

    /// <summary>What Routing's process counted since the last time.</summary>
    public async Task<AcdHost.Counters> Count()
    {
        await host.StandardInput.WriteLineAsync();
        await host.StandardInput.FlushAsync();
        return JsonSerializer.Deserialize<AcdHost.Counters>(await Line())!;
    }

    /// <summary>CPU seconds so far.</summary>
    public (double Routing, double Database, double Load) Cpu() => (
        CpuAccount.OfProcess(host.Id), CpuAccount.Read(host.Id, folder).Seconds.Where(group => group.Key.StartsWith("database", StringComparison.Ordinal)).Sum(group => group.Value),
        Environment.CpuUsage.TotalTime.TotalSeconds);

    public async ValueTask DisposeAsync()
    {
        await StopHost();
        await StopDatabase();
    }

    private async Task StopDatabase()
    {
        Npgsql.NpgsqlConnection.ClearAllPools();
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task StartHost(bool configure)
    {
        var path = Path.Combine(folder, "load.socket");
        File.Delete(path);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        var order = JsonSerializer.Serialize(new AcdHost.Order(database.ConnectionString, roleKey, Path.Combine(folder, "data"), path, shape, configure));
        host = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [AcdHost.Command, order]) { RedirectStandardInput = true, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("Routing's process did not start");
        LoadTime = TimeSpan.FromMilliseconds(double.Parse(await Line(), CultureInfo.InvariantCulture));
        wire = new RoutingWire(new NetworkStream(await listener.AcceptAsync(), ownsSocket: true));
        Load = new AcdLoad(plan, new WiredRouter(wire), clock);
        reading = wire.Read(new() { Command = Load.Take });
    }

    private async Task StopHost()
    {
        await Load.DisposeAsync();
        host.StandardInput.Close();
        await host.WaitForExitAsync().WaitAsync(AnswerTime, clock);
        await reading;
        await wire.DisposeAsync();
        host.Dispose();
    }

    private async Task<string> Line() =>
        await host.StandardOutput.ReadLineAsync().WaitAsync(AnswerTime, clock) ?? throw new InvalidOperationException("Routing's process has ended; what it said is above");
}

/// <summary>Routing's process, at the other end of the wire.</summary>
internal sealed class WiredRouter(RoutingWire wire) : IAcdRouter
{
    public void Send(DomainEvent e) => wire.Send(e);

    public void Send(CommandResult answer) => wire.Send(answer);
}
