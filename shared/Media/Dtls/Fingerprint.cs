using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace CallCenter.Media.Dtls;

/// <summary>A certificate's hash as SDP tells it: "sha-256 AB:CD:..." (RFC 8122, section 5).</summary>
internal sealed class Fingerprint
{
    private readonly HashAlgorithmName _algorithm;
    private readonly byte[] _hash;

    private Fingerprint(HashAlgorithmName algorithm, byte[] hash) => (_algorithm, _hash) = (algorithm, hash);

    /// <summary>sha-256, sha-384 and sha-512 are accepted, in any case. False for weaker hashes and for what does not parse.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Fingerprint? fingerprint)
    {
        fingerprint = null;
        var parts = (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 2)
        {
            return false;
        }
        var (algorithm, size) = parts[0].ToUpperInvariant() switch
        {
            "SHA-256" => (HashAlgorithmName.SHA256, SHA256.HashSizeInBytes),
            "SHA-384" => (HashAlgorithmName.SHA384, SHA384.HashSizeInBytes),
            "SHA-512" => (HashAlgorithmName.SHA512, SHA512.HashSizeInBytes),
            _ => default,
        };
        if (size == 0 || parts[1].Length != (3 * size) - 1 || !TryReadHash(parts[1], size, out var hash))
        {
            return false;
        }
        fingerprint = new Fingerprint(algorithm, hash);
        return true;
    }

    private static bool TryReadHash(ReadOnlySpan<char> text, int size, out byte[] hash)
    {
        hash = new byte[size];
        for (var i = 0; i < size; i++)
        {
            var (high, low) = (text[3 * i], text[(3 * i) + 1]);
            if (!char.IsAsciiHexDigit(high) || !char.IsAsciiHexDigit(low) || (i < size - 1 && text[(3 * i) + 2] != ':'))
            {
                return false;
            }
            hash[i] = byte.Parse(text.Slice(3 * i, 2), System.Globalization.NumberStyles.AllowHexSpecifier, provider: null);
        }
        return true;
    }

    /// <summary>The sha-256 fingerprint of a certificate, for the SDP.</summary>
    public static string Of(ReadOnlySpan<byte> certificate) =>
        "sha-256 " + string.Join(':', SHA256.HashData(certificate).Select(each => each.ToString("X2", null)));

    public bool Matches(ReadOnlySpan<byte> certificate) =>
        CryptographicOperations.FixedTimeEquals(CryptographicOperations.HashData(_algorithm, certificate), _hash);
}
