using CallCenter.Media.Rtp;

namespace CallCenter.Media.Tests;

/// <summary>Sequence and timestamp of what a leg sends, over changes of source (RFC 3550, section 5.1). Times in samples.</summary>
public class SendStreamTests
{
    private readonly SendStream _stream = new();

    private static RtpPacket Packet(ushort sequence, uint timestamp, uint ssrc = 1) => new(false, 8, sequence, timestamp, ssrc, 12, 160);

    private (ushort Sequence, uint Timestamp, bool Joined) Relay(ushort sequence, uint timestamp, long now, uint ssrc = 1)
    {
        _stream.TryRelay(Packet(sequence, timestamp, ssrc), now, out var mappedSequence, out var mappedTimestamp, out var joined).ShouldBeTrue();
        return (mappedSequence, mappedTimestamp, joined);
    }

    [Fact]
    public void A_relayed_stream_keeps_its_gaps_and_wraps()
    {
        var first = Relay(0xFFFE, uint.MaxValue - 159, 0);
        first.Joined.ShouldBeTrue();
        var second = Relay(0xFFFF, 0, 160);
        var third = Relay(3, 640, 800);
        ((ushort)(second.Sequence - first.Sequence)).ShouldBe((ushort)1);
        ((ushort)(third.Sequence - first.Sequence)).ShouldBe((ushort)5);
        (second.Timestamp - first.Timestamp).ShouldBe(160u);
        (third.Timestamp - first.Timestamp).ShouldBe(800u);
        third.Joined.ShouldBeFalse();
    }

    [Fact]
    public void A_player_after_a_relay_and_a_relay_after_a_player_continue()
    {
        var relayed = Relay(7, 1000, 0);
        var played = _stream.Next(fresh: true, 400);
        ((ushort)(played.Sequence - relayed.Sequence)).ShouldBe((ushort)1);
        (played.Timestamp - relayed.Timestamp).ShouldBe(400u);
        var frame = _stream.Next(fresh: false, 560);
        (frame.Timestamp - played.Timestamp).ShouldBe(160u);
        var again = Relay(50, 9_999, 600);
        again.Joined.ShouldBeTrue();
        ((ushort)(again.Sequence - frame.Sequence)).ShouldBe((ushort)1);
        // Only 40 samples have passed, but a frame of 160 was sent.
        (again.Timestamp - frame.Timestamp).ShouldBe(160u);
    }

    [Fact]
    public void Reordered_packets_keep_their_place_but_none_from_before_the_join()
    {
        _ = Relay(100, 16_000, 0);
        var later = Relay(102, 16_320, 320);
        var early = Relay(101, 16_160, 330);
        ((ushort)(later.Sequence - early.Sequence)).ShouldBe((ushort)1);
        _stream.TryRelay(Packet(99, 15_840), 340, out _, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void The_bound_for_old_packets_holds_after_the_numbers_wrapped()
    {
        for (var i = 0; i < 100_000; i++)
        {
            _ = Relay((ushort)i, (uint)(i * 160), i * 160L);
        }
        _ = Relay(unchecked((ushort)(100_000 - 3)), (100_000 - 3) * 160u, 100_000 * 160L);
    }

    [Theory]
    [InlineData(5000, 1160)]        // sequence jumps
    [InlineData(8, 900_000)]        // timestamp jumps ahead
    [InlineData(8, 4_000_000_000)]  // and back
    public void A_sender_that_restarts_its_numbers_is_joined_anew(ushort sequence, uint timestamp)
    {
        var before = Relay(7, 1000, 0);
        var after = Relay(sequence, timestamp, 160);
        after.Joined.ShouldBeTrue();
        ((ushort)(after.Sequence - before.Sequence)).ShouldBe((ushort)1);
        (after.Timestamp - before.Timestamp).ShouldBe(160u);
    }
}
