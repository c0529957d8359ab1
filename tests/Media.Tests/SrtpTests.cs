using System.Buffers.Binary;
using System.Security.Cryptography;
using CallCenter.Media.Rtp;
using CallCenter.Media.Srtp;

namespace CallCenter.Media.Tests;

public class SrtpTests
{
    private const int Seed = 3711;

    public static TheoryData<SrtpProfile> Profiles => new(SrtpProfiles.Preferred);

    /// <summary>Two sides that know each other's keys.</summary>
    private sealed class Pair : IDisposable
    {
        public Pair(SrtpProfile profile)
        {
            var (a, b) = (NewKeys(profile), NewKeys(profile));
            Here = new SrtpSession(a, b);
            There = new SrtpSession(b, a);
        }

        public SrtpSession Here { get; }
        public SrtpSession There { get; }

        public static SrtpKeys NewKeys(SrtpProfile profile) =>
            new(profile, RandomNumberGenerator.GetBytes(SrtpProfiles.KeySize), RandomNumberGenerator.GetBytes(profile.SaltSize()));

        public void Dispose()
        {
            Here.Dispose();
            There.Dispose();
        }
    }

    private static byte[] Rtp(ushort sequence, uint ssrc = 7, int payload = 160)
    {
        var packet = new byte[12 + payload];
        RtpPacket.WriteHeader(packet, marker: false, 8, sequence, sequence * 160u, ssrc);
        packet.AsSpan(12).Fill((byte)sequence);
        return packet;
    }

