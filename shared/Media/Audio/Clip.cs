namespace CallCenter.Media;

/// <summary>
/// Audio to be played: 16-bit mono samples at 8 kHz, immutable, shared by any number of players.
/// Each codec's form is made once and kept: a tune costs one byte a sample and codec, however many hear it.
/// </summary>
public sealed class Clip
{
    /// <summary>Samples a second of every clip.</summary>
    public const int Rate = 8000;

    /// <summary>Longest clip: 60 minutes, 58 MB as samples.</summary>
    public static readonly TimeSpan DurationMax = TimeSpan.FromHours(1);

    private readonly short[] _samples;
    private byte[]? _pcma;
    private byte[]? _pcmu;

    private Clip(short[] samples)
    {
        if (samples.Length > DurationMax.TotalSeconds * Rate)
        {
            throw new ArgumentException($"A clip of {samples.Length / Rate} s is longer than {DurationMax.TotalSeconds} s.");
        }
        _samples = samples;
    }

    public ReadOnlySpan<short> Samples => _samples;
    public TimeSpan Duration => TimeSpan.FromSeconds((double)_samples.Length / Rate);

    /// <summary>From mono samples at any rate from 4,000 to 192,000 a second; copied.</summary>
    public static Clip FromSamples(ReadOnlySpan<short> samples, int rate = Rate) =>
        new(rate == Rate ? samples.ToArray() : Resampler.Resample(samples, rate, Rate));

    /// <summary>From a WAV stream. Throws <see cref="InvalidDataException"/> that says what is wrong with it.</summary>
    public static Clip FromWav(Stream stream)
    {
        var wav = Wav.Read(stream);
        return FromSamples(wav.MixToMono(), wav.Rate);
    }

    /// <summary>From a WAV file. Throws <see cref="InvalidDataException"/> that says what is wrong with it.</summary>
    public static Clip FromWavFile(string path)
    {
        using var stream = File.OpenRead(path);
        return FromWav(stream);
    }

    public static Clip Silence(TimeSpan duration) => new(new short[Tones.SampleCount(duration)]);

    /// <summary>The whole clip in a codec's form; computed on first use, then shared.</summary>
    internal byte[] Encoded(AudioCodec codec)
    {
        ref var cached = ref codec == AudioCodec.Pcma ? ref _pcma : ref _pcmu;
        if (Volatile.Read(ref cached) is { } ready)
        {
            return ready;
        }
        var codes = new byte[_samples.Length];
        G711.Encode(codec, _samples, codes);
        // Two threads may both encode; all then use the one that was stored first.
        return Interlocked.CompareExchange(ref cached, codes, null) ?? codes;
    }
}
