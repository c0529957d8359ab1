using System.Diagnostics.CodeAnalysis;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Transactions;

/// <summary>
/// Keys of transactions as bytes, compared without making them: client by branch and method (RFC 3261 section 17.1.3),
/// server by branch, sent-by and method (17.2.3), or, from an RFC 2543 peer, by Via, Call-ID, From tag and CSeq.
/// </summary>
internal static class TransactionKey
{
    /// <summary>Longest key; a longer one is cut, so such peers' keys differ in their first part.</summary>
    public const int BytesMax = 512;

    public static int Client(Span<byte> key, SipMethod method, ReadOnlySpan<byte> branch)
    {
        var length = 0;
        Add(key, ref length, [(byte)'C', (byte)method]);
        Add(key, ref length, branch);
        return length;
    }

    /// <summary>The branch in a client transaction's key.</summary>
    public static string BranchOf(ReadOnlySpan<byte> clientKey) => System.Text.Encoding.ASCII.GetString(clientKey[2..]);

    /// <summary>The key of the server transaction that a request belongs to: an ACK or CANCEL belongs to its INVITE's when <paramref name="method"/> says so.</summary>
    public static int Server(Span<byte> key, SipMethod method, SipMessage request, in Via via)
    {
        var length = 0;
        Add(key, ref length, [(byte)'S', (byte)method]);
        if (method == SipMethod.Unknown)
        {
            Add(key, ref length, System.Text.Encoding.UTF8.GetBytes(request.MethodName));
        }

        if (via.HasCookie)
        {
            Add(key, ref length, via.Branch);
            Add(key, ref length, "|"u8);
            AddLower(key, ref length, via.SentBy);
            return length;
        }

        Add(key, ref length, "2543|"u8);
        Span<byte> number = stackalloc byte[4];
        BitConverter.TryWriteBytes(number, request.CSeq);
        Add(key, ref length, number);
        Add(key, ref length, request.FromTagBytes);
        Add(key, ref length, request.Header(HeaderId.CallId));
        Add(key, ref length, via.Value);
        return length;
    }

    /// <summary>What all branches of a forked request have in common: From tag, Call-ID and CSeq (RFC 3261 section 8.2.2.2).</summary>
    public static int Merge(Span<byte> key, SipMessage request)
    {
        var length = 0;
        Span<byte> number = stackalloc byte[4];
        BitConverter.TryWriteBytes(number, request.CSeq);
        Add(key, ref length, number);
        Add(key, ref length, request.FromTagBytes);
        Add(key, ref length, "|"u8);
        Add(key, ref length, request.Header(HeaderId.CallId));
        return length;
    }

    private static void Add(Span<byte> key, ref int length, ReadOnlySpan<byte> part)
    {
        part = part[..Math.Min(part.Length, key.Length - length)];
        part.CopyTo(key[length..]);
        length += part.Length;
    }

    private static void AddLower(Span<byte> key, ref int length, ReadOnlySpan<byte> part)
    {
        var from = length;
        Add(key, ref length, part);
        System.Text.Ascii.ToLowerInPlace(key[from..length], out _);
    }
}

/// <summary>Compares byte keys, also with a key that is still on the stack. The hash is seeded a process, so keys cannot be made to collide.</summary>
internal sealed class ByteKeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly ByteKeyComparer Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = default(HashCode);
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }
}
