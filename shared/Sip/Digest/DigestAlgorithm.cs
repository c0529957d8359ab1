using System.Security.Cryptography;
using System.Text;

namespace CallCenter.Sip.Digest;

/// <summary>Hash algorithms of digest authentication (RFC 7616 section 3.3, RFC 8760).</summary>
public enum DigestAlgorithm
{
    Md5,
    Sha256,
}

/// <summary>
/// What is kept of a password: H(user:realm:password) in lower-case hex, for each algorithm that the user may use (RFC 7616 section 3.4.2).
/// Null: that algorithm is not open to the user.
/// </summary>
public sealed record Ha1(string? Md5, string? Sha256)
{
    public static Ha1 From(string user, string realm, string password) =>
        new(DigestMath.Ha1(DigestAlgorithm.Md5, user, realm, password), DigestMath.Ha1(DigestAlgorithm.Sha256, user, realm, password));

    internal string? For(DigestAlgorithm algorithm) => algorithm == DigestAlgorithm.Md5 ? Md5 : Sha256;
}

/// <summary>The formulas of RFC 7616 section 3.4.1, and of RFC 2069 for a challenge without qop.</summary>
public static class DigestMath
{
    public static string Name(DigestAlgorithm algorithm) => algorithm == DigestAlgorithm.Md5 ? "MD5" : "SHA-256";

    public static bool TryAlgorithm(string? name, out DigestAlgorithm algorithm)
    {
        algorithm = string.Equals(name, "SHA-256", StringComparison.OrdinalIgnoreCase) ? DigestAlgorithm.Sha256 : DigestAlgorithm.Md5;
        return name is null || name.Equals(Name(algorithm), StringComparison.OrdinalIgnoreCase);
    }

    public static string Ha1(DigestAlgorithm algorithm, string user, string realm, string password) => Hash(algorithm, $"{user}:{realm}:{password}");

    public static string Response(DigestAlgorithm algorithm, string ha1, string nonce, string nc, string cnonce, string method, string uri) =>
        Hash(algorithm, $"{ha1}:{nonce}:{nc}:{cnonce}:auth:{Hash(algorithm, $"{method}:{uri}")}");

    public static string ResponseWithoutQop(DigestAlgorithm algorithm, string ha1, string nonce, string method, string uri) =>
        Hash(algorithm, $"{ha1}:{nonce}:{Hash(algorithm, $"{method}:{uri}")}");

#pragma warning disable CA5351 // MD5 is what RFC 3261 phones speak; SHA-256 is offered first.
    private static string Hash(DigestAlgorithm algorithm, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Convert.ToHexStringLower(algorithm == DigestAlgorithm.Md5 ? MD5.HashData(bytes) : SHA256.HashData(bytes));
    }
#pragma warning restore CA5351
}
