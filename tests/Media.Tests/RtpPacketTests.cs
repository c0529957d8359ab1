using CallCenter.Media.Rtp;

namespace CallCenter.Media.Tests;

public class RtpPacketTests
{
    [Fact]
    public void A_header_comes_back_as_it_was_written()
    {
        var data = new byte[RtpPacket.HeaderSize + 3];
        RtpPacket.WriteHeader(data, true, 101, 0xFFFE, 0xDEADBEEF, 0xCAFE0001);
        RtpPacket.TryParse(data, out var packet).ShouldBeTrue();
        packet.ShouldBe(new RtpPacket(true, 101, 0xFFFE, 0xDEADBEEF, 0xCAFE0001, 12, 3));
    }

    [Theory]
    [InlineData("80080001 00000002 00000003 AABB", 12, 2)]
    [InlineData("82080001 00000002 00000003 00000004 00000005 AA", 20, 1)]                 // two CSRC
    [InlineData("90080001 00000002 00000003 BEDE0001 01020304 AABBCC", 20, 3)]             // extension of one word
    [InlineData("A0080001 00000002 00000003 AABB0003", 12, 1)]                             // padding of 3
    [InlineData("B1080001 00000002 00000003 00000004 BEDE0000 AABBCCDD00000004", 20, 4)]   // all of them
    [InlineData("80080001 00000002 00000003", 12, 0)]
    public void The_payload_is_found(string hex, int offset, int length)
    {
        RtpPacket.TryParse(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), out var packet).ShouldBeTrue();
        (packet.PayloadOffset, packet.PayloadLength).ShouldBe((offset, length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("80080001 00000002 000000")]                   // short
    [InlineData("40080001 00000002 00000003 AABB")]            // version 1
    [InlineData("8F080001 00000002 00000003 AABB")]            // 15 CSRC that are not there
    [InlineData("90080001 00000002 00000003 BEDE")]            // half an extension header
    [InlineData("90080001 00000002 00000003 BEDE0002 01020304")]
    [InlineData("A0080001 00000002 00000003 AABB00FF")]        // more padding than payload
    [InlineData("A0080001 00000002 00000003 AABB0000")]        // padding that says zero
    public void What_does_not_fit_is_refused(string hex) =>
        RtpPacket.TryParse(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), out _).ShouldBeFalse();
}
