namespace CallCenter.Media.Tests;

/// <summary>Against the decision values of ITU-T G.711, tables 1 and 2, built here from their definition.</summary>
public class G711Tests
{
    /// <summary>Table 1: 128 intervals of a 4,096 scale; the first two segments in steps of 2, then doubling.</summary>
    private static int[] AlawDecisions() => Decisions(0, [2, 2, 4, 8, 16, 32, 64, 128], first: 2);

    /// <summary>Table 2: 128 intervals of an 8,159 scale; the very first interval is 1 wide.</summary>
    private static int[] UlawDecisions() => Decisions(0, [2, 4, 8, 16, 32, 64, 128, 256], first: 1);

    private static int[] Decisions(int from, int[] steps, int first)
    {
        var values = new List<int> { from };
        foreach (var step in steps)
        {
            for (var i = 0; i < 16; i++)
            {
                values.Add(values[^1] + (values.Count == 1 ? first : step));
            }
        }
        return [.. values];
    }

    [Fact]
    public void Decision_values_are_those_of_the_tables()
    {
        AlawDecisions()[^1].ShouldBe(4096);
        UlawDecisions()[^1].ShouldBe(8159);
    }

    [Theory]
    [InlineData(AudioCodec.Pcma, 8)]
    [InlineData(AudioCodec.Pcmu, 4)]
    public void Every_positive_input_falls_into_its_interval(AudioCodec codec, int scale)
    {
        var decisions = codec == AudioCodec.Pcma ? AlawDecisions() : UlawDecisions();
        for (var sample = 0; sample <= short.MaxValue; sample++)
        {
            var interval = Array.FindLastIndex(decisions, value => value * scale <= sample);
            interval = Math.Min(interval, 127);
            var expected = codec == AudioCodec.Pcma ? (0x80 | interval) ^ 0x55 : 0xFF ^ interval;
            ((int)G711.Encode(codec, (short)sample)).ShouldBe(expected, $"sample {sample}");
        }
    }

    [Theory]
    [InlineData(AudioCodec.Pcma, 8)]
    [InlineData(AudioCodec.Pcmu, 4)]
    public void Every_input_comes_back_within_half_a_step(AudioCodec codec, int scale)
    {
        var decisions = codec == AudioCodec.Pcma ? AlawDecisions() : UlawDecisions();
        for (var sample = (int)short.MinValue; sample <= short.MaxValue; sample++)
        {
            var magnitude = Math.Min(Math.Abs(sample), decisions[^1] * scale);
            var interval = Math.Min(127, Array.FindLastIndex(decisions, value => value * scale <= magnitude));
            var step = (decisions[interval + 1] - decisions[interval]) * scale;
            var back = G711.Decode(codec, G711.Encode(codec, (short)sample));
            var clipped = Math.Sign(sample) * magnitude;
            // u-law's first interval is as wide as half the others of its segment and has its level at the edge.
            Math.Abs(back - clipped).ShouldBeLessThanOrEqualTo(Math.Max(step / 2, scale), $"sample {sample}");
        }
    }

    [Theory]
    [InlineData(AudioCodec.Pcma, 0, 0xD5)]
    [InlineData(AudioCodec.Pcma, -1, 0x55)]
    [InlineData(AudioCodec.Pcma, 32767, 0xAA)]
    [InlineData(AudioCodec.Pcma, -32768, 0x2A)]
    [InlineData(AudioCodec.Pcma, 1000, 0xFA)]
    [InlineData(AudioCodec.Pcmu, 0, 0xFF)]
    [InlineData(AudioCodec.Pcmu, 32767, 0x80)]
    [InlineData(AudioCodec.Pcmu, -32768, 0x00)]
    [InlineData(AudioCodec.Pcmu, 1000, 0xCE)]
    public void Known_codes(AudioCodec codec, int sample, int code) =>
        ((int)G711.Encode(codec, (short)sample)).ShouldBe(code);

    [Theory]
    [InlineData(AudioCodec.Pcma, 0xD5, 8)]
    [InlineData(AudioCodec.Pcma, 0x55, -8)]
    [InlineData(AudioCodec.Pcma, 0xAA, 32256)]
    [InlineData(AudioCodec.Pcma, 0x2A, -32256)]
    [InlineData(AudioCodec.Pcmu, 0xFF, 0)]
    [InlineData(AudioCodec.Pcmu, 0x80, 32124)]
    [InlineData(AudioCodec.Pcmu, 0x00, -32124)]
    public void Known_levels(AudioCodec codec, int code, int sample) =>
        ((int)G711.Decode(codec, (byte)code)).ShouldBe(sample);

    [Theory]
    [InlineData(AudioCodec.Pcma)]
    [InlineData(AudioCodec.Pcmu)]
    public void Every_code_survives_decoding_and_encoding(AudioCodec codec)
    {
        for (var code = 0; code < 256; code++)
        {
            // u-law has two zeros; the negative one (0x7F) becomes the positive.
            var expected = codec == AudioCodec.Pcmu && code == 0x7F ? 0xFF : code;
            ((int)G711.Encode(codec, G711.Decode(codec, (byte)code))).ShouldBe(expected);
        }
    }

    [Fact]
    public void Conversion_between_the_laws_stays_within_their_steps()
    {
        for (var code = 0; code < 256; code++)
        {
            byte[] one = [(byte)code];
            G711.Convert(AudioCodec.Pcma, AudioCodec.Pcmu, one);
            var (before, after) = (G711.Decode(AudioCodec.Pcma, (byte)code), G711.Decode(AudioCodec.Pcmu, one[0]));
            Math.Abs(after - before).ShouldBeLessThanOrEqualTo(Math.Max(8, Math.Abs(before) / 16));
        }
    }
}
