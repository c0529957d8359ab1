using CallCenter.Media.Srtp;

namespace CallCenter.Media.Tests;

/// <summary>Keys in the SDP (RFC 4568): two legs of ours as gateway and phone.</summary>
public class SdesTests
{
    private static MediaLeg Open(Loopback net, string name, Action<MediaEvent>? onEvent = null) =>
        net.Engine.TryOpenLeg(new LegOptions { Name = name, Security = MediaSecurity.Sdes, OnEvent = onEvent }, out var leg, out var error)
            ? leg
            : throw new InvalidOperationException(error.ToString());

    private static SdesCrypto LineOf(MediaLeg leg, SrtpProfile profile) => leg.LocalSecurity!.Crypto.Single(each => each.Profile == profile);

    private static RemoteMedia Remote(MediaLeg other, SdesCrypto line) =>
        Loopback.Remote(other.LocalRtp.Port, PayloadFormat.Pcma) with { Security = new RemoteSecurity { Crypto = line } };

    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80)]
    public async Task A_phone_with_keys_in_its_SDP_is_heard_and_hears(SrtpProfile profile)
    {
        await using var net = new Loopback(options => options with { RtcpInterval = TimeSpan.FromMilliseconds(100) });
        var (gateway, phone) = (Open(net, "gateway"), Open(net, "phone"));
        // The phone answers the gateway's offer with the tag of the line it chose.
        var offered = LineOf(gateway, profile);
        await phone.SetRemote(Remote(gateway, offered));
        await gateway.SetRemote(Remote(phone, LineOf(phone, profile) with { Tag = offered.Tag }));
        phone.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        gateway.Play(Tones.Sine(880, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        await Wait.Until(async () => (await gateway.GetStatistics()) is { PacketsReceived: > 10, RoundTripMs: not null });
        var statistics = await gateway.GetStatistics();
        statistics.Security.ShouldBe(profile);
        statistics.Dropped[DropReason.Unauthenticated].ShouldBe(0);
        statistics.PacketsLost.ShouldBe(0);
        (await phone.GetStatistics()).PacketsReceived.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task New_keys_of_a_re_INVITE_replace_the_old_ones()
    {
        await using var net = new Loopback();
        var (gateway, phone, other) = (Open(net, "gateway"), Open(net, "phone"), Open(net, "other"));
        var profile = SrtpProfile.AeadAes128Gcm;
        await gateway.SetRemote(Remote(phone, LineOf(phone, profile)));
        await phone.SetRemote(Remote(gateway, LineOf(gateway, profile)));
        var playing = phone.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        await Wait.Until(async () => (await gateway.GetStatistics()).PacketsReceived > 0);
        await playing.Stop();
        await phone.Close();
        await gateway.SetRemote(Remote(other, LineOf(other, profile)));
        await other.SetRemote(Remote(gateway, LineOf(gateway, profile)));
        var before = (await gateway.GetStatistics()).PacketsReceived;
        other.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        await Wait.Until(async () => (await gateway.GetStatistics()).PacketsReceived > before);
    }

    [Fact]
    public async Task Plain_RTP_is_not_taken_for_SRTP_and_teaches_no_address()
    {
        await using var net = new Loopback();
        var (gateway, phone) = (Open(net, "gateway"), Open(net, "phone"));
        await gateway.SetRemote(Remote(phone, LineOf(phone, SrtpProfile.AeadAes128Gcm)));
        using var attacker = new RawPeer();
        for (ushort i = 0; i < 5; i++)
        {
            attacker.SendRtp(gateway.LocalRtp, i, i * 160u);
        }
        await Wait.Until(async () => (await gateway.GetStatistics()).Dropped[DropReason.Unauthenticated] == 5);
        (await gateway.GetStatistics()).Latched.ShouldBeNull();
    }

    [Fact]
    public void A_line_survives_writing_and_reading_and_shows_no_key_in_a_log()
    {
        foreach (var profile in SrtpProfiles.Preferred)
        {
            var line = SdesCrypto.Create(3, profile);
            SdesCrypto.TryParse(line.ToAttribute(), out var read).ShouldBeTrue();
            read.ShouldBe(line);
            SdesCrypto.TryParse(line.ToAttribute() + "|2^31", out read).ShouldBeTrue();
            read.ShouldBe(line);
            line.ToString().ShouldNotContain(line.ToAttribute()[^20..]);
            new RemoteSecurity { Crypto = line }.ToString().ShouldNotContain("inline");
        }
        new LocalSecurity { IceUfrag = "u", IcePassword = "secret", Fingerprint = "f" }.ToString().ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80")]
    [InlineData("x AES_CM_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_32 inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm|2^20|1:4")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm|1:4")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm UNENCRYPTED_SRTP")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:MTIz")]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:****************************************")]
    [InlineData("1 AEAD_AES_128_GCM inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm")]
    public void What_cannot_be_kept_is_no_line(string text) => SdesCrypto.TryParse(text, out _).ShouldBeFalse();
}
