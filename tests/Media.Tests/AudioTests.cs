namespace CallCenter.Media.Tests;

public class AudioTests
{
    [Theory]
    [InlineData(22050)]
    [InlineData(16000)]
    [InlineData(44100)]
    [InlineData(48000)]
    [InlineData(6000)]
    public void Resampling_keeps_tones_that_fit_and_removes_those_that_do_not(int rate)
    {
        var kept = Resampler.Resample(Sine(1000, rate, 0.5), rate, 8000);
        kept.Length.ShouldBe(8000);
        ToneProbe.DominantFrequency(kept, 8000).ShouldBe(1000, 1);
        ToneProbe.Share(kept, 8000, 1000).ShouldBeGreaterThan(0.9999);
        ToneProbe.LevelDb(kept.AsSpan(200, 7600)).ShouldBe(-6.02, 0.1);

        if (rate > 10_000)
        {
            // 5 kHz would fold to 3 kHz.
            var folded = Resampler.Resample(Sine(5000, rate, 0.5), rate, 8000);
            ToneProbe.LevelDb(folded.AsSpan(200, 7600)).ShouldBeLessThan(-70);
        }
    }

    [Fact]
    public void Resampling_the_shortest_audio_works()
    {
        Resampler.Resample([], 22050, 8000).ShouldBeEmpty();
        Resampler.Resample([1, 2, 3], 22050, 8000).Length.ShouldBe(1);
        Should.Throw<ArgumentException>(() => Resampler.Resample([1], 1000, 8000));
    }

    [Theory]
    [InlineData(1, 8000)]
    [InlineData(2, 8000)]
    [InlineData(1, 22050)]
    public void A_written_file_is_read_back(int channels, int rate)
    {
        var samples = Sine(440, rate, 0.3);
        var interleaved = channels == 2 ? Wav.Interleave(samples, Sine(1000, rate, 0.3)) : samples;
        using var stream = new MemoryStream();
        Wav.Write(stream, interleaved, rate, channels);
        stream.Position = 0;
        var wav = Wav.Read(stream);
        (wav.Rate, wav.Channels).ShouldBe((rate, channels));
        wav.Channel(0).ShouldBe(samples);
        if (channels == 2)
        {
            ToneProbe.DominantFrequency(wav.Channel(1), rate).ShouldBe(1000, 1);
        }
        stream.Position = 0;
        var clip = Clip.FromWav(stream);
        clip.Duration.TotalSeconds.ShouldBe(1, 0.001);
        ToneProbe.Share(clip.Samples, Clip.Rate, 440).ShouldBeGreaterThan(channels == 2 ? 0.45 : 0.999);
    }

    [Theory]
    [InlineData("", "ends in the middle")]
    [InlineData("RIFF    XXXX", "does not start with RIFF")]
    [InlineData("RIFF    WAVEdata\0\0\0\0", "before its format")]
    [InlineData("RIFF    WAVEfmt \u0002\0\0\0\0\0", "shorter than 16")]
    [InlineData("RIFF    WAVEfmt \u0010\0\0\0\u0001\0\u0001\0\u0040\u001f\0\0\0\0\0\0\u0001\0\u0008\0", "8 bits")]
    [InlineData("RIFF    WAVEfmt \u00ff\u00ff\u00ff\u00ff", "at most")]
    [InlineData("RIFF    WAVELIST\u00ff\u00ff\u00ff\u00ff", "ends in the middle")]
    public void A_broken_file_says_what_is_wrong(string text, string message)
    {
        using var stream = new MemoryStream(System.Text.Encoding.Latin1.GetBytes(text));
        Should.Throw<InvalidDataException>(() => Wav.Read(stream)).Message.ShouldContain(message);
    }

    [Fact]
    public void A_file_from_a_pipe_with_an_unknown_length_is_read_to_its_end()
    {
        using var stream = new MemoryStream();
        Wav.Write(stream, Sine(440, 22050, 0.3), 22050);
        var bytes = stream.ToArray();
        new byte[] { 0xF0, 0xFF, 0xFF, 0x7F }.CopyTo(bytes, 40);
        Wav.Read(new MemoryStream(bytes)).Samples.Length.ShouldBe(22050);
    }

    [Fact]
    public void The_probe_tells_tones_from_noise_and_silence()
    {
        var dual = Tones.Dual(697, 1209, TimeSpan.FromMilliseconds(200)).Samples;
        ToneProbe.Share(dual, 8000, 697).ShouldBe(0.5, 0.02);
        ToneProbe.Share(dual, 8000, 1209).ShouldBe(0.5, 0.02);
        ToneProbe.Share(dual, 8000, 941).ShouldBeLessThan(0.001);
        ToneProbe.DominantFrequency(Tones.Sine(123.4, TimeSpan.FromSeconds(1)).Samples, 8000).ShouldBe(123.4, 0.3);
        ToneProbe.Share(new short[1600], 8000, 440).ShouldBe(0);
        ToneProbe.DominantFrequency(new short[1600], 8000).ShouldBe(0);
        ToneProbe.LevelDb(new short[1600]).ShouldBe(double.NegativeInfinity);
        ToneProbe.LevelDb(Tones.Sine(1000, TimeSpan.FromSeconds(1), 1).Samples).ShouldBe(0, 0.01);
        var random = new Random(1);
        var noise = Enumerable.Range(0, 1600).Select(_ => (short)random.Next(-8000, 8000)).ToArray();
        ToneProbe.Share(noise, 8000, 440).ShouldBeLessThan(0.05);
    }

    private static short[] Sine(double hertz, int rate, double level) =>
        [.. Enumerable.Range(0, rate).Select(i => (short)Math.Round(level * short.MaxValue * Math.Sin(2 * Math.PI * hertz * i / rate)))];
}
