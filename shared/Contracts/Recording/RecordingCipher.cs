using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CallCenter.Contracts.Recording;

/// <summary>
/// Seals and opens the blocks of one recording with AES-256-GCM. The sealed form (the body that is spooled, shipped and
/// stored) is nonce (12 bytes), ciphertext, tag (16 bytes). Tenant, recording and number are bound in as associated data:
/// a block opens nowhere but in its place.
/// </summary>
/// <remarks>
/// The key is derived from the tenant's data key for this one recording (HKDF, RFC 5869), so that random nonces stay far
/// below the 2^32 messages a key that SP 800-38D 8.3 allows. One thread at a time.
/// </remarks>
public sealed class RecordingCipher : IDisposable
{
    /// <summary>Bytes of the nonce before the ciphertext.</summary>
    public const int NonceSize = 12;

    /// <summary>Bytes of the tag after the ciphertext.</summary>
    public const int TagSize = 16;

    /// <summary>Bytes that sealing adds to a plain block.</summary>
    public const int Overhead = NonceSize + TagSize;

    /// <summary>Bytes of the largest sealed block.</summary>
    public const int MaxSealedSize = RecordingBlock.HeaderSize + 2 * RecordingBlock.MaxSamples + Overhead;

    /// <summary>Bytes of a tenant's data key.</summary>
    public const int DataKeySize = 32;

    private const int AssociatedSize = 40;
    private readonly AesGcm aes;
    private readonly byte[] associated = new byte[AssociatedSize];

    /// <summary>The cipher of one recording of a tenant, from the tenant's unwrapped data key.</summary>
    /// <exception cref="ArgumentException">The data key is not of <see cref="DataKeySize"/> bytes.</exception>
    public RecordingCipher(ReadOnlySpan<byte> dataKey, Guid tenant, Guid recording)
    {
        if (dataKey.Length != DataKeySize)
        {
            throw new ArgumentException($"a data key has {DataKeySize} bytes, not {dataKey.Length}", nameof(dataKey));
        }

        tenant.TryWriteBytes(associated, bigEndian: true, out _);
        recording.TryWriteBytes(associated.AsSpan(16), bigEndian: true, out _);
        Span<byte> key = stackalloc byte[DataKeySize];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, dataKey, key, salt: "callcenter recording 1"u8, info: associated.AsSpan(0, 32));
        aes = new AesGcm(key, TagSize);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>Seals a plain block under its number into <paramref name="body"/>, which has at least <see cref="Overhead"/> bytes more. Returns the bytes written.</summary>
    public int Seal(long number, ReadOnlySpan<byte> plain, Span<byte> body)
    {
        BinaryPrimitives.WriteInt64BigEndian(associated.AsSpan(32), number);
        var nonce = body[..NonceSize];
        RandomNumberGenerator.Fill(nonce);
        aes.Encrypt(nonce, plain, body.Slice(NonceSize, plain.Length), body.Slice(NonceSize + plain.Length, TagSize), associated);
        return plain.Length + Overhead;
    }

    /// <summary>Opens a sealed block into <paramref name="plain"/>, which has at least <see cref="Overhead"/> bytes less. Returns the bytes written; -1 when the block is not this one, whole and unchanged.</summary>
    public int Open(long number, ReadOnlySpan<byte> body, Span<byte> plain)
    {
        var length = body.Length - Overhead;
        if (length < 0)
        {
            return -1;
        }

        BinaryPrimitives.WriteInt64BigEndian(associated.AsSpan(32), number);
        try
        {
            aes.Decrypt(body[..NonceSize], body.Slice(NonceSize, length), body[^TagSize..], plain[..length], associated);
            return length;
        }
        catch (AuthenticationTagMismatchException)
        {
            return -1;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => aes.Dispose();
}
