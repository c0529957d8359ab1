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
    public double MicrosecondsAPacket => CpuSeconds * 1e6 / Load.Sent;
}

/// <summary>Starts a relay as a process, plays a load through it and ends it.</summary>
internal static class Relays
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2), Window = TimeSpan.FromSeconds(6), StartTime = TimeSpan.FromMinutes(1);

    /// <summary>Our media plane.</summary>
    /// <param name="callers">The callers' key; null: plain RTP.</param>
    public static async Task<RelayRound> Ours(RelayHost.Kind kind, int calls, SdesCrypto? callers = null)
    {
        using var load = new RtpLoad(calls, FreePorts.Find().RtpFrom, callers, kind == RelayHost.Kind.Wait ? 1 : 2);
        var order = JsonSerializer.Serialize(new RelayHost.Order(kind, calls, [.. load.Sides.Select(side => side.ToString())], callers?.ToAttribute()));
        using var host = Start(Environment.ProcessPath!, [RelayHost.Command, order]);
        try
        {
            var line = await host.StandardOutput.ReadLineAsync().WaitAsync(StartTime) ?? throw new InvalidOperationException("the relay did not start");
            var ports = JsonSerializer.Deserialize<RelayHost.Ports[]>(line)!;
            for (var call = 0; call < calls; call++)
            {
                load.Connect(call, new(IPAddress.Loopback, ports[call].Caller), ports[call].Agent is { } agent ? new(IPAddress.Loopback, agent) : null);
            }

            var round = Measure(load, host.Id);
            host.StandardInput.Close();
            await host.WaitForExitAsync().WaitAsync(StartTime);
            return round;
        }
        finally
        {
            host.Kill();
        }
    }

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

            return Measure(load, daemon.Id);
        }
        finally
        {
            daemon.Kill(entireProcessTree: true);
            await daemon.WaitForExitAsync();
        }
    }

    private static RelayRound Measure(RtpLoad load, int process)
    {
        var (before, after) = (0.0, 0.0);
        var result = load.Run(WarmUp, Window, () => before = CpuAccount.OfProcess(process), () => after = CpuAccount.OfProcess(process));
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
