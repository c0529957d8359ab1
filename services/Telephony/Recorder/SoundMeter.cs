using CallCenter.Media;

namespace CallCenter.Telephony.Recorder;

/// <summary>
/// Passes a message's blocks on and listens: how much of the caller's channel was sound, and, once, that it has been silent for as long
/// as the message allows. Sound is 100 ms above -45 dB of full scale: speech is some 20 dB louder, a quiet line 15 dB softer.
/// </summary>
internal sealed class SoundMeter(IRecordingSink sink, TimeSpan silence, Action silent) : IRecordingSink
{
    private const int Window = Clip.Rate / 10, WindowMs = 100;
    private const double LoudMeanSquare = 184.0 * 184.0;

    private readonly short[] samples = new short[Window];
    private long quietMs;
    private bool told;

    /// <summary>How much was not silence, in milliseconds; read it when the recording has been completed.</summary>
    public long SoundMs { get; private set; }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(TapBlock block)
    {
        await sink.WriteAsync(block);
        for (var at = 0; at + Window <= block.Caller.Length; at += Window)
        {
            Listen(block.CallerCodec, block.Caller.Span.Slice(at, Window));
        }
        if (!told && quietMs >= silence.TotalMilliseconds)
        {
            told = true;
            silent();
        }
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(RecordingSummary summary) => sink.CompleteAsync(summary);

    private void Listen(AudioCodec codec, ReadOnlySpan<byte> window)
    {
        G711.Decode(codec, window, samples);
        var sum = 0.0;
        foreach (var sample in samples)
        {
            sum += (double)sample * sample;
        }
        var isSound = sum / Window > LoudMeanSquare;
        quietMs = isSound ? 0 : quietMs + WindowMs;
        SoundMs += isSound ? WindowMs : 0;
    }
}
