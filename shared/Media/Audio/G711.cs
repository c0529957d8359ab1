using System.Numerics;

namespace CallCenter.Media;

/// <summary>G.711 (ITU-T, 11/1988): 16-bit samples to and from A-law and u-law, and each law to the other.</summary>
public static class G711
{
    private static readonly byte[] AlawOfLinear = BuildEncoder(EncodeAlaw);
    private static readonly byte[] UlawOfLinear = BuildEncoder(EncodeUlaw);
    private static readonly short[] LinearOfAlaw = BuildDecoder(DecodeAlaw);
    private static readonly short[] LinearOfUlaw = BuildDecoder(DecodeUlaw);
    private static readonly byte[] UlawOfAlaw = BuildConverter(LinearOfAlaw, UlawOfLinear);
    private static readonly byte[] AlawOfUlaw = BuildConverter(LinearOfUlaw, AlawOfLinear);

    /// <summary>The code of the smallest positive level: what silence is written as.</summary>
    public static byte Silence(AudioCodec codec) => codec == AudioCodec.Pcma ? (byte)0xD5 : (byte)0xFF;

    public static byte Encode(AudioCodec codec, short sample) =>
        (codec == AudioCodec.Pcma ? AlawOfLinear : UlawOfLinear)[(ushort)sample];

    public static short Decode(AudioCodec codec, byte code) =>
        (codec == AudioCodec.Pcma ? LinearOfAlaw : LinearOfUlaw)[code];

    /// <summary>Encodes samples; <paramref name="codes"/> must be as long as <paramref name="samples"/>.</summary>
    public static void Encode(AudioCodec codec, ReadOnlySpan<short> samples, Span<byte> codes)
    {
        var table = codec == AudioCodec.Pcma ? AlawOfLinear : UlawOfLinear;
        for (var i = 0; i < samples.Length; i++)
        {
            codes[i] = table[(ushort)samples[i]];
        }
    }

    /// <summary>Decodes to 16-bit samples at 8 kHz.</summary>
    public static short[] Decode(AudioCodec codec, ReadOnlySpan<byte> codes)
    {
        var samples = new short[codes.Length];
        Decode(codec, codes, samples);
        return samples;
    }

    public static void Decode(AudioCodec codec, ReadOnlySpan<byte> codes, Span<short> samples)
    {
        var table = codec == AudioCodec.Pcma ? LinearOfAlaw : LinearOfUlaw;
        for (var i = 0; i < codes.Length; i++)
        {
            samples[i] = table[codes[i]];
        }
    }

    /// <summary>Rewrites codes of one law into the other, in place, by a 256-byte table. The same law: no change.</summary>
    public static void Convert(AudioCodec from, AudioCodec to, Span<byte> codes)
    {
        if (from == to)
        {
            return;
        }
        var table = from == AudioCodec.Pcma ? UlawOfAlaw : AlawOfUlaw;
        foreach (ref var code in codes)
        {
            code = table[code];
        }
    }

    // Table 1a: 12 bits and sign, 8 segments of 16 steps of which the first two are equally fine; even bits inverted
    // (0x55), a set sign bit is positive.
    private static byte EncodeAlaw(short sample)
    {
        var magnitude = (sample < 0 ? ~sample : sample) >> 4;
        var segment = magnitude < 16 ? 0 : BitLength(magnitude) - 4;
        var step = (magnitude >> Math.Max(segment - 1, 0)) & 0x0F;
        return (byte)(((segment << 4) | step) ^ (sample < 0 ? 0x55 : 0xD5));
    }

    private static short DecodeAlaw(byte code)
    {
        var bits = code ^ 0x55;
        var segment = (bits >> 4) & 7;
        var level = ((bits & 0x0F) << 4) + 8;
        if (segment > 0)
        {
            level = (level + 0x100) << (segment - 1);
        }
        return (short)((bits & 0x80) != 0 ? level : -level);
    }

    // Table 2a: 14 bits with a bias of 33 (132 at 16 bits), all bits inverted.
    private const int Bias = 132;
    private const int Clip = 32635;

    private static byte EncodeUlaw(short sample)
    {
        var magnitude = Math.Min(Math.Abs((int)sample), Clip) + Bias;
        var segment = BitLength(magnitude) - 8;
        var step = (magnitude >> (segment + 3)) & 0x0F;
        return (byte)~((sample < 0 ? 0x80 : 0) | (segment << 4) | step);
    }

    private static short DecodeUlaw(byte code)
    {
        var bits = ~code;
        var level = ((((bits & 0x0F) << 3) + Bias) << ((bits >> 4) & 7)) - Bias;
        return (short)((bits & 0x80) != 0 ? -level : level);
    }

    private static int BitLength(int value) => 32 - BitOperations.LeadingZeroCount((uint)value);

    private static byte[] BuildEncoder(Func<short, byte> encode)
    {
        var table = new byte[65536];
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = encode((short)i);
        }
        return table;
    }

    private static short[] BuildDecoder(Func<byte, short> decode)
    {
        var table = new short[256];
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = decode((byte)i);
        }
        return table;
    }

    private static byte[] BuildConverter(short[] decoder, byte[] encoder)
    {
        var table = new byte[256];
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = encoder[(ushort)decoder[i]];
        }
        return table;
    }
}
