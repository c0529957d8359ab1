using CallCenter.Ivr.Prompts;
using CallCenter.Media;

namespace CallCenter.Ivr.Tests.Prompts;

public sealed class PromptAudioTests
{
    internal static byte[] WavOf(int rate, int channels, double seconds = 1, double hertz = 440)
    {
        var one = Resampler.Resample(Tones.Sine(hertz, TimeSpan.FromSeconds(seconds)).Samples, Clip.Rate, rate);
        using var file = new MemoryStream();
        Wav.Write(file, channels == 1 ? one : Wav.Interleave(one, one), rate, channels);
        return file.ToArray();
    }

    internal static Wav Read(byte[] file)
    {
        using var stream = new MemoryStream(file);
        return Wav.Read(stream);
    }

    [Theory]
    [InlineData(8_000, 1)]
    [InlineData(11_025, 1)]
    [InlineData(16_000, 2)]
    [InlineData(22_050, 1)]
    [InlineData(44_100, 2)]
    [InlineData(48_000, 2)]
    public void An_uploaded_tone_stays_the_same_tone_at_the_line_rate(int rate, int channels)
    {
        var audio = PromptAudio.FromUpload(WavOf(rate, channels));
        var wav = Read(audio.File);
        (wav.Rate, wav.Channels).ShouldBe((8_000, 1));
        ToneProbe.DominantFrequency(wav.Samples, wav.Rate).ShouldBe(440, 3);
        ToneProbe.Share(wav.Samples, wav.Rate, 440).ShouldBeGreaterThan(0.95);
        audio.Milliseconds.ShouldBeInRange(990, 1000);
        audio.Hash.ShouldMatch("^[0-9a-f]{64}$");
    }

    [Fact]
    public void A_tone_above_the_line_s_band_does_not_fold_back()
    {
        var file = new MemoryStream();
        var samples = Enumerable.Range(0, 48_000).Select(n => (short)(10_000 * Math.Sin(Math.Tau * 6_000 * n / 48_000))).ToArray();
        Wav.Write(file, samples, 48_000);
        ToneProbe.LevelDb(Read(PromptAudio.FromUpload(file.ToArray()).File).Samples).ShouldBeLessThan(-50);
    }

    public static TheoryData<byte[], string> Broken => new()
    {
        { "not a wav file, but long enough to be one"u8.ToArray(), "RIFF" },
        { WavOf(8_000, 1)[..30], "ends in the middle" },
        { WavOf(9_000, 1), "9000 Hz" },
        { WavOf(8_000, 1, seconds: 0.01), "0.02" },
        { [], "ends in the middle" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_upload_is_refused_with_its_reason(byte[] file, string part) =>
        Should.Throw<InvalidDataException>(() => PromptAudio.FromUpload(file)).Message.ShouldContain(part);

    [Fact]
    public void Quiet_speech_is_brought_to_the_usual_level()
    {
        var quiet = Tones.Sine(300, TimeSpan.FromSeconds(1), 0.01).Samples.ToArray();
        var file = new MemoryStream();
        Wav.Write(file, quiet);
        // The probe counts from a full-scale sine, 3 dB below full scale.
        ToneProbe.LevelDb(Read(PromptAudio.FromSpeech(file.ToArray()).File).Samples).ShouldBeInRange(-18, -16);
    }

    [Fact]
    public void The_tune_is_soft_the_same_each_time_and_loops_without_a_seam()
    {
        var tune = Tune.Samples();
        PromptAudio.FromSamples(tune).Hash.ShouldBe(PromptAudio.FromSamples(Tune.Samples()).Hash);
        tune.Max(s => Math.Abs((int)s)).ShouldBeInRange(3_000, 16_000);
        ToneProbe.LevelDb(tune).ShouldBeInRange(-30, -15);
        var steps = tune.Zip(tune.Skip(1), (a, b) => Math.Abs(a - b)).ToList();
        Math.Abs(tune[0] - tune[^1]).ShouldBeLessThanOrEqualTo(steps.Max());
        tune.Chunk(Clip.Rate / 4).ShouldAllBe(part => ToneProbe.LevelDb(part) > -45);
    }
}
