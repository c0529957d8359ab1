using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CallCenter.Benchmarks.Measure;
using CallCenter.Media;
using CallCenter.TestKit.Running;

namespace CallCenter.Benchmarks.Relay;

/// <summary>One measured round of a relay.</summary>
/// <param name="CpuSeconds">Of the relay's process, in the counted window.</param>
internal sealed record RelayRound(double CpuSeconds, LoadResult Load)
{
    /// <summary>Managed bytes and packets in the counted window; all 0 for a relay that cannot tell.</summary>
    public RelayHost.Account Account { get; init; } = new(0, 0, 0);

    /// <summary>What was recorded, from the first packet to the last.</summary>
    public RelayHost.Recorded Recorded { get; init; } = new(0, 0);

    public double MicrosecondsAPacket => CpuSeconds * 1e6 / Load.Sent;
}

/// <summary>Starts a relay as a process, plays a load through it and ends it.</summary>
internal static class Relays
{
    // What runs seldom a second, such as a recorder, a shipper, the reading of who waits, is compiled again and again in its first seconds: what
    // is measured is how it runs for hours.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2), LongWarmUp = TimeSpan.FromSeconds(8), Window = TimeSpan.FromSeconds(6), StartTime = TimeSpan.FromMinutes(2);

    /// <summary>Our media plane.</summary>
    /// <param name="callers">The callers' key; null: plain RTP.</param>
    /// <param name="recorded">Both channels go into the encrypted spool.</param>
    /// <param name="recording">Where the spool's blocks are shipped to; null: they stay there.</param>
    /// <param name="longWarmUp">For who waits, and for what is compared with recorded calls.</param>
    public static async Task<RelayRound> Ours(RelayHost.Kind kind, int calls, SdesCrypto? callers = null, bool recorded = false, string? recording = null, bool longWarmUp = false)
    {
        using var load = new RtpLoad(calls, FreePorts.Find().RtpFrom, callers, kind == RelayHost.Kind.Wait ? 1 : 2);
        var folder = Directory.CreateTempSubdirectory("callcenter-bench-");
        var order = JsonSerializer.Serialize(new RelayHost.Order(
            kind, calls, [.. load.Sides.Select(side => side.ToString())], callers?.ToAttribute(), recorded ? folder.FullName : null, recording));
        using var host = Start(Environment.ProcessPath!, [RelayHost.Command, order]);
        try
        {
            var ports = await Answer<RelayHost.Ports[]>(host);
            for (var call = 0; call < calls; call++)
            {
                load.Connect(call, new(IPAddress.Loopback, ports[call].Caller), ports[call].Agent is { } agent ? new(IPAddress.Loopback, agent) : null);
            }

            var accounts = new List<RelayHost.Account>();
            var round = Measure(load, host.Id, recorded || longWarmUp ? LongWarmUp : WarmUp, () =>
            {
                host.StandardInput.WriteLine();
                accounts.Add(Answer<RelayHost.Account>(host).GetAwaiter().GetResult());
            });
            host.StandardInput.Close();
            var done = await Answer<RelayHost.Recorded>(host);
            await host.WaitForExitAsync().WaitAsync(StartTime);
            return round with { Account = Between(accounts[0], accounts[1]), Recorded = done };
        }
        finally
        {
            host.Kill();
            await host.WaitForExitAsync();
            folder.Delete(recursive: true);
        }
    }

    private static RelayHost.Account Between(RelayHost.Account from, RelayHost.Account to) =>
        new(to.MediaBytes - from.MediaBytes, to.ProcessBytes - from.ProcessBytes, to.Packets - from.Packets);

    private static async Task<T> Answer<T>(Process host) =>
        JsonSerializer.Deserialize<T>(await host.StandardOutput.ReadLineAsync().WaitAsync(StartTime) ?? throw new InvalidOperationException("the relay has ended"))!;

    /// <summary>rtpengine in user space.</summary>
    public static async Task<RelayRound> Rtpengines(int calls, TimeProvider clock)
    {
        using var load = new RtpLoad(calls, FreePorts.Find().RtpFrom);
        var control = new IPEndPoint(IPAddress.Loopback, FreePorts.Any(SocketType.Dgram));
        using var daemon = Start("rtpengine", Rtpengine.Arguments(control));
        try
        {
            using var deadline = new CancellationTokenSource(StartTime, clock);
            using var engine = new Rtpengine(control, clock);
            await engine.Ready(deadline.Token);
            for (var call = 0; call < calls; call++)
            {
                var (caller, agent) = await engine.Call(call, load.Sides);
                load.Connect(call, new(IPAddress.Loopback, caller), new(IPAddress.Loopback, agent));
            }

            return Measure(load, daemon.Id, WarmUp);
        }
        finally
        {
            daemon.Kill(entireProcessTree: true);
            await daemon.WaitForExitAsync();
        }
    }

    /// <param name="atEdges">Done before and after the counted window, outside of it.</param>
    private static RelayRound Measure(RtpLoad load, int process, TimeSpan warmUp, Action? atEdges = null)
    {
        var (before, after) = (0.0, 0.0);
        var result = load.Run(
            warmUp,
            Window,
            () =>
            {
                atEdges?.Invoke();
                before = CpuAccount.OfProcess(process);
            },
            () =>
            {
                after = CpuAccount.OfProcess(process);
                atEdges?.Invoke();
            });
        return new(after - before, result);
    }

    private static Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        _ = process.StandardError.BaseStream.CopyToAsync(Console.OpenStandardError());
        return process;
    }
}
