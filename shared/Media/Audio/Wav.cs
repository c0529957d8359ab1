using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace CallCenter.Media;

/// <summary>
/// A WAV file's audio (RIFF, Microsoft 1991): 16-bit PCM, A-law or u-law; one or two channels, interleaved samples.
/// </summary>
public sealed record Wav(int Rate, int Channels, short[] Samples)
{
    /// <summary>Largest data chunk that is read, 256 MiB: 46 minutes of 48 kHz stereo, 4.6 hours of 8 kHz mono.</summary>
    public const int BytesMax = 256 * 1024 * 1024;
    private const int FormatBytesMax = 1024;

    private const int FormatPcm = 1;
    private const int FormatAlaw = 6;
    private const int FormatUlaw = 7;
    private const int FormatExtensible = 0xFFFE;

    /// <summary>One channel by itself, 0 the left.</summary>
    public short[] Channel(int channel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(channel, Channels);
        var result = new short[Samples.Length / Channels];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = Samples[(i * Channels) + channel];
        }
        return result;
    }

    /// <summary>The mean of the channels.</summary>
    public short[] MixToMono()
    {
        if (Channels == 1)
        {
            return Samples;
        }
        var result = new short[Samples.Length / 2];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = (short)((Samples[2 * i] + Samples[(2 * i) + 1]) / 2);
        }
        return result;
    }

    /// <summary>Reads a file. Throws <see cref="InvalidDataException"/> that says what was expected.</summary>
    public static Wav Read(Stream stream)
    {
        Span<byte> head = stackalloc byte[12];
        ReadExactly(stream, head);
        if (!head[..4].SequenceEqual("RIFF"u8) || !head[8..].SequenceEqual("WAVE"u8))
        {
            throw new InvalidDataException("Not a WAV file: it does not start with RIFF and WAVE.");
        }
        (int Format, int Channels, int Rate)? format = null;
        while (true)
        {
            ReadExactly(stream, head[..8]);
            var size = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
            if (head[..4].SequenceEqual("fmt "u8))
            {
                format = ReadFormat(ReadChunk(stream, size));
            }
            else if (head[..4].SequenceEqual("data"u8))
            {
                var (code, channels, rate) = format ?? throw new InvalidDataException("WAV: the data comes before its format.");
                return new Wav(rate, channels, ToSamples(code, ReadData(stream, size), channels));
            }
            else
            {
                Skip(stream, size);
            }
            if ((size & 1) == 1)
            {
                ReadExactly(stream, head[..1]);
            }
        }
    }

    /// <summary>Writes 16-bit PCM; <paramref name="samples"/> are interleaved when there are two channels.</summary>
    public static void Write(Stream stream, ReadOnlySpan<short> samples, int rate = Clip.Rate, int channels = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(samples.Length % channels, 0);
        using var writer = new BinaryWriter(stream, Encoding.ASCII, leaveOpen: true);
        writer.Write("RIFF"u8);
        writer.Write(36 + (2 * samples.Length));
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)FormatPcm);
        writer.Write((short)channels);
        writer.Write(rate);
        writer.Write(rate * channels * 2);
        writer.Write((short)(channels * 2));
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(2 * samples.Length);
        // WAV is little endian, as every processor that .NET runs on.
        writer.Write(MemoryMarshal.AsBytes(samples));
    }

    /// <summary>Two channels of equal length, one sample of each in turn.</summary>
    public static short[] Interleave(ReadOnlySpan<short> left, ReadOnlySpan<short> right)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(right.Length, left.Length);
        var result = new short[2 * left.Length];
        for (var i = 0; i < left.Length; i++)
        {
            result[2 * i] = left[i];
            result[(2 * i) + 1] = right[i];
        }
        return result;
    }

    private static (int Format, int Channels, int Rate) ReadFormat(byte[] chunk)
    {
        if (chunk.Length < 16)
        {
            throw new InvalidDataException("WAV: the format chunk is shorter than 16 bytes.");
        }
        int format = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        if (format == FormatExtensible && chunk.Length >= 26)
        {
            format = BinaryPrimitives.ReadUInt16LittleEndian(chunk.AsSpan(24));
        }
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk.AsSpan(2));
        var rate = BinaryPrimitives.ReadInt32LittleEndian(chunk.AsSpan(4));
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk.AsSpan(14));
        var known = (format == FormatPcm && bits == 16) || (format is FormatAlaw or FormatUlaw && bits == 8);
        if (!known || channels is < 1 or > 2 || rate is < 4000 or > 192_000)
        {
            throw new InvalidDataException(
                $"WAV: format {format}, {bits} bits, {channels} channels, {rate} Hz; wanted is 16-bit PCM or G.711, 1 or 2 channels, 4000 to 192000 Hz.");
        }
        return (format, channels, rate);
    }

    private static short[] ToSamples(int format, byte[] data, int channels)
    {
        if (format != FormatPcm)
        {
            var codes = data.AsSpan(0, data.Length - (data.Length % channels));
            return G711.Decode(format == FormatAlaw ? AudioCodec.Pcma : AudioCodec.Pcmu, codes);
        }
        var whole = data.Length - (data.Length % (2 * channels));
        return MemoryMarshal.Cast<byte, short>(data.AsSpan(0, whole)).ToArray();
    }

    private static byte[] ReadChunk(Stream stream, uint size)
    {
        if (size > FormatBytesMax)
        {
            throw new InvalidDataException($"WAV: a format chunk of {size} bytes; at most {FormatBytesMax} are read.");
        }
        var data = new byte[size];
        ReadExactly(stream, data);
        return data;
    }

    private static void Skip(Stream stream, uint size)
    {
        Span<byte> buffer = stackalloc byte[1024];
        for (var left = size; left > 0; left -= Math.Min(left, (uint)buffer.Length))
        {
            ReadExactly(stream, buffer[..(int)Math.Min(left, (uint)buffer.Length)]);
        }
    }

    /// <summary>The data chunk, or all that follows where its size was never filled in (programs that write to a pipe).</summary>
    private static byte[] ReadData(Stream stream, uint size)
    {
        using var data = new MemoryStream();
        var buffer = new byte[64 * 1024];
        var left = Math.Min(size, (long)BytesMax + 1);
        int read;
        while (left > 0 && (read = stream.Read(buffer, 0, (int)Math.Min(left, buffer.Length))) > 0)
        {
            data.Write(buffer, 0, read);
            left -= read;
        }
        return data.Length <= BytesMax
            ? data.ToArray()
            : throw new InvalidDataException($"WAV: more than {BytesMax} bytes of audio.");
    }

    private static void ReadExactly(Stream stream, Span<byte> buffer)
    {
        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
        {
            throw new InvalidDataException("WAV: the file ends in the middle of a chunk.");
        }
    }
}
