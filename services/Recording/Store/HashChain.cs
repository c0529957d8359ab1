using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CallCenter.Recording.Store;

/// <summary>
/// Binds the blocks of a recording together: head(0) = SHA-256(recording id), head(n+1) = SHA-256(head(n), number, SHA-256 of
/// the sealed block). The last head is told in RecordingSealed: after that no block can be changed, dropped or added unseen.
/// </summary>
internal struct HashChain
{
    private byte[] _head;

    public HashChain(Guid recording) => _head = SHA256.HashData(recording.ToByteArray(bigEndian: true));

    /// <summary>The head over the blocks so far.</summary>
    public readonly byte[] Head => _head;

    /// <summary>Adds the next block, in the order of numbers.</summary>
    public void Add(int number, ReadOnlySpan<byte> blockHash)
    {
        Span<byte> link = stackalloc byte[2 * SHA256.HashSizeInBytes + sizeof(int)];
        _head.CopyTo(link);
        BinaryPrimitives.WriteInt32BigEndian(link[SHA256.HashSizeInBytes..], number);
        blockHash.CopyTo(link[(SHA256.HashSizeInBytes + sizeof(int))..]);
        _head = SHA256.HashData(link);
    }
}
