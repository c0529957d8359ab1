using System.Buffers.Binary;

namespace CallCenter.Contracts.Recording;

/// <summary>A sealed block on its way to Recording.</summary>
public sealed record UploadBlock(int Number, byte[] Sealed);

/// <summary>
/// How a gateway ships blocks of one recording: <c>PUT /api/recordings/{recording}/blocks</c>, body 1 to <see cref="BlocksMax"/>
/// blocks one after another, each as number and length (4 bytes each, big endian) and the sealed block
/// (application/octet-stream), the headers below, role service. 204: all stored on disk, also those that were there already with
/// the same hash. 400: not of this form, will never be taken. 409: another block is there under a number, or the recording is
/// another contact's; then none of them was stored. 401, 413 and 5xx with their usual meaning; after 5xx or no answer send it again.
/// </summary>
public static class BlockUpload
{
    /// <summary>Blocks of one upload, at most: 10 s of audio in blocks of the usual length.</summary>
    public const int BlocksMax = 20;

    /// <summary>Bytes before each block: its number and its length.</summary>
    public const int HeadSize = 2 * sizeof(int);

    /// <summary>Bytes of the largest body.</summary>
    public const int SizeMax = BlocksMax * (HeadSize + RecordingCipher.MaxSealedSize);

    /// <summary>Header: the tenant's id.</summary>
    public const string TenantHeader = "CallCenter-Tenant";

    /// <summary>Header: the contact's id.</summary>
    public const string ContactHeader = "CallCenter-Contact";

    /// <summary>Header: the id of the agent who speaks in the second channel; not sent for a caller's message.</summary>
    public const string AgentHeader = "CallCenter-Agent";

    /// <summary>Header: SHA-256 of the body, lower-case hex.</summary>
    public const string HashHeader = "CallCenter-Hash";

    /// <summary>The path of a recording's blocks, relative to Recording's address.</summary>
    public static string Path(Guid recording) => $"api/recordings/{recording}/blocks";

    /// <summary>The body that carries these blocks.</summary>
    public static byte[] Pack(IReadOnlyCollection<UploadBlock> blocks)
    {
        var body = new byte[blocks.Sum(block => HeadSize + block.Sealed.Length)];
        var rest = body.AsSpan();
        foreach (var block in blocks)
        {
            BinaryPrimitives.WriteInt32BigEndian(rest, block.Number);
            BinaryPrimitives.WriteInt32BigEndian(rest[sizeof(int)..], block.Sealed.Length);
            block.Sealed.CopyTo(rest[HeadSize..]);
            rest = rest[(HeadSize + block.Sealed.Length)..];
        }

        return body;
    }

    /// <summary>The blocks of a body; null when it is not of this form.</summary>
    public static IReadOnlyList<UploadBlock>? Unpack(ReadOnlySpan<byte> body)
    {
        var blocks = new List<UploadBlock>();
        while (!body.IsEmpty)
        {
            if (body.Length < HeadSize || blocks.Count == BlocksMax)
            {
                return null;
            }

            var (number, length) = (BinaryPrimitives.ReadInt32BigEndian(body), BinaryPrimitives.ReadInt32BigEndian(body[sizeof(int)..]));
            if (length < 0 || length > body.Length - HeadSize)
            {
                return null;
            }

            blocks.Add(new(number, body.Slice(HeadSize, length).ToArray()));
            body = body[(HeadSize + length)..];
        }

        return blocks.Count > 0 ? blocks : null;
    }
}
