using System.Globalization;

namespace CallCenter.Sip.Sdp;

/// <summary>How the media of a line is protected.</summary>
public enum SdpProtection
{
    /// <summary>RTP/AVP.</summary>
    None,

    /// <summary>SRTP with keys in the description (RFC 4568): only as safe as the signalling that carries them.</summary>
    Sdes,

    /// <summary>SRTP with keys from DTLS (RFC 5764), found by ICE (RFC 8839), RTP and RTCP on one port (RFC 5761).</summary>
    Dtls,
}

/// <summary>What one side says of its protected media.</summary>
public abstract record SdpSecurity;

/// <summary>The certificate's fingerprint, "sha-256 AB:CD:...", also by sha-384 and sha-512 (RFC 8122), and the credentials of ICE (RFC 8839 section 5.4).</summary>
public sealed record DtlsSecurity(string Fingerprint, string IceUfrag, string IcePassword) : SdpSecurity;

/// <summary>Keys by suite, the preferred first; in what was agreed the one that the peer sends with.</summary>
public sealed record SdesSecurity(IReadOnlyList<SdpCrypto> Crypto) : SdpSecurity;

/// <summary>An a=crypto line (RFC 4568 section 9.1). Key is the base64 of master key and salt.</summary>
public sealed record SdpCrypto(int Tag, string Suite, string Key)
{
    // Bytes of master key and salt (RFC 4568 section 6.2, RFC 6188, RFC 7714 section 14.2).
    private static readonly Dictionary<string, int> Suites = new(StringComparer.Ordinal)
    {
        ["AES_CM_128_HMAC_SHA1_80"] = 30,
        ["AES_CM_128_HMAC_SHA1_32"] = 30,
        ["AES_256_CM_HMAC_SHA1_80"] = 46,
        ["AEAD_AES_128_GCM"] = 28,
        ["AEAD_AES_256_GCM"] = 44,
    };

    /// <summary>The line's value, with the key: for no log.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Tag} {Suite} inline:{Key}");

    internal SdpAttribute Describe() => new("crypto", ToString());

    /// <summary>
    /// Reads one line; null when its suite is not known here, its key has another length, or it asks for what we do not do: a master key
    /// identifier, several keys, session parameters (all but those of RFC 4568 section 6.3.7 that may be passed over).
    /// </summary>
    public static SdpCrypto? Parse(string value)
    {
        var parts = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 3 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var tag) || !Suites.TryGetValue(parts[1], out var bytes)
            || !parts[2].StartsWith("inline:", StringComparison.OrdinalIgnoreCase) || Array.Exists(parts[3..], p => !p.StartsWith('-')))
        {
            return null;
        }

        var key = parts[2]["inline:".Length..].Split('|');
        Span<byte> decoded = stackalloc byte[64];
        return !Array.Exists(key[1..], p => p.Contains(':', StringComparison.Ordinal)) && Convert.TryFromBase64String(key[0], decoded, out var length) && length == bytes
            ? new SdpCrypto(tag, parts[1], key[0])
            : null;
    }
}

/// <summary>Reads and writes the lines of protected media.</summary>
internal static class SdpSecurityLines
{
    private const int UfragMin = 4, PasswordMin = 22, IceTextMax = 256; // RFC 8839 section 5.4

    // Bytes of a hash; the weaker ones of RFC 8122 do not count.
    private static readonly Dictionary<string, int> Hashes = new(StringComparer.OrdinalIgnoreCase) { ["sha-256"] = 32, ["sha-384"] = 48, ["sha-512"] = 64 };

    public static SdpProtection ProtectionOf(SdpSession session, SdpMedia media) => media.Protocol switch
    {
        "UDP/TLS/RTP/SAVPF" or "UDP/TLS/RTP/SAVP" => SdpProtection.Dtls,
        "RTP/SAVPF" or "RTP/SAVP" => Line(session, media, "fingerprint") is null ? SdpProtection.Sdes : SdpProtection.Dtls,
        _ => SdpProtection.None,
    };

    /// <summary>What the line says, as far as it can be used; false when it says too little.</summary>
    /// <param name="isAnswer">Of an answer the setup must be active: we are the server of DTLS.</param>
    public static bool TryRead(SdpSession session, SdpMedia media, bool isAnswer, out SdpSecurity? security)
    {
        security = ProtectionOf(session, media) switch
        {
            SdpProtection.Dtls => ReadDtls(session, media, isAnswer),
            SdpProtection.Sdes => new SdesSecurity([.. media.Attributes.Where(a => a.Name == "crypto" && a.Value is not null).Select(a => SdpCrypto.Parse(a.Value!)).OfType<SdpCrypto>()]),
            _ => null,
        };
        return security is DtlsSecurity or SdesSecurity { Crypto.Count: > 0 } || ProtectionOf(session, media) == SdpProtection.None;
    }

    /// <summary>The lines of ours.</summary>
    public static IEnumerable<SdpAttribute> Describe(SdpCapabilities ours, bool isAnswer) => ours.Security switch
    {
        DtlsSecurity d =>
        [
            new("ice-ufrag", d.IceUfrag), new("ice-pwd", d.IcePassword), new("fingerprint", d.Fingerprint),
            new("setup", isAnswer ? "passive" : "actpass"), new("rtcp-mux", null),
            new("candidate", string.Create(CultureInfo.InvariantCulture, $"1 1 UDP 2130706431 {ours.Address} {ours.Port} typ host")),
        ],
        SdesSecurity s => s.Crypto.Select(c => c.Describe()),
        _ => [],
    };

    public static string ProtocolOf(SdpSecurity? security) => security switch
    {
        DtlsSecurity => "UDP/TLS/RTP/SAVPF",
        SdesSecurity => "RTP/SAVP",
        _ => "RTP/AVP",
    };

    private static DtlsSecurity? ReadDtls(SdpSession session, SdpMedia media, bool isAnswer)
    {
        var setup = Line(session, media, "setup");
        return Fingerprint(session, media) is { } fingerprint && media.Attribute("rtcp-mux") is not null
            && (setup == "active" || (!isAnswer && setup == "actpass"))
            && Line(session, media, "ice-ufrag") is { Length: >= UfragMin and <= IceTextMax } ufrag
            && Line(session, media, "ice-pwd") is { Length: >= PasswordMin and <= IceTextMax } password
                ? new DtlsSecurity(fingerprint, ufrag, password)
                : null;
    }

    // RFC 8122 section 5: there may be several; names of hashes and digits are of any case.
    private static string? Fingerprint(SdpSession session, SdpMedia media) => media.Attributes.Concat(session.Attributes)
        .Where(a => a.Name == "fingerprint" && a.Value is not null)
        .Select(a => a.Value!.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(p => p.Length == 2 && Hashes.TryGetValue(p[0], out var bytes) && IsHash(p[1], bytes))
        .Select(p => $"{p[0].ToLowerInvariant()} {p[1].ToUpperInvariant()}")
        .FirstOrDefault();

    private static bool IsHash(string hex, int bytes) =>
        hex.Length == (bytes * 3) - 1 && !hex.Where((c, i) => i % 3 == 2 ? c != ':' : !char.IsAsciiHexDigit(c)).Any();

    private static string? Line(SdpSession session, SdpMedia media, string name) =>
        media.Attribute(name) ?? session.Attributes.Where(a => a.Name == name).Select(a => a.Value ?? "").FirstOrDefault();
}
