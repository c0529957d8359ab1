using System.Buffers.Binary;
using CallCenter.Media.Codecs;
using CallCenter.Media.Rtp;

namespace CallCenter.Media.Tests;

/// <summary>A leg that speaks Opus: beside a G.711 leg, beside another Opus leg, over a lossy path.</summary>
public class OpusTests
{
    private const int Seed = 6716;
    private const int Frame = SendStream.FrameSamples;
    private static readonly PayloadFormat Opus = new(111, AudioCodec.Opus);

    private static RemoteMedia Remote(int port) => Loopback.Remote(port, Opus, telephoneEvent: 110) with { TelephoneEventRate = 48_000 };

    private static short[] Sine(double hertz, int frames) => Tones.Sine(hertz, TimeSpan.FromMilliseconds(20 * frames)).Samples.ToArray();

    /// <summary>A home agent whose packets a test makes itself, bridged to a trunk.</summary>
    private static async Task<(MediaLeg Home, MediaLeg Trunk, RawPeer HomePeer, RawPeer TrunkPeer)> Bridged(Loopback net, PayloadFormat? trunkFormat = null)
    {
        var (homePeer, trunkPeer) = (new RawPeer(), new RawPeer());
        var (home, trunk) = (net.OpenLeg("home"), net.OpenLeg("trunk"));
        await home.SetRemote(Remote(homePeer.Port));
        await trunk.SetRemote(trunkFormat == Opus ? Remote(trunkPeer.Port) : Loopback.Remote(trunkPeer.Port, trunkFormat ?? PayloadFormat.Pcma));
        await home.Bridge(trunk);
        return (home, trunk, homePeer, trunkPeer);
    }

    private static List<byte[]> Encode(short[] samples)
    {
        using var codec = new OpusCodec();
        var packets = new List<byte[]>();
        var buffer = new byte[WireCodec.BytesMax];
        for (var from = 0; from + Frame <= samples.Length; from += Frame)
        {
            var length = codec.Encode(samples.AsSpan(from, Frame), buffer);
            length.ShouldBeGreaterThan(0);
            packets.Add(buffer[..length]);
        }
        return packets;
    }

    private static void SendOpus(RawPeer peer, MediaLeg leg, int number, byte[] payload) =>
        peer.SendRtp(leg.LocalRtp, (ushort)number, (uint)(number * 960) - 5000, ssrc: 9, payloadType: 111, payload);

