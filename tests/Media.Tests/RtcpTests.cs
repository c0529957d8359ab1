using CallCenter.Media.Rtp;

namespace CallCenter.Media.Tests;

public class RtcpTests
{
    private sealed class Side
    {
        public SendStream Sent { get; } = new();
        public ReceiveStatistics Received { get; } = new();
        public RtcpSession Rtcp { get; }
        public Side(string name) => Rtcp = new RtcpSession(name, Sent, Received);
    }

    private static readonly DateTimeOffset Start = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static RtpPacket Packet(ushort sequence, uint timestamp, uint ssrc) => new(false, 8, sequence, timestamp, ssrc, 12, 160);

    [Fact]
    public void Reports_tell_loss_jitter_and_round_trip()
    {
        var (here, there) = (new Side("here"), new Side("there"));
        here.Sent.Next(true, 0);
        here.Sent.Count(160);
        // 100 packets reach the other side, 10 of them lost on the way, each second one 10 ms late.
        for (ushort i = 0; i < 100; i++)
        {
            if (i % 10 != 5)
            {
                there.Received.Add(Packet(i, i * 160u, here.Sent.Ssrc), (i * 160) + (i % 2 * 80));
            }
        }
        var data = new byte[RtcpSession.BytesMax];
        var length = here.Rtcp.Write(data, Start, 0);
        data[1].ShouldBe((byte)200);
        there.Rtcp.TryRead(data.AsSpan(0, length), Start.AddMilliseconds(30)).ShouldBeTrue();
        length = there.Rtcp.Write(data, Start.AddMilliseconds(1030), 8000);
        data[1].ShouldBe((byte)201);
        (length % 4).ShouldBe(0);
        here.Rtcp.TryRead(data.AsSpan(0, length), Start.AddMilliseconds(1070)).ShouldBeTrue();

        here.Rtcp.RoundTripMs!.Value.ShouldBe(70, 0.1);
        here.Rtcp.RemotePacketsLost.ShouldBe(10);
        here.Rtcp.RemoteJitterMs!.Value.ShouldBe(10, 2);
    }

    [Fact]
    public void Loss_counts_over_wraps_duplicates_and_new_streams()
    {
        var received = new ReceiveStatistics();
        for (var i = 65_500; i < 65_600; i++)
        {
            if (i != 65_550)
            {
                received.Add(Packet((ushort)i, (uint)(i * 160), 1), i * 160);
            }
        }
        received.Lost.ShouldBe(1);
        received.Add(Packet(63, 63 * 160, 1), 0);
        received.Lost.ShouldBe(0);
        received.Add(Packet(7, 0, 2), 0);
        received.Add(Packet(10, 480, 2), 480);
        received.Lost.ShouldBe(2);
        received.Streams.ShouldBe(2);
        received.Add(Packet(40_000, 640, 2), 640);
        received.Lost.ShouldBe(2);
    }

    [Fact]
    public void A_goodbye_and_the_name_are_in_the_compound()
    {
        var side = new Side("abc");
        var data = new byte[RtcpSession.BytesMax];
        var length = side.Rtcp.Write(data, Start, 0, goodbye: true);
        var hex = Convert.ToHexString(data.AsSpan(0, length));
        var ssrc = side.Sent.Ssrc.ToString("X8", null);
        // RR without blocks; SDES with CNAME abc, ended and padded by zeros; BYE.
        hex.ShouldBe("80C90001" + ssrc + "81CA0003" + ssrc + "0103616263000000" + "81CB0001" + ssrc);
        new Side("x").Rtcp.TryRead(data.AsSpan(0, length), Start).ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("80C90001")]
    [InlineData("80C9000200000001")]         // longer than it is
    [InlineData("40C9000100000001")]         // version 1
    [InlineData("80CA000100000001")]         // does not begin with a report
    [InlineData("80C900010000000180CA00")]   // half a second packet
    public void What_is_no_compound_is_refused(string hex) =>
        new Side("x").Rtcp.TryRead(Convert.FromHexString(hex), Start).ShouldBeFalse();

    [Fact]
    public async Task Two_legs_know_their_round_trip()
    {
        await using var net = new Loopback(options => options with { RtcpInterval = TimeSpan.FromMilliseconds(200) });
        var (leg, phone) = await net.Party("caller", PayloadFormat.Pcma);
        phone.Leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        await Wait.Until(async () => (await leg.GetStatistics()).RoundTripMs is not null);
        var statistics = await leg.GetStatistics();
        statistics.RoundTripMs!.Value.ShouldBeInRange(0, 200);
        statistics.RemotePacketsLost.ShouldBe(0);
        statistics.PacketsLost.ShouldBe(0);
        statistics.LastPacketAt.ShouldNotBeNull();
        statistics.Latched!.Port.ShouldBe(phone.Port);
    }

    [Fact]
    public async Task A_report_of_a_foreign_host_is_dropped()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        using var attacker = new RawPeer("127.0.0.2");
        var leg = net.OpenLeg();
        await leg.SetRemote(Loopback.Remote(peer.Port, PayloadFormat.Pcma));
        attacker.Send(leg.LocalRtcp, Convert.FromHexString("80C9000100000001"));
        await Wait.Until(async () => (await leg.GetStatistics()).Dropped[DropReason.ForeignAddress] == 1);
    }

    [Fact]
    public async Task Closing_says_goodbye()
    {
        await using var net = new Loopback();
        using var peer = new RawPeer();
        var leg = net.OpenLeg();
        await leg.SetRemote(Loopback.Remote(9, PayloadFormat.Pcma) with { Rtcp = peer.Address });
        await leg.Close();
        var report = await peer.ReceiveBytes();
        report[1].ShouldBe((byte)201);
        report.AsSpan(report.Length - 8, 2).ToArray().ShouldBe([0x81, 0xCB]);
    }
}
