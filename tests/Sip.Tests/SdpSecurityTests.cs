using System.Net;
using CallCenter.Sip.Sdp;

namespace CallCenter.Sip.Tests;

/// <summary>Descriptions of protected media: DTLS-SRTP with ICE (RFC 5763, RFC 8839), SDES (RFC 4568).</summary>
public sealed class SdpSecurityTests
{
    private const string Hash = "4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB:4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF";
    private const string Key = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"; // of RFC 4568 section 9.1, 30 bytes
    private const string Ice = "a=ice-ufrag:Gf9X\na=ice-pwd:k3JtQ0sWc5v8y2B7n4Zr6LpX\n";
    private static readonly SdpCapabilities Plain = new() { Address = IPAddress.Parse("192.0.2.10"), Port = 20000 };
    private static readonly DtlsSecurity Own = new($"sha-256 {Hash}", "aBcD", "0123456789abcdef012345");
    private static readonly SdpCapabilities Dtls = Plain with { Security = Own };
    private static readonly SdpCapabilities Sdes = Plain with
    {
        Security = new SdesSecurity([SdpCrypto.Parse($"1 AEAD_AES_128_GCM inline:{new string('A', 37)}E==")!.ShouldBeKept(), SdpCrypto.Parse($"2 AES_CM_128_HMAC_SHA1_80 inline:{Key}")!.ShouldBeKept()]),
    };

    [Fact]
    public void Our_offer_of_dtls_has_what_a_browser_needs()
    {
        var offer = SdpNegotiator.Offer(Dtls).ToString();
        foreach (var line in new[]
        {
            "m=audio 20000 UDP/TLS/RTP/SAVPF 8 0 101", "a=ice-lite", "a=ice-ufrag:aBcD", "a=ice-pwd:0123456789abcdef012345", $"a=fingerprint:sha-256 {Hash}", "a=setup:actpass",
            "a=rtcp-mux", "a=candidate:1 1 UDP 2130706431 192.0.2.10 20000 typ host",
        })
        {
            offer.ShouldContain(line + "\r\n");
        }
    }

    [Fact]
    public void A_browsers_offer_is_answered_and_its_address_says_nothing()
    {
        var agreed = Answer($"m=audio 9 UDP/TLS/RTP/SAVPF 111 8 126\na=rtpmap:111 opus/48000/2\na=rtpmap:126 telephone-event/8000\nc=IN IP4 0.0.0.0\n{Ice}a=fingerprint:SHA-256 {Hash.ToLowerInvariant()}\na=setup:actpass\na=rtcp-mux\n", Dtls);
        agreed.Audio.Security.ShouldBe(new DtlsSecurity($"sha-256 {Hash}", "Gf9X", "k3JtQ0sWc5v8y2B7n4Zr6LpX"));
        (agreed.Audio.Remote, agreed.Audio.IsHeld, agreed.Audio.Direction, agreed.Audio.TelephoneEvent).ShouldBe((null, false, SdpDirection.SendRecv, 126));
        var answer = agreed.Local.ToString();
        answer.ShouldContain("a=setup:passive\r\n");
        answer.ShouldContain("m=audio 20000 UDP/TLS/RTP/SAVPF 8 126\r\n");
    }

    [Fact]
    public void Lines_of_the_session_count_for_the_media()
    {
        var agreed = Answer("m=audio 9 UDP/TLS/RTP/SAVPF 8\na=rtcp-mux\n", Dtls, $"{Ice}a=fingerprint:sha-1 AA:BB\na=fingerprint:sha-512 {Hash}:{Hash}\na=setup:active\n");
        agreed.Audio.Security.ShouldBeOfType<DtlsSecurity>().Fingerprint.ShouldBe($"sha-512 {Hash}:{Hash}");
    }

    [Theory]
    [InlineData("a=setup:passive\na=rtcp-mux\na=fingerprint:sha-256 {H}\n{I}")]
    [InlineData("a=rtcp-mux\na=fingerprint:sha-256 {H}\n{I}")]
    [InlineData("a=setup:actpass\na=fingerprint:sha-256 {H}\n{I}")]
    [InlineData("a=setup:actpass\na=rtcp-mux\n{I}")]
    [InlineData("a=setup:actpass\na=rtcp-mux\na=fingerprint:sha-256 AA:BB\n{I}")]
    [InlineData("a=setup:actpass\na=rtcp-mux\na=fingerprint:sha-1 {H}\n{I}")]
    [InlineData("a=setup:actpass\na=rtcp-mux\na=fingerprint:sha-256 {H}\n")]
    [InlineData("a=setup:actpass\na=rtcp-mux\na=fingerprint:sha-256 {H}\na=ice-ufrag:abc\na=ice-pwd:0123456789abcdef012345\n")]
    [InlineData("a=setup:actpass\na=rtcp-mux\na=fingerprint:sha-256 {H}\na=ice-ufrag:abcd\na=ice-pwd:short\n")]
    public void What_says_too_little_of_dtls_is_488(string lines) =>
        SdpNegotiator.Answer(Text($"m=audio 9 UDP/TLS/RTP/SAVPF 8\n{lines.Replace("{H}", Hash, StringComparison.Ordinal).Replace("{I}", Ice, StringComparison.Ordinal)}"), Dtls).ShouldBe(SdpNegotiator.NoCommonCodec);

