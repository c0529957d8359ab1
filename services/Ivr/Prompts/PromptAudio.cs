using System.Security.Cryptography;
using CallCenter.Media;

namespace CallCenter.Ivr.Prompts;

/// <summary>Audio as the gateway plays it: an 8 kHz 16-bit mono WAV, named by its SHA-256.</summary>
/// <param name="Hash">SHA-256 of the file, lower-case hex.</param>
/// <param name="Milliseconds">Its length.</param>
/// <param name="File">The WAV file.</param>
internal sealed record PromptAudio(string Hash, long Milliseconds, byte[] File)
{
    public const int MaxUploadBytes = 10 * 1024 * 1024;
    public const int MaxSeconds = 600;

    /// <summary>Mean level of the speech, in dBov (ITU-T G.100.1): loud enough beside live speech on a phone line.</summary>
    private const double SpeechLevelDb = -20;

    /// <summary>Peaks stay this far below full scale.</summary>
    private const double PeakDb = -1;

    private const int FrameSamples = Clip.Rate / 50;
    private const double SilenceDb = -50;
    private static readonly int[] UsualRates = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];

    /// <summary>A recorded prompt. Throws <see cref="InvalidDataException"/> that says what is wrong.</summary>
    public static PromptAudio FromUpload(byte[] wav) => FromSamples(ToLine(wav));

    /// <summary>Rendered speech, brought to the usual level.</summary>
    public static PromptAudio FromSpeech(byte[] wav) => FromSamples(Level(ToLine(wav)));

    /// <summary>Audio at <see cref="Clip.Rate"/>.</summary>
    public static PromptAudio FromSamples(short[] samples)
    {
        using var file = new MemoryStream(44 + 2 * samples.Length);
        Wav.Write(file, samples);
        var bytes = file.ToArray();
        return new(Convert.ToHexStringLower(SHA256.HashData(bytes)), samples.Length * 1000L / Clip.Rate, bytes);
    }

    private static short[] ToLine(byte[] file)
    {
        using var stream = new MemoryStream(file);
        var wav = Wav.Read(stream);
        if (!UsualRates.Contains(wav.Rate))
        {
            throw new InvalidDataException($"WAV: {wav.Rate} Hz; wanted is one of {string.Join(", ", UsualRates)} Hz.");
        }

        var mono = wav.MixToMono();
        if (mono.Length < wav.Rate / 50 || mono.Length > (long)wav.Rate * MaxSeconds)
        {
            throw new InvalidDataException($"WAV: {(double)mono.Length / wav.Rate:0.00} s of audio; wanted is 0.02 to {MaxSeconds} s.");
        }

        return Resampler.Resample(mono, wav.Rate, Clip.Rate);
    }

    private static short[] Level(short[] samples)
    {
        var frames = samples.Chunk(FrameSamples).Select(f => f.Average(s => (double)s * s)).Where(power => power > Power(SilenceDb)).ToList();
        if (frames.Count == 0)
        {
            return samples;
        }

        var wanted = Math.Sqrt(Power(SpeechLevelDb) / frames.Average());
        var loudest = Math.Sqrt(Power(PeakDb)) / samples.Max(s => Math.Abs((double)s));
        var gain = Math.Min(wanted, loudest);
        return Array.ConvertAll(samples, s => (short)Math.Round(s * gain));
    }

    private static double Power(double db) => Math.Pow(10, db / 10) * short.MaxValue * short.MaxValue;
}
