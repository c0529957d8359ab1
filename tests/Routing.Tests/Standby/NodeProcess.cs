using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using CallCenter.RoutingNode;

namespace CallCenter.Routing.Tests.Standby;

/// <summary>A Routing process: started, frozen, killed as an operating system and its users do it.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private const int Stop = 19, Continue = 18;

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60), StopTime = TimeSpan.FromSeconds(30);

    private readonly Process process;

    private readonly string folder;

    private NodeProcess(Process process, string folder, RoutingWire wire) => (this.process, this.folder, Wire) = (process, folder, wire);

    public RoutingWire Wire { get; }

    /// <summary>What it said last; null before it is up.</summary>
    public bool? Leads { get; set; }

    /// <summary>So far: its threads' time on a processor, and the time for which they were ready to run and had none. The second tells a starved machine from a slow program.</summary>
    public (TimeSpan Ran, TimeSpan Starved) Account()
    {
        var (ran, starved) = (0L, 0L);
        foreach (var thread in Directory.EnumerateDirectories($"/proc/{process.Id}/task"))
        {
            try
            {
                var nanoseconds = File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ').Select(long.Parse).ToList();
                (ran, starved) = (ran + nanoseconds[0], starved + nanoseconds[1]);
            }
            catch (IOException)
            {
                // The thread has ended.
            }
        }

        return (TimeSpan.FromTicks(ran / 100), TimeSpan.FromTicks(starved / 100));
    }

    public static async Task<NodeProcess> Start(IReadOnlyDictionary<string, string?> configuration, string gateway)
    {
        var folder = Directory.CreateTempSubdirectory("callcenter-node-").FullName;
        var path = Path.Combine(folder, "wire");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        var order = new Node.Order(configuration["ConnectionStrings:Postgres"]!, configuration["Postgres:RoleKey"]!, Path.Combine(folder, "data"), path, gateway);
        var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "CallCenter.RoutingNode"), [JsonSerializer.Serialize(order)]) { RedirectStandardInput = true })
            ?? throw new InvalidOperationException("The node did not start.");
        try
        {
            using var late = new CancellationTokenSource(StartTime, TimeProvider.System);
            return new NodeProcess(process, folder, new RoutingWire(new NetworkStream(await listener.AcceptAsync(late.Token), ownsSocket: true)));
        }
        catch
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>kill -9.</summary>
    public async Task Kill()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public Task Freeze() => Signal(Stop);

    public Task Thaw() => Signal(Continue);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.StandardInput.Close();
            try
            {
                await process.WaitForExitAsync().WaitAsync(StopTime, TimeProvider.System);
            }
            catch (TimeoutException)
            {
                await Kill();
                throw;
            }
        }

        await Wire.DisposeAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task Signal(int signal)
    {
        using var kill = Process.Start("/bin/kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync();
        kill.ExitCode.ShouldBe(0);
    }
}
