using CallCenter.Media.Dtls;

namespace CallCenter.Media.Tests;

/// <summary>Hostile bytes at a secure leg: from strangers, from a checked address before and in a call, in the handshake.</summary>
public class SecureHostileTests
{
    private const int Seed = 7983;
    private const int Packets = 4000;

    private static MediaLeg Open(Loopback net, string name = "browser") =>
        net.Engine.TryOpenLeg(new LegOptions { Name = name, Security = MediaSecurity.Dtls }, out var leg, out var error)
            ? leg
            : throw new InvalidOperationException(error.ToString());

    private static byte[] Noise(Random random, params byte[] firsts)
    {
        var data = new byte[random.Next(1, 300)];
        random.NextBytes(data);
        if (random.Next(4) != 0)
        {
            data[0] = firsts[random.Next(firsts.Length)];
            if (data.Length > 12 && data[0] is >= 20 and < 64)
            {
                // A DTLS 1.2 record of the right length, so that it is looked into.
                (data[1], data[2], data[3], data[4], data[11], data[12]) = (0xFE, 0xFD, 0, 0, (byte)((data.Length - 13) >> 8), (byte)(data.Length - 13));
            }
        }
        return data;
    }

    [Fact]
    public async Task Strangers_get_no_byte_back_and_a_call_goes_on_beside_them()
    {
        await using var net = new Loopback();
        var leg = Open(net);
        using var peer = new SecurePeer(leg);
        using var stranger = new RawPeer();
        await peer.Connect();
        var random = new Random(Seed);
        for (var i = 0; i < Packets; i++)
        {
            stranger.Send(leg.LocalRtp, Noise(random, 0, 1, 20, 22, 23, 128, 144));
            if (i % 50 == 0)
            {
                peer.SendRtp((ushort)i);
                // The peer's packets overtake the strangers', who have a socket of their own: not more of them than it holds.
                await Wait.Until(async () => await leg.GetStatistics() is { } now && now.PacketsReceived > i / 50 && now.Dropped.Values.Sum() == i + 1);
            }
        }
        await Wait.Until(async () => (await leg.GetStatistics()).Dropped.Values.Sum() == Packets);
        stranger.Waiting.ShouldBe(0, $"seed {Seed}");
        await peer.Check();
    }

    [Fact]
    public async Task A_checked_peer_may_send_anything_in_a_call()
    {
        await using var net = new Loopback();
        var leg = Open(net);
        using var peer = new SecurePeer(leg);
        await peer.Connect();
        var random = new Random(Seed);
        for (var i = 0; i < Packets; i++)
        {
            var packet = i % 2 == 0 ? Noise(random, 0, 20, 22, 23, 128, 200) : peer.Protect(SecurePeer.Plain((ushort)i));
            if (i % 2 == 1)
            {
                packet[random.Next(packet.Length)] ^= (byte)random.Next(1, 256);
                packet = packet[..random.Next(1, packet.Length + 1)];
            }
            peer.Send(packet);
            if (i % 50 == 49)
            {
                await peer.Check();
            }
        }
        peer.SendRtp(Packets);
        await Wait.Until(async () => (await leg.GetStatistics()).PacketsReceived == 1);
        (await leg.GetStatistics()).Security.ShouldNotBeNull($"seed {Seed}");
    }

    [Fact]
    public async Task Broken_handshakes_end_one_by_one_and_the_next_leg_works()
    {
        await using var net = new Loopback(options => options with { HandshakesMax = 4 });
        var random = new Random(Seed);
        for (var i = 0; i < 200; i++)
        {
            var leg = Open(net);
            using var peer = new SecurePeer(leg);
            await leg.SetRemote(peer.Remote());
            await peer.Check();
            for (var n = random.Next(1, 8); n > 0; n--)
            {
                peer.Send(Noise(random, 20, 21, 22, 23));
            }
            if (i % 2 == 0)
            {
                peer.SendHello();
            }
            await peer.Check();
            await leg.Close();
        }
        var last = Open(net);
        using var whole = new SecurePeer(last);
        await whole.Connect();
        whole.State.ShouldBe(DtlsState.Connected, $"seed {Seed}");
    }

    [Fact]
    public async Task Secure_relay_allocates_nothing_on_the_media_thread()
    {
        const int Measured = 1000;
        await using var net = new Loopback(options => options with { RtcpInterval = TimeSpan.FromHours(1) });
        var leg = Open(net);
        var plain = net.OpenLeg("plain");
        using var peer = new SecurePeer(leg);
        using var carrier = new RawPeer();
        await plain.SetRemote(Loopback.Remote(carrier.Port, PayloadFormat.Pcma));
        await leg.Bridge(plain);
        await peer.Connect();
        async Task Relay(int first, int count)
        {
            for (var i = first; i < first + count; i++)
            {
                peer.SendRtp((ushort)i);
                await carrier.Receive();
                carrier.SendRtp(plain.LocalRtp, (ushort)i, (uint)(i * 160));
                await peer.ReceiveRtp();
            }
        }

        await Relay(0, 200);
        var before = await AllocationTests.AllocatedOnMediaThread(leg);
        await Relay(200, Measured);
        (await AllocationTests.AllocatedOnMediaThread(leg) - before).ShouldBe(0);
    }
}
