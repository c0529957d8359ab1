namespace CallCenter.Media;

/// <summary>SRTP protection profiles, by their numbers in DTLS (RFC 5764, 4.1.2; RFC 7714, 14.2). Both cover RTP and RTCP.</summary>
public enum SrtpProfile
{
    /// <summary>AES_CM_128_HMAC_SHA1_80: counter mode, 80-bit tag (RFC 3711).</summary>
    AesCm128HmacSha1Tag80 = 1,
    /// <summary>AEAD_AES_128_GCM: 128-bit tag (RFC 7714).</summary>
    AeadAes128Gcm = 7,
}

internal static class SrtpProfiles
{
    /// <summary>Bytes of a master key.</summary>
    public const int KeySize = 16;

    /// <summary>Bytes of the longest master salt.</summary>
    public const int SaltSizeMax = 14;

    /// <summary>Bytes by which the larger of a protected RTP and RTCP packet grows at most: tag and SRTCP index.</summary>
    public const int GrowthMax = 16 + 4;

    /// <summary>Best first.</summary>
    public static readonly SrtpProfile[] Preferred = [SrtpProfile.AeadAes128Gcm, SrtpProfile.AesCm128HmacSha1Tag80];

    public static int SaltSize(this SrtpProfile profile) => profile == SrtpProfile.AeadAes128Gcm ? 12 : 14;

    public static int TagSize(this SrtpProfile profile) => profile == SrtpProfile.AeadAes128Gcm ? 16 : 10;

    /// <summary>The crypto suite's name in SDP (RFC 4568, 6.2; RFC 7714, 14.1).</summary>
    public static string SuiteName(this SrtpProfile profile) =>
        profile == SrtpProfile.AeadAes128Gcm ? "AEAD_AES_128_GCM" : "AES_CM_128_HMAC_SHA1_80";
}
