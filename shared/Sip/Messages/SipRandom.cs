using System.Security.Cryptography;

namespace CallCenter.Sip.Messages;

/// <summary>Identifiers nobody can guess (RFC 3261 sections 8.1.1.4, 8.1.1.7 and 19.3).</summary>
internal static class SipRandom
{
    // Random bytes are asked for in one piece: a call to the generator costs more than the bytes.
    [ThreadStatic]
    private static byte[]? pool;

    [ThreadStatic]
    private static int left;

    /// <summary>64 random bits in hex.</summary>
    public static string Tag() => Hex("", 8);

    public static string Branch() => Hex("z9hG4bK", 10);

    public static string CallId() => Hex("", 16);

    private static string Hex(string prefix, int bytes) => string.Create(prefix.Length + (2 * bytes), (prefix, bytes), static (text, what) =>
    {
        what.prefix.CopyTo(text);
        Convert.TryToHexStringLower(Take(what.bytes), text[what.prefix.Length..], out _);
    });

    private static ReadOnlySpan<byte> Take(int count)
    {
        pool ??= new byte[512];
        if (left < count)
        {
            RandomNumberGenerator.Fill(pool);
            left = pool.Length;
        }

        left -= count;
        return pool.AsSpan(left, count);
    }
}
