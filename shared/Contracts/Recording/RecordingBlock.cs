using System.Buffers.Binary;

namespace CallCenter.Contracts.Recording;

/// <summary>How a channel's bytes are coded: the static RTP payload types of G.711 (RFC 3551, table 4). One byte a sample, 8 kHz.</summary>
public enum RecordingCodec : byte
{
    /// <summary>G.711 mu-law.</summary>
    MuLaw = 0,

    /// <summary>G.711 A-law.</summary>
    ALaw = 8,
}

/// <summary>
/// A piece of a recording: two channels of equal length. Blocks of a recording are numbered from 0 without a hole; their
/// offsets grow and never overlap. What lies between two blocks is silence. Plain layout, big endian:
/// version (1 byte), codec of the caller (1), codec of the agent (1), 0 (1), offset in ms (4), samples a channel (4), then
/// the caller's samples and the agent's samples.
/// </summary>
/// <param name="Caller">Codec of the caller's channel.</param>
/// <param name="Agent">Codec of the agent's channel.</param>
/// <param name="OffsetMs">Where the block begins, in milliseconds after the recording's start.</param>
/// <param name="Samples">Samples (bytes) a channel; 1 to <see cref="MaxSamples"/>.</param>
public readonly record struct RecordingBlock(RecordingCodec Caller, RecordingCodec Agent, uint OffsetMs, int Samples)
{
    /// <summary>The layout's version, its first byte.</summary>
    public const byte Version = 1;

    /// <summary>Bytes of the header.</summary>
    public const int HeaderSize = 12;

    /// <summary>Samples a millisecond of both codecs.</summary>
    public const int SamplesPerMs = 8;

    /// <summary>Length of a full block; the last one of a recording may be shorter.</summary>
    public const int NominalMs = 500;

    /// <summary>No block is longer than this.</summary>
    public const int MaxMs = 1000;

    /// <summary>No block has more samples a channel than this.</summary>
    public const int MaxSamples = MaxMs * SamplesPerMs;

    /// <summary>Longest recording: 12 hours.</summary>
    public const uint MaxOffsetMs = 12 * 3600 * 1000;

    /// <summary>Most blocks a recording may have.</summary>
    public const int MaxBlocks = (int)(MaxOffsetMs / NominalMs);

    /// <summary>Bytes of the plain block.</summary>
    public int PlainSize => HeaderSize + 2 * Samples;

    /// <summary>Writes header and channels into <paramref name="plain"/>, which has at least <see cref="PlainSize"/> bytes. Returns the bytes written.</summary>
    /// <exception cref="ArgumentException">A value is out of its range, or a channel's length is not <see cref="Samples"/>.</exception>
    public int Write(ReadOnlySpan<byte> caller, ReadOnlySpan<byte> agent, Span<byte> plain)
    {
        if (!IsValid || caller.Length != Samples || agent.Length != Samples)
        {
            throw new ArgumentException($"a block has 1 to {MaxSamples} samples in both channels and begins before {MaxOffsetMs} ms; this one: {this}");
        }

        plain[0] = Version;
        plain[1] = (byte)Caller;
        plain[2] = (byte)Agent;
        plain[3] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(plain[4..], OffsetMs);
        BinaryPrimitives.WriteInt32BigEndian(plain[8..], Samples);
        caller.CopyTo(plain[HeaderSize..]);
        agent.CopyTo(plain[(HeaderSize + Samples)..]);
        return PlainSize;
    }

    /// <summary>Reads a plain block; false when it is not exactly of this layout.</summary>
    public static bool TryRead(ReadOnlySpan<byte> plain, out RecordingBlock block, out ReadOnlySpan<byte> caller, out ReadOnlySpan<byte> agent)
    {
        block = default;
        caller = agent = default;
        if (plain.Length < HeaderSize || plain[0] != Version)
        {
            return false;
        }

        block = new((RecordingCodec)plain[1], (RecordingCodec)plain[2],
            BinaryPrimitives.ReadUInt32BigEndian(plain[4..]), BinaryPrimitives.ReadInt32BigEndian(plain[8..]));
        if (!block.IsValid || plain.Length != block.PlainSize)
        {
            return false;
        }

        caller = plain.Slice(HeaderSize, block.Samples);
        agent = plain.Slice(HeaderSize + block.Samples, block.Samples);
        return true;
    }

    private bool IsValid =>
        Caller is RecordingCodec.MuLaw or RecordingCodec.ALaw && Agent is RecordingCodec.MuLaw or RecordingCodec.ALaw
        && Samples is > 0 and <= MaxSamples && OffsetMs <= MaxOffsetMs;
}
