using System.Security.Cryptography;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Digest;

/// <summary>The client's side of digest: answers the strongest challenge it knows (RFC 7616 section 3.7, RFC 8760 section 2.4).</summary>
public static class DigestClient
{
    /// <summary>The Authorization or Proxy-Authorization header for a 401 or 407, or null without credentials or without a challenge it can answer.</summary>
    public static SipHeader? Answer(SipMessage response, SipCredentials? credentials, string method, string uri)
    {
        if (credentials is null)
        {
            return null;
        }

        var proxy = response.StatusCode == 407;
        var challenges = response.GetLines(proxy ? HeaderId.ProxyAuthenticate : HeaderId.WwwAuthenticate).Select(DigestFields.Parse);
        var best = challenges
            .Where(c => c?["nonce"] is not null && DigestMath.TryAlgorithm(c["algorithm"], out _) && HasKnownQop(c))
            .OrderByDescending(c => AlgorithmOf(c!))
            .FirstOrDefault();
        return best is null ? null : new SipHeader(proxy ? "Proxy-Authorization" : "Authorization", Credentials(best, credentials, method, uri, RandomNumberGenerator.GetHexString(16, true)));
    }

    internal static string Credentials(DigestFields challenge, SipCredentials credentials, string method, string uri, string cnonce)
    {
        var algorithm = AlgorithmOf(challenge);
        var realm = challenge["realm"] ?? "";
        var nonce = challenge["nonce"]!;
        var ha1 = DigestMath.Ha1(algorithm, credentials.User, realm, credentials.Password);
        var qop = challenge["qop"] is not null;
        var response = qop
            ? DigestMath.Response(algorithm, ha1, nonce, "00000001", cnonce, method, uri)
            : DigestMath.ResponseWithoutQop(algorithm, ha1, nonce, method, uri);
        var text = $"Digest username={SipSyntax.Quote(credentials.User)}, realm={SipSyntax.Quote(realm)}, nonce={SipSyntax.Quote(nonce)}, uri=\"{uri}\", response=\"{response}\"";
        text += challenge["algorithm"] is { } name ? $", algorithm={name}" : "";
        text += challenge["opaque"] is { } opaque ? $", opaque={SipSyntax.Quote(opaque)}" : "";
        return qop ? $"{text}, qop=auth, nc=00000001, cnonce=\"{cnonce}\"" : text;
    }

    private static DigestAlgorithm AlgorithmOf(DigestFields challenge) =>
        DigestMath.TryAlgorithm(challenge["algorithm"], out var algorithm) ? algorithm : DigestAlgorithm.Md5;

    private static bool HasKnownQop(DigestFields challenge) =>
        challenge["qop"] is not { } qop || qop.Split(',', StringSplitOptions.TrimEntries).Contains("auth", StringComparer.OrdinalIgnoreCase);
}
