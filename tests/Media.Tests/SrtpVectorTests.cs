using CallCenter.Media.Srtp;

namespace CallCenter.Media.Tests;

/// <summary>The RFCs' own numbers.</summary>
public class SrtpVectorTests
{
    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));

    private static readonly byte[] GcmKey = Hex("000102030405060708090a0b0c0d0e0f");
    private static readonly byte[] GcmSalt = Hex("517569642070726f2071756f");

    [Theory]
    [InlineData(0, "C61E7A93744F39EE10734AFE3FF7A087")]
    [InlineData(1, "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD175578EF72270986371C10C9A369AC2F94A8C5FBCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2")]
    [InlineData(2, "30CBBC08863D8C85D49DB34A9AE1")]
    public void Session_keys_are_those_of_RFC_3711_appendix_B_3(byte label, string expected)
    {
        var keys = new SrtpKeys(SrtpProfile.AesCm128HmacSha1Tag80, Hex("E1F97A0D3E018BE0D64FA32C06DE4139"), Hex("0EC675AD498AFEEBB6960B3AABE6"));
        var derived = new byte[expected.Length / 2];
        keys.Derive(label, derived);
        Convert.ToHexString(derived).ShouldBe(expected);
    }

    [Fact]
    public void A_salt_of_GCM_is_filled_up_with_zeros_before_the_label_is_added()
    {
        var keys = new SrtpKeys(SrtpProfile.AeadAes128Gcm, GcmKey, Hex("404142434445464748494a4b"));
        var salt = new byte[12];
        keys.Derive(2, salt);
        // As libsrtp 2.5 derives it.
        Convert.ToHexString(salt).ShouldBe("1FCD5D561E66DC49EC1C3CCB");
    }

    [Fact]
    public void The_key_stream_of_counter_mode_is_that_of_RFC_3711_appendix_B_2()
    {
        const int Blocks = 0xFF02;
        using var transform = new CounterModeTransform(Hex("2B7E151628AED2A6ABF7158809CF4F3C"), Hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD"), new byte[20]);
        var packet = new byte[12 + (Blocks * 16) + 10];
        transform.SealRtp(packet, 12, ssrc: 0, index: 0);
        string Block(int number) => Convert.ToHexString(packet.AsSpan(12 + (number * 16), 16));
        Block(0).ShouldBe("E03EAD0935C95E80E166B16DD92B4EB4");
        Block(1).ShouldBe("D23513162B02D0F72A43A2FE4A5F97AB");
        Block(2).ShouldBe("41E95B3BB0A2E8DD477901E4FCA894C0");
        Block(0xFEFF).ShouldBe("EC8CDF7398607CB0F2D21675EA9EA1E4");
        Block(0xFF00).ShouldBe("362B7C3C6773516318A077D7FC5073AE");
        Block(0xFF01).ShouldBe("6A2CC3787889374FBEB4C81B17BA6C44");
    }

    [Fact]
    public void A_packet_of_counter_mode_is_that_of_libsrtp()
    {
        var keys = new SrtpKeys(SrtpProfile.AesCm128HmacSha1Tag80, Hex("E1F97A0D3E018BE0D64FA32C06DE4139"), Hex("0EC675AD498AFEEBB6960B3AABE6"));
        using var session = new SrtpSession(keys, keys);
        var plain = Hex("800f1234decafbadcafebabeabababababababababababababababab");
        var buffer = new byte[plain.Length + SrtpProfiles.GrowthMax];
        plain.CopyTo(buffer, 0);
        session.TryProtectRtp(buffer, plain.Length, out var length).ShouldBeTrue();
        Convert.ToHexString(buffer.AsSpan(0, length)).ShouldBe("800F1234DECAFBADCAFEBABE4E55DC4CE79978D88CA4D215949D2402B78D6ACC99EA179B8DBB");
        session.UnprotectRtp(buffer.AsSpan(0, length), out var left).ShouldBe(SrtpResult.Ok);
        buffer.AsSpan(0, left).ToArray().ShouldBe(plain);
    }

    [Fact]
    public void An_RTP_packet_of_GCM_is_that_of_RFC_7714_section_16_1()
    {
        using var transform = new GcmTransform(GcmKey, GcmSalt);
        var plain = Hex("8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465 73207472 6573");
        var packet = new byte[plain.Length + 16];
        plain.CopyTo(packet, 0);
        transform.SealRtp(packet, 12, 0x5501A0B2, 0xF17B);
        packet.ShouldBe(Hex("8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b 36de3adf 8833 899d7f27 beb16a91 52cf765e e4390cce"));
        transform.TryOpenRtp(packet, 12, 0x5501A0B2, 0xF17B).ShouldBeTrue();
        packet.AsSpan(0, plain.Length).ToArray().ShouldBe(plain);
    }

    [Fact]
    public void An_RTCP_packet_of_GCM_is_that_of_RFC_7714_section_17_1()
    {
        using var transform = new GcmTransform(GcmKey, GcmSalt);
        var plain = Hex("81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef deadbeef deadbeef deadbeef");
        var packet = new byte[plain.Length + 20];
        plain.CopyTo(packet, 0);
        transform.SealRtcp(packet, 0x4D617273, 0x5D4);
        packet.ShouldBe(Hex("81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda 4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4"));
        transform.ReadRtcpIndex(packet).ShouldBe(0x800005D4u);
        transform.TryOpenRtcp(packet, 0x4D617273, 0x5D4).ShouldBeTrue();
        packet.AsSpan(0, plain.Length).ToArray().ShouldBe(plain);
    }
}
