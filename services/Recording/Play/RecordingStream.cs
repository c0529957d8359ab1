using System.Buffers.Binary;
using CallCenter.Contracts.Recording;
using CallCenter.Media;
using Microsoft.Win32.SafeHandles;

namespace CallCenter.Recording.Play;

/// <summary>
/// A recording as a WAV file that can be sought in: 8 kHz, 16 bit, two channels (caller, agent). Blocks are opened as they are
/// read, one at a time; where there is none there is silence.
/// </summary>
internal sealed class RecordingStream(RecordingIndex index, SafeFileHandle? file, RecordingCipher cipher) : Stream
{
    public const int HeaderSize = 44;
    private const int Channels = 2;
    private const int FrameSize = Channels * sizeof(short);

    private readonly byte[] _header = Header(index.Samples * FrameSize);
    private readonly byte[] _body = new byte[RecordingCipher.MaxSealedSize];
    private readonly byte[] _plain = new byte[RecordingCipher.MaxSealedSize];
    private readonly byte[] _frames = new byte[RecordingBlock.MaxSamples * FrameSize];
    private readonly short[] _samples = new short[RecordingBlock.MaxSamples];
    private int _open = -1;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => HeaderSize + index.Samples * FrameSize;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        var read = 0;
        while (read < buffer.Length && Position < Length)
        {
            var some = Position < HeaderSize ? ReadHeader(buffer[read..]) : ReadAudio(buffer[read..]);
            read += some;
            Position += some;
        }

        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            cipher.Dispose();
            file?.Dispose();
        }

        base.Dispose(disposing);
    }

    private int ReadHeader(Span<byte> buffer)
    {
        var part = _header.AsSpan((int)Position);
        part = part[..Math.Min(part.Length, buffer.Length)];
        part.CopyTo(buffer);
        return part.Length;
    }

    /// <summary>Reads from the present position to the end of its block, or of the silence before the next.</summary>
    private int ReadAudio(Span<byte> buffer)
    {
        var at = Position - HeaderSize;
        var next = FirstEndingAfter(at / FrameSize);
        var from = next < index.Blocks.Count ? index.Blocks[next].From * FrameSize : index.Samples * FrameSize;
        if (at < from)
        {
            var silence = buffer[..(int)Math.Min(buffer.Length, from - at)];
            silence.Clear();
            return silence.Length;
        }

        Open(next);
        var part = _frames.AsSpan((int)(at - from), (int)(index.Blocks[next].Samples * FrameSize - (at - from)));
        part = part[..Math.Min(part.Length, buffer.Length)];
        part.CopyTo(buffer);
        return part.Length;
    }

    private int FirstEndingAfter(long sample)
    {
        var (low, high) = (0, index.Blocks.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var block = index.Blocks[middle];
            (low, high) = block.From + block.Samples > sample ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private void Open(int block)
    {
        if (_open == block)
        {
            return;
        }

        var header = RecordingIndex.ReadBlock(index.Blocks[block].Stored, file!, cipher, _body, _plain, check: false, out var caller, out var agent);
        Place(header.Caller, caller, 0);
        Place(header.Agent, agent, 1);
        _open = block;
    }

    private void Place(RecordingCodec codec, ReadOnlySpan<byte> codes, int channel)
    {
        var samples = _samples.AsSpan(0, codes.Length);
        G711.Decode(codec == RecordingCodec.ALaw ? AudioCodec.Pcma : AudioCodec.Pcmu, codes, samples);
        for (var i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(_frames.AsSpan(i * FrameSize + channel * sizeof(short)), samples[i]);
        }
    }

    private static byte[] Header(long dataSize)
    {
        var header = new byte[HeaderSize];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), (uint)(HeaderSize - 8 + dataSize));
        "WAVEfmt "u8.CopyTo(header.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(22), Channels);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), Clip.Rate);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(28), Clip.Rate * FrameSize);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(32), FrameSize);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(34), 16);
        "data"u8.CopyTo(header.AsSpan(36));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), (uint)dataSize);
        return header;
    }
}
