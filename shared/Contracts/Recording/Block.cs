using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CallCenter.Contracts.Recording;

/// <summary>
/// One encrypted block of a recording: <c>PUT /api/recordings/{Recording}/blocks/{Number}</c>, body = <see cref="BlockCipher.Encrypt"/>,
/// the rest of this record in the headers named by <see cref="BlockHeaders"/>. Sent again until answered 2xx.
/// </summary>
/// <param name="Number">Dense from 0; numbers that are missing were lost in the gateway.</param>
/// <param name="StartedAt">When its first sample was heard.</param>
/// <param name="CallerCodec">G.711 law of the first half of the audio: "PCMA" or "PCMU" (RFC 3551).</param>
/// <param name="AgentCodec">The same for the second half.</param>
public sealed record Block(
    Guid Tenant, Guid Contact, Guid Recording, Guid Agent, long Number, DateTimeOffset StartedAt, string CallerCodec, string AgentCodec);

/// <summary>HTTP headers of a block. The body's hash is in Content-Digest as RFC 9530 says: <c>sha-256=:base64:</c>.</summary>
public static class BlockHeaders
{
    public const string Tenant = "CallCenter-Tenant";
    public const string Contact = "CallCenter-Contact";
    public const string Agent = "CallCenter-Agent";

    /// <summary>Unix time in milliseconds.</summary>
    public const string StartedAt = "CallCenter-Started-At";
    public const string CallerCodec = "CallCenter-Caller-Codec";
    public const string AgentCodec = "CallCenter-Agent-Codec";
    public const string Digest = "Content-Digest";

    /// <summary>The Content-Digest of a body.</summary>
    public static string DigestOf(ReadOnlySpan<byte> body) => $"sha-256=:{Convert.ToBase64String(SHA256.HashData(body))}:";
}

/// <summary>
/// AES-256-GCM of recording blocks, the same in the gateway's spool, on the way and at rest. Plain text: the caller's G.711
/// bytes, then as many of the agent's, 8 bytes a millisecond each. Each recording has its own key, derived from the tenant's
/// data key (HKDF-SHA256, RFC 5869, salt = recording id), so that the nonce may be the block's number alone and is never used
/// twice with a key. Additional data: tenant, recording, number.
/// </summary>
public static class BlockCipher
{
    /// <summary>Bytes that encryption adds: the GCM tag, at the end.</summary>
    public const int TagBytes = 16;

    /// <summary>Cipher text and tag of a block. The data key has 32 bytes.</summary>
    public static byte[] Encrypt(ReadOnlySpan<byte> dataKey, Guid tenant, Guid recording, long number, ReadOnlySpan<byte> plain)
    {
        var sealedBlock = new byte[plain.Length + TagBytes];
        Span<byte> nonce = stackalloc byte[12], additional = stackalloc byte[40];
        Write(tenant, recording, number, nonce, additional);
        using var aes = Open(dataKey, recording);
        aes.Encrypt(nonce, plain, sealedBlock.AsSpan(0, plain.Length), sealedBlock.AsSpan(plain.Length), additional);
        return sealedBlock;
    }

    /// <summary>The plain text. Throws <see cref="CryptographicException"/> when key, tenant, recording, number or a byte differ.</summary>
    public static byte[] Decrypt(ReadOnlySpan<byte> dataKey, Guid tenant, Guid recording, long number, ReadOnlySpan<byte> sealedBlock)
    {
        if (sealedBlock.Length < TagBytes)
        {
            throw new CryptographicException($"a block has at least {TagBytes} bytes, this one {sealedBlock.Length}");
        }
        var plain = new byte[sealedBlock.Length - TagBytes];
        Span<byte> nonce = stackalloc byte[12], additional = stackalloc byte[40];
        Write(tenant, recording, number, nonce, additional);
        using var aes = Open(dataKey, recording);
        aes.Decrypt(nonce, sealedBlock[..plain.Length], sealedBlock[plain.Length..], plain, additional);
        return plain;
    }

    private static AesGcm Open(ReadOnlySpan<byte> dataKey, Guid recording)
    {
        if (dataKey.Length != 32)
        {
            throw new CryptographicException($"a data key has 32 bytes, this one {dataKey.Length}");
        }
        Span<byte> key = stackalloc byte[32], salt = stackalloc byte[16];
        recording.TryWriteBytes(salt, bigEndian: true, out _);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, dataKey, key, salt, "recording"u8);
        var aes = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
        return aes;
    }

    private static void Write(Guid tenant, Guid recording, long number, Span<byte> nonce, Span<byte> additional)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[4..], number);
        tenant.TryWriteBytes(additional, bigEndian: true, out _);
        recording.TryWriteBytes(additional[16..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(additional[32..], number);
    }
}
