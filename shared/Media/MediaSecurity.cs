using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using CallCenter.Media.Dtls;
using CallCenter.Media.Srtp;

namespace CallCenter.Media;

/// <summary>How a leg's media is protected.</summary>
public enum MediaSecurity
{
    /// <summary>Plain RTP and RTCP.</summary>
    None,
    /// <summary>ICE-lite, DTLS-SRTP (RFC 5764) and RTCP on one port: browsers. We are the DTLS server.</summary>
    Dtls,
    /// <summary>SRTP with keys in the SDP (RFC 4568): phones whose signalling is encrypted.</summary>
    Sdes,
}

/// <summary>Our side's secrets and names for the SDP. <see cref="MediaLeg.LocalSecurity"/>.</summary>
public sealed record LocalSecurity
{
    /// <summary>a=ice-ufrag; empty but for DTLS.</summary>
    public string IceUfrag { get; init; } = "";

    /// <summary>a=ice-pwd; empty but for DTLS.</summary>
    public string IcePassword { get; init; } = "";

    /// <summary>a=fingerprint, algorithm and value: "sha-256 AB:CD:..."; empty but for DTLS.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>a=crypto: one line a suite, best first, for an offer. An answer takes the one whose profile was chosen, with the offer's tag. Empty but for SDES.</summary>
    public IReadOnlyList<SdesCrypto> Crypto { get; init; } = [];

    /// <summary>Without the secrets: it may reach a log.</summary>
    public override string ToString() => Fingerprint.Length > 0 ? $"ICE {IceUfrag}, {Fingerprint}" : string.Join(", ", Crypto);
}

/// <summary>What the remote's SDP says of security: the part of <see cref="RemoteMedia"/> for secure legs.</summary>
public sealed record RemoteSecurity
{
    /// <summary>a=ice-ufrag. New values mean an ICE restart.</summary>
    public string IceUfrag { get; init; } = "";

    /// <summary>a=ice-pwd.</summary>
    public string IcePassword { get; init; } = "";

    /// <summary>a=fingerprint, algorithm and value; sha-256, sha-384 and sha-512 count. A new one ends the DTLS association, the remote begins another.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>The a=crypto line in force, for SDES: of an offer the one that we choose, of an answer the only one.</summary>
    public SdesCrypto? Crypto { get; init; }

    /// <summary>Without the secrets: it may reach a log.</summary>
    public override string ToString() => Crypto is null ? $"ICE {IceUfrag}, {Fingerprint}" : Crypto.ToString();

    internal static void Validate(RemoteSecurity? remote, MediaSecurity security)
    {
        var fits = security switch
        {
            MediaSecurity.Dtls => remote is { IceUfrag.Length: > 0, IcePassword.Length: > 0 } && Dtls.Fingerprint.TryParse(remote.Fingerprint, out _),
            MediaSecurity.Sdes => remote?.Crypto is not null,
            _ => remote is null,
        };
        if (!fits)
        {
            throw new ArgumentException(security switch
            {
                MediaSecurity.Dtls => "A DTLS leg needs the remote's ice-ufrag, ice-pwd and a fingerprint by sha-256, sha-384 or sha-512.",
                MediaSecurity.Sdes => "An SDES leg needs the remote's crypto line.",
                _ => "A plain leg takes no keys: open it with LegOptions.Security.",
            });
        }
    }
}

/// <summary>One a=crypto line (RFC 4568): a tag, a suite, a key.</summary>
public sealed record SdesCrypto
{
    private const string KeyMethod = "inline:";

    private readonly byte[] _key;

    private SdesCrypto(int tag, SrtpProfile profile, byte[] key) => (Tag, Profile, _key) = (tag, profile, key);

    /// <summary>1 to 9 digits; an answer repeats the tag of the line that it chose.</summary>
    public int Tag { get; init; }
    public SrtpProfile Profile { get; }

    /// <summary>A line with a fresh key.</summary>
    public static SdesCrypto Create(int tag, SrtpProfile profile) =>
        new(tag, profile, RandomNumberGenerator.GetBytes(SrtpProfiles.KeySize + profile.SaltSize()));

    /// <summary>
    /// Reads the value of an a=crypto line. False for suites that we lack, several keys, a master key identifier or
    /// session parameters: such a line is to be left out as if it were not there (RFC 4568, section 7.1).
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SdesCrypto? crypto)
    {
        crypto = null;
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 3
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var tag)
            || tag > 999_999_999
            || !parts[2].StartsWith(KeyMethod, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        var profile = Array.Find(SrtpProfiles.Preferred, each => each.SuiteName().Equals(parts[1], StringComparison.OrdinalIgnoreCase));
        // A lifetime may follow the key ("|2^31"); an identifier has a colon.
        var fields = parts[2][KeyMethod.Length..].Split('|');
        var key = new byte[SrtpProfiles.KeySize + SrtpProfiles.SaltSizeMax];
        if (profile == default
            || fields.Length > 2
            || (fields.Length == 2 && fields[1].Contains(':', StringComparison.Ordinal))
            || !Convert.TryFromBase64String(fields[0], key, out var length)
            || length != SrtpProfiles.KeySize + profile.SaltSize())
        {
            return false;
        }
        crypto = new SdesCrypto(tag, profile, key[..length]);
        return true;
    }

    /// <summary>The value of the a=crypto line, with the key.</summary>
    public string ToAttribute() => $"{Tag} {Profile.SuiteName()} {KeyMethod}{Convert.ToBase64String(_key)}";

    /// <summary>Without the key: it may reach a log.</summary>
    public override string ToString() => $"{Tag} {Profile.SuiteName()}";

    public bool Equals(SdesCrypto? other) =>
        other is not null && Tag == other.Tag && HasKeyOf(other);

    public override int GetHashCode() => HashCode.Combine(Tag, Profile);

    internal bool HasKeyOf(SdesCrypto other) => Profile == other.Profile && CryptographicOperations.FixedTimeEquals(_key, other._key);

    internal SrtpKeys Keys => new(Profile, _key.AsSpan(0, SrtpProfiles.KeySize), _key.AsSpan(SrtpProfiles.KeySize));
}
