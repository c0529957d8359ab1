using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CallCenter.Benchmarks.Measure;
using CallCenter.TestKit.Running;

namespace CallCenter.Benchmarks.Relay;

/// <summary>
/// <c>bench relay</c>: CPU of forwarding a packet of a bridged G.711 call, latching, RTCP and statistics on, ours and rtpengine's in
/// turn, each a process of its own under the same load; medians.
/// </summary>
internal sealed class RelayBench(TimeProvider clock, TextWriter output)
{
    public const string Name = "relay";

    private const int Rounds = 5;
    private const double ShareMax = 0.70, DelayMsMax = 5;
    private static readonly int[] Sizes = [200, 1000];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2), Window = TimeSpan.FromSeconds(6);

    private readonly List<Row> _rows = [];

    private sealed record Round(double MicrosecondsAPacket, LoadResult Load);

    /// <summary>Runs all cases.</summary>
    public async Task<IReadOnlyList<Row>> Run()
    {
        foreach (var calls in Sizes)
        {
            var (ours, theirs) = (new List<Round>(), new List<Round>());
            for (var round = 0; round < Rounds; round++)
            {
                ours.Add(await Ours(calls));
                theirs.Add(await Theirs(calls));
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                    $"  {clock.GetLocalNow():HH:mm:ss}  {calls} calls: {ours[^1].MicrosecondsAPacket:0.00} us a packet, {ours[^1].Load.Lost} lost; rtpengine {theirs[^1].MicrosecondsAPacket:0.00} us, {theirs[^1].Load.Lost} lost"));
            }

            Tell(calls, ours, theirs);
        }

        return _rows;
    }

    private void Tell(int calls, List<Round> ours, List<Round> theirs)
    {
        var (mine, reference) = (Median(ours.Select(r => r.MicrosecondsAPacket)), Median(theirs.Select(r => r.MicrosecondsAPacket)));
        _rows.Add(Row.Of(Name, $"{calls} calls: CPU", mine, "us a packet", reference, reference * ShareMax));
        _rows.Add(Row.Of(Name, $"{calls} calls: packets lost of {ours.Sum(r => r.Load.Sent)}", ours.Sum(r => r.Load.Lost), "packets", theirs.Sum(r => r.Load.Lost), 0));
        _rows.Add(Row.Of(Name, $"{calls} calls: delay, p99", Median(ours.Select(r => r.Load.Delay(0.99))), "ms", Median(theirs.Select(r => r.Load.Delay(0.99))), DelayMsMax));
        _rows.Add(Row.Of(Name, $"{calls} calls: the load tool's own CPU", Median(ours.Select(r => 100 * r.Load.GeneratorCpuSeconds / r.Load.Seconds)), "% of a core"));
    }

    private static double Median(IEnumerable<double> values) => Quantile.Of([.. values], 0.5);

    private static async Task<Round> Ours(int calls)
    {
        using var load = new RtpLoad(calls, FreePorts.Find().RtpFrom);
        using var host = Start(Environment.ProcessPath!, [RelayHost.Command, calls.ToString(CultureInfo.InvariantCulture), load.Sides[0].ToString(), load.Sides[1].ToString()]);
        try
        {
            var line = await host.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1)) ?? throw new InvalidOperationException(await host.StandardError.ReadToEndAsync());
            var ports = JsonSerializer.Deserialize<RelayHost.Ports[]>(line)!;
            for (var call = 0; call < calls; call++)
            {
                load.Connect(call, new(IPAddress.Loopback, ports[call].Caller), new(IPAddress.Loopback, ports[call].Agent));
            }

            var round = Measure(load, host.Id);
            host.StandardInput.Close();
            await host.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
            return round;
        }
        finally
        {
            host.Kill();
        }
    }

    private async Task<Round> Theirs(int calls)
    {
        using var load = new RtpLoad(calls, FreePorts.Find().RtpFrom);
        var control = new IPEndPoint(IPAddress.Loopback, FreePorts.Any(SocketType.Dgram));
        using var daemon = Start("rtpengine", Rtpengine.Arguments(control));
        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
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

    private static Round Measure(RtpLoad load, int process)
    {
        var (before, after) = (0.0, 0.0);
        var result = load.Run(WarmUp, Window, () => before = CpuAccount.OfProcess(process), () => after = CpuAccount.OfProcess(process));
        return new((after - before) * 1e6 / result.Sent, result);
    }

    private static Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_TieredPGO"] = "0";
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        return process;
    }
}
