using System.Globalization;
using System.Net;
using System.Text.Json;
using CallCenter.Media;

namespace CallCenter.Benchmarks.Relay;

/// <summary>
/// Our media plane as a process of its own, so that its CPU is its process's: opens the calls, says their ports on one line, carries
/// them until its standard input ends, and then tells what it dropped and allocated.
/// </summary>
internal static class RelayHost
{
    public const string Command = "relay-host";

    private static readonly TimeSpan Tune = TimeSpan.FromSeconds(10);

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
    public sealed record Order(Kind Kind, int Calls, string[] Sides, string? Crypto);

    public static async Task<int> Run(string text, TimeProvider clock)
    {
        var order = JsonSerializer.Deserialize<Order>(text)!;
        var sides = order.Sides.Select(IPEndPoint.Parse).ToArray();
        await using var engine = MediaEngine.Start(new MediaOptions { PortFrom = 0, Threads = Environment.ProcessorCount, OnFault = fault => Console.Error.WriteLine(fault) }, clock);
        var tune = Tones.Dual(350, 440, Tune);
        var legs = new List<MediaLeg>();
        var calls = new List<Ports>();
        for (var call = 0; call < order.Calls; call++)
        {
            var caller = await Open(engine, null, sides[0], order.Crypto);
            legs.Add(caller);
            var ports = new Ports(caller.LocalRtp.Port, null);
            if (order.Kind == Kind.Wait)
            {
                caller.Play(tune, PlayMode.Loop);
            }
            else
            {
                var agent = await Open(engine, caller, sides[1], null);
                await caller.Bridge(agent);
                legs.Add(agent);
                ports = ports with { Agent = agent.LocalRtp.Port };
            }

            calls.Add(ports);
        }

        Console.WriteLine(JsonSerializer.Serialize(calls));
        await Console.In.ReadToEndAsync();
        var statistics = await Task.WhenAll(legs.Select(leg => leg.GetStatistics()));
        foreach (var (reason, count) in statistics.SelectMany(s => s.Dropped).GroupBy(d => d.Key).Select(g => (g.Key, g.Sum(d => d.Value))).Where(d => d.Item2 > 0))
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"dropped, {reason}: {count}"));
        }

        return 0;
    }

    private static async Task<MediaLeg> Open(MediaEngine engine, MediaLeg? near, IPEndPoint remote, string? crypto)
    {
        var security = crypto is null ? MediaSecurity.None : MediaSecurity.Sdes;
        if (!engine.TryOpenLeg(new LegOptions { Near = near, Security = security }, out var leg, out var error))
        {
            throw new InvalidOperationException($"no leg: {error}");
        }

        var key = crypto is not null && SdesCrypto.TryParse(crypto, out var line) ? new RemoteSecurity { Crypto = line } : null;
        await leg.SetRemote(new RemoteMedia { Rtp = remote, Formats = [PayloadFormat.Pcma], Security = key });
        return leg;
    }
}
