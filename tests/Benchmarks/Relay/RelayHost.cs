using System.Net;
using System.Text.Json;
using CallCenter.Media;

namespace CallCenter.Benchmarks.Relay;

/// <summary>
/// Our relay as a process of its own, so that its CPU is its process's: opens the bridges, says their ports on one line, carries
/// the calls until its standard input ends and then tells what was dropped.
/// </summary>
internal static class RelayHost
{
    public const string Command = "relay-host";

    /// <summary>Ports of a call's two legs.</summary>
    public sealed record Ports(int Caller, int Agent);

    /// <param name="calls">Bridges.</param>
    /// <param name="sides">Where callers and agents are.</param>
    public static async Task<int> Run(int calls, IPEndPoint[] sides, TimeProvider clock)
    {
        await using var engine = MediaEngine.Start(new MediaOptions { PortFrom = 0, OnFault = fault => Console.Error.WriteLine(fault) }, clock);
        var legs = new List<MediaLeg>();
        for (var call = 0; call < calls; call++)
        {
            var caller = await Open(engine, null, sides[0]);
            var agent = await Open(engine, caller, sides[1]);
            await caller.Bridge(agent);
            legs.AddRange([caller, agent]);
        }

        Console.WriteLine(JsonSerializer.Serialize(legs.Chunk(2).Select(pair => new Ports(pair[0].LocalRtp.Port, pair[1].LocalRtp.Port))));
        await Console.In.ReadToEndAsync();
        var statistics = await Task.WhenAll(legs.Select(leg => leg.GetStatistics()));
        foreach (var (reason, count) in statistics.SelectMany(s => s.Dropped).GroupBy(d => d.Key).Select(g => (g.Key, g.Sum(d => d.Value))).Where(d => d.Item2 > 0))
        {
            Console.Error.WriteLine($"dropped, {reason}: {count}");
        }

        return 0;
    }

    private static async Task<MediaLeg> Open(MediaEngine engine, MediaLeg? near, IPEndPoint remote)
    {
        if (!engine.TryOpenLeg(new LegOptions { Near = near }, out var leg, out var error))
        {
            throw new InvalidOperationException($"no leg: {error}");
        }

        await leg.SetRemote(new RemoteMedia { Rtp = remote, Formats = [PayloadFormat.Pcma] });
        return leg;
    }
}
