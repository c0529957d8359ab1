namespace CallCenter.Media.Codecs;

/// <summary>
/// G.722 at 64 kbit/s (ITU-T, 09/2012; RTP by RFC 3551, section 4.5.2, whose clock is 8 kHz). One byte holds a sample of
/// each half band at 8 kHz. Inside the engine audio is 8 kHz, which is the lower half alone: the upper half is not listened
/// to, and silence is said there.
/// </summary>
internal sealed class G722Codec : WireCodec
{
    private readonly G722Band _low = new(initialScale: 32);
    private readonly G722Band _lowIn = new(initialScale: 32);
    private readonly G722Band _high = new(initialScale: 8);

    public override AudioCodec Codec => AudioCodec.G722;
    public override int ClockFactor => 1;

    public override int Decode(ReadOnlySpan<byte> payload, Span<short> output)
    {
        if (payload.Length > output.Length)
        {
            return 0;
        }
        for (var i = 0; i < payload.Length; i++)
        {
            // A half band has 15 bits.
            output[i] = (short)(2 * _lowIn.DecodeLow(payload[i] & 0x3F));
        }
        return payload.Length;
    }

    public override int Conceal(ReadOnlySpan<byte> next, int samples, Span<short> output) => 0;

    public override int Encode(ReadOnlySpan<short> samples, Span<byte> payload)
    {
        if (samples.Length > payload.Length)
        {
            return 0;
        }
        for (var i = 0; i < samples.Length; i++)
        {
            payload[i] = (byte)(_low.EncodeLow(samples[i] >> 1) | (_high.EncodeHigh(0) << 6));
        }
        return samples.Length;
    }

    public override void Dispose()
    {
        // Managed state only.
    }
}
