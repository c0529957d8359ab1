using CallCenter.Media.Net;

namespace CallCenter.Media.Tests;

/// <summary>Many packets at one moment: by a ring and, where the kernel refuses one, one by one.</summary>
public class OutboxTests
{
    // More legs than packets wait at once.
    private const int Pairs = 140;

    // Sent to the port after a peer's, which may be another peer's here.
    private static readonly TimeSpan NoReports = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Packets_of_many_legs_keep_their_order_and_their_audio(bool ring)
    {
        const int Each = 10;
        await using var net = new Loopback(options => options with { IoUring = ring, RtcpInterval = NoReports });
        var pairs = await Bridged(net);
        try
        {
            for (var i = 1; i <= Each; i++)
            {
                for (var pair = 0; pair < Pairs; pair++)
                {
                    pairs[pair].From.SendRtp(pairs[pair].Entry.LocalRtp, (ushort)i, (uint)(160 * i), fill: (byte)pair);
                }
            }

            for (var pair = 0; pair < Pairs; pair++)
            {
                var packets = await pairs[pair].To.Receive(Each);
                packets.Zip(packets.Skip(1), (one, next) => (ushort)(next.Header.Sequence - one.Header.Sequence)).ShouldAllBe(step => step == 1);
                packets.ShouldAllBe(packet => packet.Payload.Length == 160 && packet.Payload.All(sample => sample == (byte)pair));
                // One more opened the way.
                (await pairs[pair].Exit.GetStatistics()).PacketsSent.ShouldBe(Each + 1);
            }
        }
        finally
        {
            pairs.ForEach(pair => pair.Close());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_all_legs_play_leaves_whole(bool ring)
    {
        const int Each = 5;
        await using var net = new Loopback(options => options with { IoUring = ring, RtcpInterval = NoReports });
        var pairs = await Bridged(net);
        try
        {
            var tone = Tones.Sine(440, TimeSpan.FromMilliseconds(20 * Each));
            await Task.WhenAll(pairs.SelectMany(pair => new[] { pair.Entry.Play(tone).Completion, pair.Exit.Play(tone).Completion }));
            foreach (var peer in pairs.SelectMany(pair => new[] { pair.From, pair.To }))
            {
                var packets = await peer.Receive(Each);
                packets.Select(packet => (ushort)(packet.Header.Sequence - packets[0].Header.Sequence)).ShouldBe([0, 1, 2, 3, 4]);
            }
        }
        finally
        {
            pairs.ForEach(pair => pair.Close());
        }
    }

    /// <summary>Where this kernel or container refuses a ring, both are the second.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Which_packets_could_not_be_sent_is_told(bool byRing)
    {
        using var ring = byRing ? SendRing.TryOpen(4) : null;
        using var peer = new RawPeer();
        var socket = UdpSocket.TryBind(NativeEndpoint.From(Loopback.Local(0)), dscp: 46, out _)!;
        var sender = socket.TryConnect(NativeEndpoint.From(peer.Address))!;
        var closed = socket.TryConnect(NativeEndpoint.From(peer.Address))!;
        closed.Close();
        // Twice, so that the ring goes round.
        for (var round = 0; round < 2; round++)
        {
            Send(ring, [sender, closed, sender]).ShouldBe([true, false, true]);
        }
        var buffer = new byte[16];
        byte[] heard = [.. Enumerable.Range(0, 4).Select(_ => peer.ReceiveNow(buffer) == 1 ? buffer[0] : (byte)0)];
        heard.ShouldBe([1, 3, 1, 3]);
        sender.Close();
        socket.Close();
    }

    private static unsafe bool[] Send(SendRing? ring, UdpSocket[] sockets)
    {
        fixed (byte* packets = (byte[])[1, 2, 3])
        {
            var sent = new bool[sockets.Length];
            for (var i = 0; i < sockets.Length; i++)
            {
                ring?.Add(i, sockets[i], packets + i, 1);
                sent[i] = ring is null && sockets[i].Send(packets + i, 1);
            }
            if (ring is not null)
            {
                var refused = new bool[sockets.Length];
                ring.Submit(sockets.Length, refused).ShouldBe(sockets.Length);
                sent = [.. refused.Select(each => !each)];
            }
            return sent;
        }
    }

    private sealed record Pair(MediaLeg Entry, MediaLeg Exit, RawPeer From, RawPeer To)
    {
        public void Close()
        {
            From.Dispose();
            To.Dispose();
        }
    }

    /// <summary>Bridged legs whose remotes are known, so that all they send goes by connected sockets.</summary>
    private static async Task<List<Pair>> Bridged(Loopback net)
    {
        var pairs = new List<Pair>();
        for (var i = 0; i < Pairs; i++)
        {
            var pair = new Pair(net.OpenLeg(), net.OpenLeg(), new RawPeer(), new RawPeer());
            pairs.Add(pair);
            _ = pair.Entry.SetRemote(Loopback.Remote(pair.From.Port, PayloadFormat.Pcma));
            _ = pair.Exit.SetRemote(Loopback.Remote(pair.To.Port, PayloadFormat.Pcma));
            await pair.Entry.Bridge(pair.Exit);
            pair.From.SendRtp(pair.Entry.LocalRtp, 0, 0);
            pair.To.SendRtp(pair.Exit.LocalRtp, 0, 0);
            await pair.From.Receive();
            await pair.To.Receive();
        }
        return pairs;
    }
}
