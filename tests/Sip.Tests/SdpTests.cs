using System.Net;
using CallCenter.Sip.Sdp;

namespace CallCenter.Sip.Tests;

/// <summary>Session descriptions and offer/answer (RFC 8866, RFC 3264).</summary>
public sealed class SdpTests
{
    private static readonly SdpCapabilities Ours = new() { Address = IPAddress.Parse("192.0.2.10"), Port = 20000, SessionId = 7, Version = 3 };

    [Fact]
    public void An_answer_takes_the_offers_first_codec_that_we_have_and_its_payload_types()
    {
        var agreed = Answer("m=audio 4000 RTP/AVP 9 0 8 96\na=rtpmap:96 telephone-event/8000\na=fmtp:96 0-16\na=ptime:30\na=sendrecv\n");
        agreed.Audio.ShouldBe(new NegotiatedAudio(SdpCodec.Pcmu, 96, IPEndPoint.Parse("198.51.100.5:4000"), 4001, SdpDirection.SendRecv, 30, false));
        agreed.Local.ToString().ShouldBe("""
            v=0
            o=- 7 3 IN IP4 192.0.2.10
            s=-
            c=IN IP4 192.0.2.10
            t=0 0
            m=audio 20000 RTP/AVP 0 96
            a=rtpmap:0 PCMU/8000
            a=rtpmap:96 telephone-event/8000
            a=fmtp:96 0-15
            a=ptime:30
            a=sendrecv

            """.ReplaceLineEndings("\r\n"));
    }

    [Fact]
    public void Other_media_is_refused_in_its_place()
    {
        var agreed = Answer("m=video 5000 RTP/AVP 31\nm=audio 4000 RTP/AVP 8\nm=audio 4002 RTP/AVP 8\n");
        agreed.Local.Media.Select(m => (m.Type, m.Port)).ShouldBe([("video", 0), ("audio", 20000), ("audio", 0)]);
        agreed.Audio.TelephoneEvent.ShouldBeNull();
    }

    [Theory]
    [InlineData("m=audio 4000 RTP/AVP 9 18\n")]
    [InlineData("m=audio 0 RTP/AVP 8\n")]
    [InlineData("m=audio 4000 RTP/SAVP 8\n")]
    [InlineData("m=audio 4000 RTP/AVP 101\na=rtpmap:101 telephone-event/8000\n")]
    [InlineData("m=audio 4000 RTP/AVP 8\na=rtpmap:8 PCMA/16000\n")]
    [InlineData("m=video 4000 RTP/AVP 31\n")]
    [InlineData("")]
    public void Without_a_common_codec_it_is_488(string media) =>
        SdpNegotiator.Answer(Offer(media), Ours).ShouldBe(SdpNegotiator.NoCommonCodec);

    [Theory]
    [InlineData("sendrecv", SdpDirection.SendRecv, false)]
    [InlineData("sendonly", SdpDirection.RecvOnly, true)]
    [InlineData("recvonly", SdpDirection.SendOnly, false)]
    [InlineData("inactive", SdpDirection.Inactive, true)]
    public void Direction_is_mirrored_and_hold_is_seen(string theirs, SdpDirection ours, bool held)
    {
        foreach (var offer in new[] { Offer($"m=audio 4000 RTP/AVP 8\na={theirs}\n"), Offer("m=audio 4000 RTP/AVP 8\n", $"a={theirs}\n") })
        {
            var agreed = SdpNegotiator.Answer(offer, Ours).ShouldBeOfType<SdpAgreed>();
            (agreed.Audio.Direction, agreed.Audio.IsHeld).ShouldBe((ours, held));
            agreed.Local.DirectionOf(agreed.Local.Media[0]).ShouldBe(ours);
        }
    }

    [Fact]
    public void The_black_hole_address_is_hold()
    {
        var agreed = Answer("m=audio 4000 RTP/AVP 8\nc=IN IP4 0.0.0.0\n");
        (agreed.Audio.IsHeld, agreed.Audio.Remote, agreed.Audio.Direction).ShouldBe((true, null, SdpDirection.RecvOnly));
    }

    [Fact]
    public void The_medias_own_address_wins_and_IPv6_is_read()
    {
        Answer("m=audio 4000 RTP/AVP 8\nc=IN IP6 2001:db8::9\na=rtcp:4100\n").Audio.ShouldSatisfyAllConditions(
            audio => audio.Remote.ShouldBe(IPEndPoint.Parse("[2001:db8::9]:4000")),
            audio => audio.RemoteRtcpPort.ShouldBe(4100));
        SdpNegotiator.Offer(Ours with { Address = IPAddress.Parse("2001:db8::1") }).ToString().ShouldContain("c=IN IP6 2001:db8::1\r\n");
    }

    [Fact]
    public void An_answer_to_our_offer_is_read()
    {
        var offer = SdpNegotiator.Offer(Ours);
        offer.Media[0].Formats.ShouldBe(["8", "0", "101"]);
        SdpNegotiator.Accept(offer, Offer("m=audio 4000 RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000\na=recvonly\n"))
            .ShouldBeOfType<SdpAgreed>().Audio.ShouldBe(new NegotiatedAudio(SdpCodec.Pcmu, 101, IPEndPoint.Parse("198.51.100.5:4000"), 4001, SdpDirection.SendOnly, 20, false));
        SdpNegotiator.Accept(offer, Offer("m=audio 0 RTP/AVP 8\n")).ShouldBe(SdpNegotiator.NoCommonCodec);
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var written = SdpNegotiator.Offer(Ours).ToString();
        SdpSession.TryParse(written, out var read, out _).ShouldBeTrue();
        read.ToString().ShouldBe(written);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("v=0\no=short\n")]
    [InlineData("v=0\nc=IN IP4\n")]
    [InlineData("v=0\nm=audio x RTP/AVP 0\n")]
    [InlineData("v=0\nm=audio 70000 RTP/AVP 0\n")]
    [InlineData("v=0\nm=audio 4000/0 RTP/AVP 0\n")]
    [InlineData("v=0\nm=audio 4000 RTP/AVP\n")]
    public void A_malformed_description_is_400(string text) =>
        SdpNegotiator.Answer(text, Ours).ShouldBeOfType<SdpRefused>().Code.ShouldBe(400);

    private static SdpAgreed Answer(string media) => SdpNegotiator.Answer(Offer(media), Ours).ShouldBeOfType<SdpAgreed>();

    private static string Offer(string media, string session = "") =>
        ("v=0\no=alice 2890844526 2890844526 IN IP4 198.51.100.5\ns=-\nc=IN IP4 198.51.100.5\nt=0 0\n" + session + media).ReplaceLineEndings("\r\n");
}
