using System.Security.Cryptography;

namespace CallCenter.Sip.Messages;

/// <summary>Identifiers nobody can guess (RFC 3261 sections 8.1.1.4, 8.1.1.7 and 19.3).</summary>
internal static class SipRandom
{
    /// <summary>64 random bits in hex.</summary>
    public static string Tag() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    public static string Branch() => "z9hG4bK" + RandomNumberGenerator.GetHexString(20, lowercase: true);

    public static string CallId() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
