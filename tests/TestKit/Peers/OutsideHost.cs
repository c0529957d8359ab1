using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace CallCenter.TestKit.Peers;

/// <summary>
/// A host outside of everything that is trusted: a network namespace that is joined to this one by a pair of virtual network cards, with
/// addresses of its own out of 198.18.0.0/15 (RFC 2544: for tests, not routed). Nothing leaves the pair. Gone when disposed of.
/// </summary>
public sealed class OutsideHost : IAsyncDisposable
{
    /// <summary>Addresses that it has.</summary>
    public const int AddressesMax = 6;

    private const int Networks = 250, CloneNewNet = 0x40000000;
    private static readonly TimeSpan ToolTime = TimeSpan.FromSeconds(30);
    private readonly string name;

    private OutsideHost(string name, int network)
    {
        this.name = name;
        Here = IPAddress.Parse($"198.18.{network}.1");
        Addresses = [.. Enumerable.Range(2, AddressesMax - 1).Select(n => IPAddress.Parse($"198.18.{network}.{n}"))];
    }

    /// <summary>This machine, as it is seen from there.</summary>
    public IPAddress Here { get; }

    /// <summary>Its own addresses.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; }

    /// <summary>Makes it. Throws <see cref="InvalidOperationException"/> that says what is missing where this machine does not permit it.</summary>
    public static async Task<OutsideHost> Open()
    {
        var name = $"callcenter-{Guid.NewGuid():N}"[..18];
        var (near, far) = ($"cc{name[11..]}a", $"cc{name[11..]}b");
        if (await Tool("ip", "netns", "add", name) is { } fault)
        {
            throw new InvalidOperationException(
                $"a network namespace cannot be made here, which this attack needs: run as root on a machine that permits it (CAP_SYS_ADMIN and CAP_NET_ADMIN, package iproute2): {fault}");
        }
        var host = new OutsideHost(name, await FreeNetwork());
        try
        {
            await Must("ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", name);
            await Must("ip", "address", "add", $"{host.Here}/29", "dev", near);
            await Must("ip", "link", "set", near, "up");
            foreach (var address in host.Addresses)
            {
                await Must("ip", "-n", name, "address", "add", $"{address}/29", "dev", far);
            }
            await Must("ip", "-n", name, "link", "set", far, "up");
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>A UDP socket of that host; used from here like any other.</summary>
    public Socket OpenUdp(IPAddress address)
    {
        Socket? socket = null;
        Exception? fault = null;
        // A socket belongs to the namespace of the thread that opens it; this thread ends with it.
        var thread = new Thread(() =>
        {
            try
            {
                using var space = File.OpenHandle($"/run/netns/{name}");
                if (SetNamespace(space.DangerousGetHandle().ToInt32(), CloneNewNet) != 0)
                {
                    throw new InvalidOperationException($"setns: {Marshal.GetLastPInvokeErrorMessage()}");
                }
                socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                socket.Bind(new IPEndPoint(address, 0));
            }
            catch (Exception e)
            {
                fault = e;
            }
        });
        thread.Start();
        thread.Join();
        return fault is null ? socket! : throw new InvalidOperationException($"no socket at {address}: {fault.Message}", fault);
    }

    /// <summary>The words by which a program is started there.</summary>
    public IReadOnlyList<string> Command(params string[] words) => ["nsenter", $"--net=/run/netns/{name}", .. words];

    public async ValueTask DisposeAsync() => await Tool("ip", "netns", "delete", name);

    private static async Task<int> FreeNetwork()
    {
        using var all = Start("ip", "-4", "-o", "address");
        var taken = await all.StandardOutput.ReadToEndAsync();
        return Enumerable.Range(Environment.ProcessId % Networks, Networks).Select(n => n % Networks)
            .First(n => !taken.Contains($" 198.18.{n}.", StringComparison.Ordinal));
    }

    private static async Task Must(params string[] command)
    {
        if (await Tool(command) is { } fault)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)}: {fault}");
        }
    }

    /// <summary>What a command complained of; null when it did its work.</summary>
    private static async Task<string?> Tool(params string[] command)
    {
        using var process = Start(command);
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(ToolTime);
        return process.ExitCode == 0 ? null : said.Trim();
    }

    private static Process Start(params string[] command) =>
        Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int SetNamespace(int fd, int type);
}