    [Theory]
    [InlineData(AudioCodec.Pcma)]
    [InlineData(AudioCodec.Pcmu)]
    public async Task Tones_go_both_ways_between_Opus_and_G711(AudioCodec law)
    {
        await using var net = new Loopback();
        var format = law == AudioCodec.Pcma ? PayloadFormat.Pcma : PayloadFormat.Pcmu;
        var (home, homePhone) = await net.Party("home", Opus, 110);
        var (trunk, trunkPhone) = await net.Party("trunk", format);
        await home.SetRemote(Remote(homePhone.Port));
        await home.Bridge(trunk);
        homePhone.Leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        trunkPhone.Leg.Play(Tones.Sine(1000, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        await trunkPhone.WaitForTone(440, Loopback.Deadline);
        await homePhone.WaitForTone(1000, Loopback.Deadline);
        (await trunk.GetStatistics()).Dropped.Values.Sum().ShouldBe(0);
    }

    [Fact]
    public async Task Between_two_Opus_legs_packets_pass_as_they_are()
    {
        await using var net = new Loopback();
        var (home, _, homePeer, trunkPeer) = await Bridged(net, Opus);
        for (var i = 0; i < 5; i++)
        {
            // Nobody decodes them.
            SendOpus(homePeer, home, i, [(byte)i, 1, 2, 3]);
        }
        var packets = await trunkPeer.Receive(5);
        packets.Select(packet => packet.Payload[0]).ShouldBe([0, 1, 2, 3, 4]);
        packets.Zip(packets.Skip(1), (a, b) => b.Header.Timestamp - a.Header.Timestamp).ShouldAllBe(step => step == 960);
        packets[0].Header.PayloadType.ShouldBe((byte)111);
        homePeer.Dispose();
        trunkPeer.Dispose();
    }

    [Fact]
    public async Task Lost_packets_are_made_up_for_from_the_next_one()
    {
        const int Frames = 100;
        await using var net = new Loopback();
        var (home, trunk, homePeer, trunkPeer) = await Bridged(net);
        var packets = Encode(Sine(300, Frames));
        var lost = Enumerable.Range(20, 60).Where(i => i % 9 == 0).ToHashSet();
        for (var i = 0; i < Frames; i++)
        {
            if (!lost.Contains(i))
            {
                SendOpus(homePeer, home, i, packets[i]);
            }
        }
        var heard = await trunkPeer.Receive(Frames);
        heard.Zip(heard.Skip(1), (a, b) => (ushort)(b.Header.Sequence - a.Header.Sequence)).ShouldAllBe(step => step == 1);
        heard.Zip(heard.Skip(1), (a, b) => b.Header.Timestamp - a.Header.Timestamp).ShouldAllBe(step => step == Frame);
        foreach (var number in lost)
        {
            ToneProbe.LevelDb(G711.Decode(AudioCodec.Pcma, heard[number].Payload)).ShouldBeGreaterThan(-25, $"frame {number}");
        }
        (await home.GetStatistics()).FramesConcealed.ShouldBe(lost.Count);
        (await home.GetStatistics()).PacketsLost.ShouldBe(lost.Count);
        (await trunk.GetStatistics()).PacketsSent.ShouldBe(Frames);

        SendOpus(homePeer, home, lost.First(), packets[0]);
        await Wait.Until(async () => (await home.GetStatistics()).Dropped[DropReason.Late] == 1);
        homePeer.Dispose();
        trunkPeer.Dispose();
    }

    [Fact]
    public async Task Packets_that_waited_when_the_remote_became_known_keep_their_order()
    {
        const int Before = 8, After = 40, Legs = 20;
        await using var net = new Loopback();
        var packets = Encode(Sine(300, Before + After));
        for (var i = 0; i < Legs; i++)
        {
            var (home, _, homePeer, trunkPeer) = await Bridged(net);
            using var busy = new ManualResetEventSlim();
            home.Thread.TryPost(() => busy.Wait(Loopback.Deadline)).ShouldBeTrue();
            for (var number = 0; number < Before + After; number++)
            {
                if (number == Before)
                {
                    busy.Set();
                }
                SendOpus(homePeer, home, number, packets[number]);
            }
            await trunkPeer.Receive(Before + After);
            var heard = await home.GetStatistics();
            heard.Dropped[DropReason.Late].ShouldBe(0, $"leg {i}");
            heard.FramesConcealed.ShouldBe(0, $"leg {i}");
            homePeer.Dispose();
            trunkPeer.Dispose();
        }
    }

    [Fact]
    public async Task A_long_hole_is_a_pause_and_the_clock_goes_on_over_its_wrap()
    {
        await using var net = new Loopback();
        var (home, _, homePeer, trunkPeer) = await Bridged(net);
        var packets = Encode(Sine(300, 40));
        // The sender's clock wraps after its fifth packet.
        SendOpus(homePeer, home, 0, packets[0]);
        for (var i = 20; i < 40; i++)
        {
            SendOpus(homePeer, home, i, packets[i]);
        }
        var heard = await trunkPeer.Receive(21);
        (heard[1].Header.Timestamp - heard[0].Header.Timestamp).ShouldBe(20u * Frame);
        heard.Skip(1).Zip(heard.Skip(2), (a, b) => b.Header.Timestamp - a.Header.Timestamp).ShouldAllBe(step => step == Frame);
        (await home.GetStatistics()).FramesConcealed.ShouldBe(0);
        homePeer.Dispose();
        trunkPeer.Dispose();
    }

    [Fact]
    public async Task Digits_of_the_48_kHz_clock_are_read_relayed_and_sent()
    {
        var digits = System.Threading.Channels.Channel.CreateUnbounded<DigitReceived>();
        await using var net = new Loopback();
        var (homePeer, trunkPeer) = (new RawPeer(), new RawPeer());
        var home = net.OpenLeg("home", raised => { if (raised is DigitReceived digit) { digits.Writer.TryWrite(digit); } });
        var trunk = net.OpenLeg("trunk");
        await home.SetRemote(Remote(homePeer.Port));
        await trunk.SetRemote(Loopback.Remote(trunkPeer.Port, PayloadFormat.Pcma));
        await home.Bridge(trunk);
        homePeer.SendRtp(home.LocalRtp, 1, 4800, 9, 110, RawPeer.Event(7, end: true, 4800), marker: true);
        var digit = await digits.Reader.ReadAsync(new CancellationTokenSource(Loopback.Deadline).Token);
        (digit.Digit, digit.DurationMs).ShouldBe(('7', 100));
        BinaryPrimitives.ReadUInt16BigEndian((await trunkPeer.Receive()).Payload.AsSpan(2)).ShouldBe((ushort)800);

        _ = home.SendDigits("1");
        var sent = await homePeer.Receive(7);
        sent[0].Header.PayloadType.ShouldBe((byte)110);
        BinaryPrimitives.ReadUInt16BigEndian(sent[^1].Payload.AsSpan(2)).ShouldBe((ushort)4800);
        homePeer.Dispose();
        trunkPeer.Dispose();
    }

    [Fact]
    public async Task A_player_and_a_recording_work_on_an_Opus_leg()
    {
        await using var net = new Loopback();
        // The phone records what it hears: its tap decodes.
        var (leg, phone) = await net.Party("home", Opus, 110);
        leg.Play(Tones.Sine(700, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        await phone.WaitForTone(700, Loopback.Deadline);
        var statistics = await phone.Leg.GetStatistics();
        statistics.PacketsLost.ShouldBe(0);
        statistics.JitterMs.ShouldBeLessThan(500);
    }

    [Fact]
    public async Task A_frame_that_Opus_lacks_is_dropped_and_the_next_is_not()
    {
        await using var net = new Loopback();
        var (home, trunk, homePeer, trunkPeer) = await Bridged(net);
        trunkPeer.SendRtp(trunk.LocalRtp, 1, 240, 5, 8, new byte[240]);
        trunkPeer.SendRtp(trunk.LocalRtp, 2, 480, 5, 8, new byte[160]);
        (await homePeer.Receive()).Header.PayloadType.ShouldBe((byte)111);
        (await home.GetStatistics()).Dropped[DropReason.FrameLength].ShouldBe(1);
        homePeer.Dispose();
        trunkPeer.Dispose();
    }

    [Fact]
    public void Hostile_payloads_do_no_harm()
    {
        using var codec = new OpusCodec();
        var random = new Random(Seed);
        var samples = new short[WireCodec.SamplesMax];
        var whole = Encode(Sine(440, 50));
        for (var i = 0; i < 10_000; i++)
        {
            var data = i % 2 == 0 ? new byte[random.Next(400)] : whole[random.Next(whole.Count)].ToArray();
            if (i % 2 == 0)
            {
                random.NextBytes(data);
            }
            else
            {
                data[random.Next(data.Length)] ^= (byte)random.Next(1, 256);
            }
            codec.Decode(data, samples).ShouldBeLessThanOrEqualTo(samples.Length, $"seed {Seed}");
            codec.Conceal(i % 3 == 0 ? [] : data, Frame, samples).ShouldBeLessThanOrEqualTo(Frame, $"seed {Seed}");
        }
    }

    [Fact]
    public async Task Transcoding_allocates_nothing_on_the_media_thread()
    {
        await using var net = new Loopback(options => options with { RtcpInterval = TimeSpan.FromHours(1) });
        var (home, trunk, homePeer, trunkPeer) = await Bridged(net);
        var packets = Encode(Sine(300, 500));
        async Task Relay(int first, int count)
        {
            for (var i = first; i < first + count; i++)
            {
                SendOpus(homePeer, home, i, packets[i]);
                await trunkPeer.Receive();
                trunkPeer.SendRtp(trunk.LocalRtp, (ushort)i, (uint)(i * Frame));
                await homePeer.Receive();
            }
        }

        await Relay(0, 100);
        var before = await AllocationTests.AllocatedOnMediaThread(home);
        await Relay(100, 400);
        (await AllocationTests.AllocatedOnMediaThread(home) - before).ShouldBe(0);
        homePeer.Dispose();
        trunkPeer.Dispose();
    }
}
