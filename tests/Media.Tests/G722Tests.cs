using CallCenter.Media.Codecs;

namespace CallCenter.Media.Tests;

/// <summary>G.722 against itself; against another implementation in Browser/.</summary>
public class G722Tests
{
    private const int Seed = 722;

    private static short[] RoundTrip(ReadOnlySpan<short> samples)
    {
        using var encoder = new G722Codec();
        using var decoder = new G722Codec();
        var (payload, decoded) = (new byte[160], new short[160]);
        var heard = new List<short>();
        for (var from = 0; from + 160 <= samples.Length; from += 160)
        {
            encoder.Encode(samples.Slice(from, 160), payload).ShouldBe(160);
            decoder.Decode(payload, decoded).ShouldBe(160);
            heard.AddRange(decoded);
        }
        return [.. heard];
    }

    [Theory]
    [InlineData(100)]
    [InlineData(440)]
    [InlineData(1000)]
    [InlineData(3000)]
    public void A_tone_comes_back_as_loud_and_as_pure(double hertz)
    {
        var tone = Tones.Sine(hertz, TimeSpan.FromSeconds(1)).Samples;
        var heard = RoundTrip(tone).AsSpan(800);
        ToneProbe.Share(heard, Clip.Rate, hertz).ShouldBeGreaterThan(0.995);
        ToneProbe.LevelDb(heard).ShouldBe(ToneProbe.LevelDb(tone), 0.5);
    }

    [Fact]
    public void Silence_stays_silent()
    {
        var heard = RoundTrip(new short[16_000]);
        heard.AsSpan(8000).ToArray().ShouldAllBe(sample => Math.Abs((int)sample) < 16);
    }

    [Fact]
    public void Full_scale_noise_and_any_bytes_stay_within_bounds()
    {
        using var codec = new G722Codec();
        var random = new Random(Seed);
        var (samples, payload) = (new short[WireCodec.SamplesMax], new byte[WireCodec.BytesMax]);
        for (var i = 0; i < 500; i++)
        {
            var noise = Enumerable.Range(0, 160).Select(_ => random.Next(2) == 0 ? short.MaxValue : short.MinValue).ToArray();
            codec.Encode(noise, payload).ShouldBe(160, $"seed {Seed}");
            random.NextBytes(payload);
            codec.Decode(payload.AsSpan(0, random.Next(payload.Length)), samples).ShouldBeInRange(0, samples.Length);
        }
    }

    [Fact]
    public async Task Tones_go_both_ways_between_G722_and_G711()
    {
        await using var net = new Loopback();
        var (desk, deskPhone) = await net.Party("desk", PayloadFormat.G722);
        var (trunk, trunkPhone) = await net.Party("trunk", PayloadFormat.Pcmu);
        await desk.Bridge(trunk);
        deskPhone.Leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        trunkPhone.Leg.Play(Tones.Sine(1000, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        await trunkPhone.WaitForTone(440, Loopback.Deadline);
        await deskPhone.WaitForTone(1000, Loopback.Deadline);
        (await trunk.GetStatistics()).Dropped.Values.Sum().ShouldBe(0);
    }
}
