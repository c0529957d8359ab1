using System.Globalization;
using System.Net;
using System.Text.Json;
using CallCenter.Contracts.Recording;
using CallCenter.Media;
using CallCenter.Telephony.Recorder;

namespace CallCenter.Benchmarks.Relay;

/// <summary>
/// Our media plane as a process of its own, so that its CPU is its process's: opens the calls, says their ports on one line, answers
/// every line of its standard input with its <see cref="Account"/>, and when that ends says what it recorded and dropped.
/// </summary>
internal static class RelayHost
{
    public const string Command = "relay-host";

    private static readonly TimeSpan Tune = TimeSpan.FromSeconds(10);

    // What a shipper sends together. Recordings do not begin together: their blocks and uploads are spread over it.
    private static readonly TimeSpan UploadTime = BlockShipper.TogetherMax * TimeSpan.FromMilliseconds(RecordingBlock.NominalMs);

    /// <summary>What the calls are.</summary>
    public enum Kind
    {
        /// <summary>Two legs, bridged.</summary>
        Bridge,

        /// <summary>One leg that hears music.</summary>
        Wait,
    }

    /// <summary>Ports of a call's legs.</summary>
    /// <param name="Agent">Null where nobody is talked to.</param>
    public sealed record Ports(int Caller, int? Agent);

    /// <summary>What is to be carried.</summary>
    /// <param name="Sides">Where callers and agents are.</param>
    /// <param name="Crypto">The callers' a=crypto line; null: plain RTP.</param>
    /// <param name="Spool">Folder of the recorder's spool; null: no call is recorded.</param>
    /// <param name="Recording">Where recorded blocks are shipped to; null: they stay in the spool.</param>
    public sealed record Order(Kind Kind, int Calls, string[] Sides, string? Crypto, string? Spool, string? Recording);

    /// <summary>What was allocated and received until now.</summary>
    /// <param name="MediaBytes">Managed bytes that the media threads allocated.</param>
    /// <param name="ProcessBytes">Managed bytes of the whole process.</param>
    public sealed record Account(long MediaBytes, long ProcessBytes, long Packets);

    /// <summary>What became of the recordings.</summary>
    public sealed record Recorded(long Blocks, long Lost);

    public static async Task<int> Run(string text, TimeProvider clock)
    {
        var order = JsonSerializer.Deserialize<Order>(text)!;
        await using var engine = MediaEngine.Start(Options(order), clock);
        await using var recorder = order.Spool is { } folder ? new HostRecorder(folder, order.Recording is { } url ? new Uri(url) : null, clock) : null;
        var (legs, calls) = await Begin(order, engine, recorder, clock);
        Console.WriteLine(JsonSerializer.Serialize(calls));
        while (await Console.In.ReadLineAsync() is not null)
        {
            Console.WriteLine(JsonSerializer.Serialize(await AccountOf(engine, clock)));
        }

        Console.WriteLine(JsonSerializer.Serialize(recorder is null ? new Recorded(0, 0) : await recorder.Stop()));
        var statistics = await Task.WhenAll(legs.Select(leg => leg.GetStatistics()));
        foreach (var (reason, count) in statistics.SelectMany(s => s.Dropped).GroupBy(d => d.Key).Select(g => (g.Key, g.Sum(d => d.Value))).Where(d => d.Item2 > 0))
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"dropped, {reason}: {count}"));
        }

        return 0;
    }

    private static MediaOptions Options(Order order) => new()
    {
        PortFrom = 0, Threads = Environment.ProcessorCount, OnFault = fault => Console.Error.WriteLine(fault),
    };

    private static async Task<(List<MediaLeg> Legs, List<Ports> Calls)> Begin(Order order, MediaEngine engine, HostRecorder? recorder, TimeProvider clock)
    {
        var sides = order.Sides.Select(IPEndPoint.Parse).ToArray();
        var tune = Tones.Dual(350, 440, Tune);
        var (legs, calls) = (new List<MediaLeg>(), new List<Ports>());
        var started = clock.GetTimestamp();
        for (var call = 0; call < order.Calls; call++)
        {
            var caller = Open(engine, null, sides[0], order.Crypto);
            legs.Add(caller);
            var ports = new Ports(caller.LocalRtp.Port, null);
            if (order.Kind == Kind.Wait)
            {
                caller.Play(tune, PlayMode.Loop);
            }
            else
            {
                var agent = Open(engine, caller, sides[1], null);
                await caller.Bridge(agent); // after what was asked of its legs before
                if (recorder is not null)
                {
                    var early = (UploadTime * call / order.Calls) - clock.GetElapsedTime(started);
                    await Task.Delay(early > TimeSpan.Zero ? early : TimeSpan.Zero, clock);
                    recorder.Start(engine, caller, agent);
                }

                legs.Add(agent);
                ports = ports with { Agent = agent.LocalRtp.Port };
            }

            calls.Add(ports);
        }

        await Task.WhenAll(legs.Select(leg => leg.GetStatistics()));
        return (legs, calls);
    }

    // Read by each thread itself, without an answer that would allocate there.
    private static async Task<Account> AccountOf(MediaEngine engine, TimeProvider clock)
    {
        var bytes = 0L;
        foreach (var thread in engine.Threads)
        {
            var own = -1L;
            thread.TryPost(() => Volatile.Write(ref own, GC.GetAllocatedBytesForCurrentThread()));
            while (Volatile.Read(ref own) < 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), clock);
            }

            bytes += own;
        }

        return new(bytes, GC.GetTotalAllocatedBytes(precise: true), engine.Threads.Sum(thread => Volatile.Read(ref thread.Counters.PacketsReceived)));
    }

    private static MediaLeg Open(MediaEngine engine, MediaLeg? near, IPEndPoint remote, string? crypto)
    {
        var security = crypto is null ? MediaSecurity.None : MediaSecurity.Sdes;
        if (!engine.TryOpenLeg(new LegOptions { Near = near, Security = security }, out var leg, out var error))
        {
            throw new InvalidOperationException($"no leg: {error}");
        }

        var key = crypto is not null && SdesCrypto.TryParse(crypto, out var line) ? new RemoteSecurity { Crypto = line } : null;
        _ = leg.SetRemote(new RemoteMedia { Rtp = remote, Formats = [PayloadFormat.Pcma], Security = key });
        return leg;
    }
}