    private static byte[] Rtcp(uint ssrc)
    {
        var packet = new byte[28];
        (packet[0], packet[1], packet[3]) = (0x80, 200, 6);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), ssrc);
        return packet;
    }

    private static byte[] Protect(SrtpSession session, byte[] plain, bool rtcp = false)
    {
        var buffer = new byte[plain.Length + SrtpProfiles.GrowthMax];
        plain.CopyTo(buffer, 0);
        var done = rtcp
            ? session.TryProtectRtcp(buffer, plain.Length, out var length)
            : session.TryProtectRtp(buffer, plain.Length, out length);
        done.ShouldBeTrue();
        return buffer[..length];
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void What_one_side_protects_the_other_reads_over_several_roll_overs(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        for (var i = 32_000; i < 200_000; i += 29)
        {
            var plain = Rtp((ushort)i);
            var packet = Protect(pair.Here, plain);
            packet.AsSpan(12, 160).SequenceEqual(plain.AsSpan(12)).ShouldBeFalse();
            pair.There.UnprotectRtp(packet, out var length).ShouldBe(SrtpResult.Ok, $"packet {i}");
            packet.AsSpan(0, length).SequenceEqual(plain).ShouldBeTrue($"packet {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void RTCP_goes_both_ways_and_is_not_taken_twice(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        for (var i = 0; i < 5; i++)
        {
            var packet = Protect(pair.There, Rtcp(9), rtcp: true);
            var again = packet.ToArray();
            pair.Here.UnprotectRtcp(packet, out var length).ShouldBe(SrtpResult.Ok);
            packet.AsSpan(0, length).SequenceEqual(Rtcp(9)).ShouldBeTrue();
            pair.Here.UnprotectRtcp(again, out _).ShouldBe(SrtpResult.Replayed);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Every_changed_bit_is_noticed(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        var packet = Protect(pair.Here, Rtp(1, payload: 20));
        var report = Protect(pair.Here, Rtcp(7), rtcp: true);
        for (var bit = 0; bit < 8 * packet.Length; bit++)
        {
            var changed = packet.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            pair.There.UnprotectRtp(changed, out _).ShouldNotBe(SrtpResult.Ok, $"bit {bit}");
        }
        for (var bit = 0; bit < 8 * report.Length; bit++)
        {
            var changed = report.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            pair.There.UnprotectRtcp(changed, out _).ShouldNotBe(SrtpResult.Ok, $"bit {bit}");
        }
        pair.There.UnprotectRtp(packet, out _).ShouldBe(SrtpResult.Ok);
        pair.There.UnprotectRtcp(report, out _).ShouldBe(SrtpResult.Ok);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Packets_out_of_order_are_taken_once_and_old_ones_never(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        var packets = Enumerable.Range(65_400, 300).Select(i => Protect(pair.Here, Rtp((ushort)i))).ToList();
        var random = new Random(Seed);
        SrtpResult Take(byte[] packet) => pair.There.UnprotectRtp(packet.ToArray(), out _);

        Take(packets[0]).ShouldBe(SrtpResult.Ok);
        // Each place within 20 of its own, over the roll-over.
        foreach (var packet in packets.Skip(1).Select((packet, i) => (packet, Key: i + random.Next(20))).OrderBy(each => each.Key).Select(each => each.packet))
        {
            Take(packet).ShouldBe(SrtpResult.Ok, $"seed {Seed}");
        }
        foreach (var packet in packets)
        {
            Take(packet).ShouldBe(SrtpResult.Replayed);
        }
    }

    [Fact]
    public void A_number_is_sent_once_since_a_second_packet_under_it_would_betray_the_key()
    {
        using var pair = new Pair(SrtpProfile.AeadAes128Gcm);
        _ = Protect(pair.Here, Rtp(500));
        _ = Protect(pair.Here, Rtp(502));
        _ = Protect(pair.Here, Rtp(501));
        var buffer = new byte[300];
        Rtp(501).CopyTo(buffer, 0);
        pair.Here.TryProtectRtp(buffer, 172, out _).ShouldBeFalse();
        _ = Protect(pair.Here, Rtp(900));
        Rtp(503).CopyTo(buffer, 0);
        pair.Here.TryProtectRtp(buffer, 172, out _).ShouldBeFalse();
    }

    [Fact]
    public void Streams_are_told_apart_and_bounded()
    {
        using var pair = new Pair(SrtpProfile.AeadAes128Gcm);
        // A sender has one stream; others come from further sessions with its keys.
        var keys = Pair.NewKeys(SrtpProfile.AeadAes128Gcm);
        using var receiver = new SrtpSession(Pair.NewKeys(SrtpProfile.AeadAes128Gcm), keys);
        for (uint ssrc = 1; ssrc <= 3 * SrtpSession.StreamsMax; ssrc++)
        {
            using var sender = new SrtpSession(keys, keys);
            var packet = Protect(sender, Rtp(60_000, ssrc));
            receiver.UnprotectRtp(packet.ToArray(), out _).ShouldBe(SrtpResult.Ok);
            receiver.UnprotectRtp(packet, out _).ShouldBe(SrtpResult.Replayed);
        }
    }

    [Fact]
    public void A_header_with_sources_and_an_extension_stays_in_the_clear()
    {
        using var pair = new Pair(SrtpProfile.AeadAes128Gcm);
        // Two CSRCs, an extension of one word, padding of 4.
        byte[] plain = [0xB2, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 1, 1, 1, 2, 2, 2, 2, 0xBE, 0xDE, 0, 1, 9, 9, 9, 9, 5, 5, 5, 5, 0, 0, 0, 4];
        var packet = Protect(pair.Here, plain);
        packet.AsSpan(0, 28).SequenceEqual(plain.AsSpan(0, 28)).ShouldBeTrue();
        packet.AsSpan(28, 8).SequenceEqual(plain.AsSpan(28, 8)).ShouldBeFalse();
        pair.There.UnprotectRtp(packet, out var length).ShouldBe(SrtpResult.Ok);
        packet.AsSpan(0, length).SequenceEqual(plain).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Garbage_is_refused(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        var random = new Random(Seed);
        for (var i = 0; i < 10_000; i++)
        {
            var data = i % 2 == 0 ? new byte[random.Next(80)] : Protect(pair.Here, Rtp((ushort)i, payload: random.Next(60)));
            if (i % 2 == 0)
            {
                random.NextBytes(data);
            }
            else
            {
                data[random.Next(data.Length)] ^= (byte)random.Next(1, 256);
                data = data[..random.Next(1, data.Length + 1)];
            }
            pair.There.UnprotectRtp(data.ToArray(), out _).ShouldNotBe(SrtpResult.Ok, $"seed {Seed}, case {i}");
            pair.There.UnprotectRtcp(data, out _).ShouldNotBe(SrtpResult.Ok, $"seed {Seed}, case {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_packet_allocates_nothing(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        var buffer = new byte[300];
        void Turn(int i)
        {
            RtpPacket.WriteHeader(buffer, marker: false, 8, (ushort)i, 0, 7);
            if (!pair.Here.TryProtectRtp(buffer, 172, out var length) || pair.There.UnprotectRtp(buffer.AsSpan(0, length), out _) != SrtpResult.Ok)
            {
                throw new InvalidOperationException($"Packet {i} did not pass.");
            }
        }

        for (var i = 0; i < 200; i++)
        {
            Turn(i);
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 200; i < 5000; i++)
        {
            Turn(i);
        }
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
