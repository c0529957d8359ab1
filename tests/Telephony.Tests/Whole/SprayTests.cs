using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using CallCenter.Media;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Peers;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>
/// A third address sends RTP, keys and RTCP to all audio ports before, during and after calls, also while neither party has sent its first
/// packet: it gets none, and none of it reaches a party, a menu or a recording.
/// </summary>
[Trait("needs", "server")]
[Collection(nameof(AloneCollection))]
public sealed class SprayTests : IAsyncLifetime
{
    private const int Ports = 80, Calls = 5;
    private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(400);
    private readonly TemporaryFolder folder = new();
    private readonly FreePorts ports = FreePorts.Find();
    private readonly Dropped dropped = new();
    private RunningGateway gateway = null!;
    private TestCaller caller = null!;
    private TestPhone phone = null!;

    private Guid Agent => gateway.Setup.Phones[0].Agent;

    private int Last => ports.RtpFrom + Ports - 1;

    public async ValueTask InitializeAsync()
    {
        gateway = await RunningGateway.Start(folder.Path, null, ("Telephony:RtpFrom", $"{ports.RtpFrom}"), ("Telephony:RtpTo", $"{Last}"));
        caller = new TestCaller(gateway.Sip) { SpeaksAfter = Early };
        phone = await TestPhone.Register(gateway.Sip, "1001", "secret");
        phone.SpeaksAfter = Early;
    }

    public async ValueTask DisposeAsync()
    {
        await caller.DisposeAsync();
        await phone.DisposeAsync();
        await gateway.DisposeAsync();
        dropped.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_spray_from_a_third_address_leaks_and_injects_nothing()
    {
        var seed = Environment.TickCount;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.66"), 0));
        await using var spray = new RtpSprayer(socket, IPAddress.Loopback, ports.RtpFrom, Last, seed);
        var talks = new List<Talk>();
        for (var n = 0; n < Calls; n++)
        {
            talks.Add(await Talk.Begin(gateway, caller, phone, Agent, recorded: true));
        }
        await Task.WhenAll(talks.Select(t => t.BothHear()));
        talks.ShouldAllBe(t => t.GoesOn); // the spray's goodbyes end nothing
        foreach (var talk in talks)
        {
            await talk.HangUp(gateway);
        }

        var (heard, lost) = (talks.Sum(t => t.Packets.Heard), talks.Sum(t => t.Packets.Lost));
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}: {spray.Sent} packets sprayed, {heard} heard by the parties, {lost} lost, {spray.Leaked} bytes leaked, {talks.Sum(t => t.Sprayed)} packets injected; dropped {dropped}");
        talks.ShouldAllBe(t => t.Sprayed == 0, $"seed {seed}");
        spray.Leaked.ShouldBe(0, $"seed {seed}");
        foreach (var talk in talks)
        {
            var recorded = await Recorded.Whole(gateway, talk.Call, talk.Recording!.Value, Agent);
            Holds(recorded.Caller, Talk.CallerHertz);
            Holds(recorded.Agent, Talk.AgentHertz);
        }
        // It was a spray: it met open ports. How many before the parties were known depends on how soon they are.
        (dropped.Of("Unarmed") + dropped.Of("ForeignAddress")).ShouldBeGreaterThan(0);
    }

    /// <summary>The party's tone is in the channel, and in no 20 ms of it the spray's.</summary>
    private static void Holds(short[] channel, double hertz)
    {
        var (tone, spray) = (0, 0);
        for (var at = 0; at + 160 <= channel.Length; at += 80)
        {
            var window = channel.AsSpan(at, 160);
            tone += ToneProbe.Share(window, 8000, hertz) > 0.8 ? 1 : 0;
            spray += ToneProbe.LevelDb(window) > -40 && ToneProbe.Share(window, 8000, RtpSprayer.Hertz) > 0.3 ? 1 : 0;
        }
        tone.ShouldBeGreaterThan(0);
        spray.ShouldBe(0);
    }

    /// <summary>What the media engine dropped, by reason.</summary>
    private sealed class Dropped : IDisposable
    {
        private readonly Dictionary<string, long> reasons = [];
        private readonly MeterListener listener = new();

        public Dropped()
        {
            listener.InstrumentPublished = (instrument, to) =>
            {
                if (instrument.Name == "media.packets.dropped")
                {
                    to.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            {
                foreach (var (_, reason) in tags)
                {
                    reasons[$"{reason}"] = Math.Max(value, reasons.GetValueOrDefault($"{reason}"));
                }
            });
            listener.Start();
        }

        public long Of(string reason)
        {
            listener.RecordObservableInstruments();
            return reasons.GetValueOrDefault(reason);
        }

        public override string ToString() => $"{Of("Unarmed")} unarmed, {Of("ForeignAddress")} of a foreign address";

        public void Dispose() => listener.Dispose();
    }
}
