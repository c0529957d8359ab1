using CallCenter.Media.Rtp;

namespace CallCenter.Media.Tests;

/// <summary>Bytes from the network never throw, and a call goes on beside them.</summary>
public class HostileTests
{
    private const int Seed = 4733;
    private const int Packets = 3000;

    /// <summary>Half noise, half packets that were right until a few bytes changed or the end was cut.</summary>
    private static byte[] Garbage(Random random, byte firstType)
    {
        if (random.Next(2) == 0)
        {
            var noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            return noise;
        }
        var data = new byte[12 + random.Next(180)];
        random.NextBytes(data);
        data[0] = (byte)(0x80 | random.Next(64));
        data[1] = firstType;
        return data[..random.Next(1, data.Length + 1)];
    }

    [Fact]
    public void Parsers_take_anything()
    {
        var random = new Random(Seed);
        var rtcp = new RtcpSession("x", new SendStream(), new ReceiveStatistics());
        var digits = new DigitReceiver((_, _) => { });
        for (var i = 0; i < 50_000; i++)
        {
            var data = Garbage(random, (byte)(i % 2 == 0 ? 200 + random.Next(5) : random.Next(256)));
            _ = rtcp.TryRead(data, DateTimeOffset.UnixEpoch);
            if (RtpPacket.TryParse(data, out var packet))
            {
                (packet.PayloadOffset + packet.PayloadLength).ShouldBeLessThanOrEqualTo(data.Length, $"seed {Seed}");
                digits.Add(packet.Ssrc, packet.Timestamp, data.AsSpan(packet.PayloadOffset, packet.PayloadLength), i);
            }
        }
    }

    [Fact]
    public async Task A_bridge_survives_garbage_from_its_own_remote()
    {
        await using var net = new Loopback();
        var random = new Random(Seed);
        using var peer = new RawPeer();
        using var rtcpPeer = new RawPeer();
        var caller = net.OpenLeg("caller");
        await caller.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcma));
        var (agent, phone) = await net.Party("agent", PayloadFormat.Pcmu);
        await caller.Bridge(agent);
        var tap = net.Engine.StartRecording(new RecordingOptions { Caller = caller, Agent = agent, Sink = new MemoryRecorder() });
        // Latched to the peer first, so that the garbage reaches every stage.
        peer.SendRtp(caller.LocalRtp, 1, 1);
        byte[] types = [8, 8, 101, 0, 13];
        for (var i = 0; i < Packets; i++)
        {
            peer.Send(caller.LocalRtp, Garbage(random, types[random.Next(types.Length)]));
            rtcpPeer.Send(caller.LocalRtcp, Garbage(random, (byte)(200 + random.Next(5))));
            if (i % 50 == 49)
            {
                await Quiet(caller);
            }
        }
        peer.Send(caller.LocalRtp, new byte[4000]);
        var played = phone.Leg.Play(Tones.Sine(440, TimeSpan.FromMilliseconds(100)));
        (await played.Completion).Outcome.ShouldBe(PlaybackOutcome.Finished);
        (await caller.GetStatistics()).PacketsReceived.ShouldBeGreaterThan(100, $"seed {Seed}");
        (await tap.Stop()).BlocksLost.ShouldBe(0);
    }

    /// <summary>Waits until what was sent has been taken from the sockets, whose buffers would overflow otherwise.</summary>
    private static async Task Quiet(MediaLeg leg)
    {
        var before = -1L;
        await Wait.Until(async () =>
        {
            var statistics = await leg.GetStatistics();
            var handled = statistics.PacketsReceived + statistics.Dropped.Values.Sum();
            return handled == Interlocked.Exchange(ref before, handled);
        });
    }
}
