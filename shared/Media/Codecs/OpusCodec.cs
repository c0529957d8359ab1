namespace CallCenter.Media.Codecs;

/// <summary>
/// Opus (RFC 6716, RTP by RFC 7587) for voice: decoded to and encoded from 8 kHz by the library itself. Packets carry the
/// previous one again (in-band FEC), lost ones are concealed.
/// </summary>
internal sealed unsafe class OpusCodec : WireCodec
{
    // Narrow-band voice with room for the copy of the previous frame.
    private const int Bitrate = 24_000;
    // How much loss the encoder prepares for, in percent: a home network at its worse hours.
    private const int ExpectedLoss = 10;
    // Of 10: a voice encoded at 5 sounds as at 10, for half of the computing.
    private const int Complexity = 5;

    private nint _encoder;
    private nint _decoder;

    public OpusCodec()
    {
        int encoderError, decoderError;
        _encoder = LibOpus.EncoderCreate(Clip.Rate, 1, LibOpus.OPUS_APPLICATION_VOIP, &encoderError);
        _decoder = LibOpus.DecoderCreate(Clip.Rate, 1, &decoderError);
        if (_encoder == 0 || _decoder == 0)
        {
            Dispose();
            throw new InvalidOperationException($"libopus gives no codec: errors {encoderError} and {decoderError}.");
        }
        _ = LibOpus.EncoderControl(_encoder, LibOpus.OPUS_SET_BITRATE, Bitrate);
        _ = LibOpus.EncoderControl(_encoder, LibOpus.OPUS_SET_COMPLEXITY, Complexity);
        _ = LibOpus.EncoderControl(_encoder, LibOpus.OPUS_SET_INBAND_FEC, 1);
        _ = LibOpus.EncoderControl(_encoder, LibOpus.OPUS_SET_PACKET_LOSS_PERC, ExpectedLoss);
    }

    public override AudioCodec Codec => AudioCodec.Opus;

    /// <summary>The RTP clock is 48 kHz whatever is sent (RFC 7587, section 4.1).</summary>
    public override int ClockFactor => 6;

    public override int Decode(ReadOnlySpan<byte> payload, Span<short> output) =>
        payload.IsEmpty ? 0 : Decode(payload, SamplesMax, output, fec: 0);

    public override int Conceal(ReadOnlySpan<byte> next, int samples, Span<short> output) =>
        Decode(next, samples, output, fec: next.IsEmpty ? 0 : 1);

    private int Decode(ReadOnlySpan<byte> payload, int samples, Span<short> output, int fec)
    {
        fixed (byte* data = payload)
        fixed (short* decoded = output)
        {
            return LibOpus.Decode(_decoder, data, payload.Length, decoded, samples, fec);
        }
    }

    public override int Encode(ReadOnlySpan<short> samples, Span<byte> payload)
    {
        // 5, 10, 20, 40, 60 ms.
        if (samples.Length is not (40 or 80 or 160 or 320 or 480))
        {
            return 0;
        }
        fixed (short* input = samples)
        fixed (byte* output = payload)
        {
            return Math.Max(0, LibOpus.Encode(_encoder, input, samples.Length, output, Math.Min(payload.Length, BytesMax)));
        }
    }

    public override void Dispose()
    {
        if (_encoder != 0)
        {
            LibOpus.EncoderDestroy(_encoder);
        }
        if (_decoder != 0)
        {
            LibOpus.DecoderDestroy(_decoder);
        }
        (_encoder, _decoder) = (0, 0);
    }
}