    [Fact]
    public void Protection_is_never_dropped_nor_made_up()
    {
        var offers = new[] { $"m=audio 9 UDP/TLS/RTP/SAVPF 8\n{Ice}a=fingerprint:sha-256 {Hash}\na=setup:actpass\na=rtcp-mux\n", $"m=audio 4000 RTP/SAVP 8\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{Key}\n", "m=audio 4000 RTP/AVP 8\n" };
        var ours = new[] { Dtls, Sdes, Plain };
        for (var o = 0; o < offers.Length; o++)
        {
            for (var u = 0; u < ours.Length; u++)
            {
                (SdpNegotiator.Answer(Text(offers[o]), ours[u]) is SdpAgreed).ShouldBe(o == u, $"{offers[o]} with {ours[u].Security}");
            }
        }

        offers.Select(o => SdpNegotiator.ProtectionOf(Text(o))).ShouldBe([SdpProtection.Dtls, SdpProtection.Sdes, SdpProtection.None]);
        SdpNegotiator.Accept(SdpNegotiator.Offer(Dtls), Text("m=audio 4000 RTP/AVP 8\n")).ShouldBe(SdpNegotiator.NoCommonCodec);
        SdpNegotiator.Accept(SdpNegotiator.Offer(Sdes), Text("m=audio 4000 RTP/AVP 8\n")).ShouldBe(SdpNegotiator.NoCommonCodec);
    }

    [Fact]
    public void An_answer_of_a_browser_must_be_the_active_side()
    {
        var lines = $"m=audio 9 UDP/TLS/RTP/SAVPF 8\n{Ice}a=fingerprint:sha-256 {Hash}\na=rtcp-mux\n";
        SdpNegotiator.Accept(SdpNegotiator.Offer(Dtls), Text(lines + "a=setup:active\n")).ShouldBeOfType<SdpAgreed>().Audio.Security.ShouldBeOfType<DtlsSecurity>();
        SdpNegotiator.Accept(SdpNegotiator.Offer(Dtls), Text(lines + "a=setup:actpass\n")).ShouldBe(SdpNegotiator.NoCommonCodec);
        SdpNegotiator.Accept(SdpNegotiator.Offer(Dtls), Text(lines + "a=setup:passive\n")).ShouldBe(SdpNegotiator.NoCommonCodec);
    }

    [Fact]
    public void Of_keys_in_the_offer_the_first_that_we_have_is_answered_with_its_tag_and_our_key()
    {
        var agreed = Answer($"m=audio 4000 RTP/SAVP 8\na=crypto:3 F8_128_HMAC_SHA1_80 inline:{Key}\na=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:{Key}|2^20\na=crypto:8 AES_CM_128_HMAC_SHA1_32 inline:{Key}\n", Sdes);
        agreed.Audio.Security.ShouldBeOfType<SdesSecurity>().Crypto.ShouldBe([new SdpCrypto(7, "AES_CM_128_HMAC_SHA1_80", Key)]);
        agreed.Local.Media[0].Attributes.Where(a => a.Name == "crypto").ShouldHaveSingleItem().Value.ShouldBe($"7 AES_CM_128_HMAC_SHA1_80 inline:{Key}");
        agreed.Local.Media[0].Protocol.ShouldBe("RTP/SAVP");
    }

    [Fact]
    public void An_answers_key_must_be_of_a_line_that_was_offered()
    {
        var offer = SdpNegotiator.Offer(Sdes);
        SdpNegotiator.Accept(offer, Text($"m=audio 4000 RTP/SAVP 8\na=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:{Key}\n")).ShouldBeOfType<SdpAgreed>();
        SdpNegotiator.Accept(offer, Text($"m=audio 4000 RTP/SAVP 8\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{Key}\n")).ShouldBe(SdpNegotiator.NoCommonCodec);
    }

    [Theory]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:AAAA")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:{K}|1:4")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:{K} UNENCRYPTED_SRTP")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 uri:{K}")]
    [InlineData("x AES_CM_128_HMAC_SHA1_80 inline:{K}")]
    [InlineData("1 NULL_HMAC_SHA1_80 inline:{K}")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:!!!!")]
    [InlineData("")]
    public void A_key_line_that_asks_for_more_or_says_less_is_passed_over(string line) =>
        SdpCrypto.Parse(line.Replace("{K}", Key, StringComparison.Ordinal)).ShouldBeNull();

    [Fact]
    public void A_key_never_reaches_text_by_itself() => Sdes.Security!.ToString().ShouldNotContain(Key);

    private static SdpAgreed Answer(string media, SdpCapabilities ours, string session = "") => SdpNegotiator.Answer(Text(media, session), ours).ShouldBeOfType<SdpAgreed>();

    private static string Text(string media, string session = "") => $"v=0\no=- 1 1 IN IP4 198.51.100.5\ns=-\nc=IN IP4 198.51.100.5\nt=0 0\n{session}{media}".ReplaceLineEndings("\r\n");
}

file static class Kept
{
    public static SdpCrypto ShouldBeKept(this SdpCrypto? crypto) => crypto.ShouldNotBeNull();
}
