namespace CallCenter.Media.Codecs;

/// <summary>
/// A leg's codec that is not G.711, both directions with their state. Inside the engine audio is 8 kHz; this turns packets
/// into such samples and back. Owned by one media thread; allocates nothing a packet.
/// </summary>
internal abstract class WireCodec : IDisposable
{
    /// <summary>Samples of the longest packet: 120 ms.</summary>
    public const int SamplesMax = 960;

    /// <summary>Bytes of the longest packet that is made.</summary>
    public const int BytesMax = 1024;

    public abstract AudioCodec Codec { get; }

    /// <summary>Ticks of the RTP clock in a sample of 1/8000 s.</summary>
    public abstract int ClockFactor { get; }

    /// <summary>Samples decoded into <paramref name="output"/> (<see cref="SamplesMax"/>); 0 or less: not this codec's packet.</summary>
    public abstract int Decode(ReadOnlySpan<byte> payload, Span<short> output);

    /// <summary>Makes up for a lost packet, if the codec can. <paramref name="next"/> is the packet after it, or empty when that is lost too.</summary>
    /// <returns>Samples; 0: nothing is made up.</returns>
    public abstract int Conceal(ReadOnlySpan<byte> next, int samples, Span<short> output);

    /// <summary>Bytes written to <paramref name="payload"/> (<see cref="BytesMax"/>); 0: the codec has no frame of this length.</summary>
    public abstract int Encode(ReadOnlySpan<short> samples, Span<byte> payload);

    /// <summary>Null for G.711, which needs no state.</summary>
    public static WireCodec? Create(AudioCodec codec) => codec switch
    {
        AudioCodec.Opus => new OpusCodec(),
        AudioCodec.G722 => new G722Codec(),
        _ => null,
    };

    public abstract void Dispose();
}
