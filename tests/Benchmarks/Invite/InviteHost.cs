using System.Net;
using System.Text.Json;
using CallCenter.Media;
using CallCenter.Sip;

namespace CallCenter.Benchmarks.Invite;

/// <summary>
/// Our B2BUA as a process of its own, so that its CPU and memory are its process's: says its SIP port on one line, bridges every call, tells
/// its counters for each line on its standard input, stops when that ends.
/// </summary>
internal static class InviteHost
{
    public const string Command = "invite-host";

    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(5);

    /// <param name="Callee">Whom every call is bridged to.</param>
    /// <param name="Media">True: each leg has its media leg, with ports and all, though no packet comes.</param>
    public sealed record Order(string Callee, bool Media);

    /// <summary>What is left in memory, and what was allocated so far.</summary>
    /// <param name="Calls">Calls of the endpoint, in any state: two a bridged call.</param>
    /// <param name="Bridges">Bridged calls that are not over.</param>
    /// <param name="Legs">Media legs; each has two ports, <paramref name="Ports"/>.</param>
    public sealed record Counters(int Transactions, int Dialogs, int Calls, int Timers, int Bridges, int Legs, int Ports, long AllocatedBytes, long HeapBytes, int Collections)
    {
        /// <summary>Of all that must be gone when nobody calls any more.</summary>
        public IEnumerable<(string Name, long Count)> Living =>
            [("transactions", Transactions), ("dialogs", Dialogs), ("calls", Calls), ("timers", Timers), ("bridged calls", Bridges), ("media legs", Legs), ("ports", Ports)];
    }

    public static async Task<int> Run(string text, TimeProvider clock)
    {
        var order = JsonSerializer.Deserialize<Order>(text)!;
        var callee = IPEndPoint.Parse(order.Callee);
        var engine = order.Media ? MediaEngine.Start(new MediaOptions { PortFrom = 0, OnFault = fault => Console.Error.WriteLine(fault) }, clock) : null;
        var bridges = 0;
        SipEndpoint endpoint = null!;
        endpoint = new SipEndpoint(
            new SipEndpointOptions { Port = 0, Tcp = false, SessionExpiresSeconds = 0 },
            new SipHandlers
            {
                Invite = call =>
                {
                    bridges++;
                    BridgedCall.Take(call, endpoint, callee, engine, () => bridges--);
                },
                Error = e => Console.Error.WriteLine(e),
            },
            clock);
        endpoint.Start();
        Console.WriteLine(endpoint.LocalEndPoint.Port);
        while (await Console.In.ReadLineAsync() is not null)
        {
            var sip = await endpoint.CountAsync();
            var ports = OpenSockets() - 1;
            Console.WriteLine(JsonSerializer.Serialize(new Counters(
                sip.Transactions, sip.Dialogs, sip.Calls, sip.Timers, bridges, engine?.Legs ?? 0, ports, GC.GetTotalAllocatedBytes(precise: true), GC.GetTotalMemory(false), GC.CollectionCount(0))));
        }

        await endpoint.StopAsync(StopTime);
        await (engine?.DisposeAsync() ?? ValueTask.CompletedTask);
        return 0;
    }

    // The media plane's ports are the process's UDP sockets but the endpoint's one.
    private static int OpenSockets()
    {
        var own = Directory.GetFiles("/proc/self/fd").Select(Target).Where(name => name.StartsWith("socket:[", StringComparison.Ordinal)).Select(name => name[8..^1]).ToHashSet();
        return File.ReadLines("/proc/net/udp").Count(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, _, _, _, _, _, _, var inode, ..] && own.Contains(inode));
    }

    private static string Target(string fd)
    {
        try
        {
            return File.ResolveLinkTarget(fd, false)?.Name ?? "";
        }
        catch (FileNotFoundException)
        {
            return ""; // closed since it was listed
        }
    }
}
