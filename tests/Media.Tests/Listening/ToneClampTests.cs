using CallCenter.Media.Listening;

namespace CallCenter.Media.Tests.Listening;

public class ToneClampTests
{
    private const int Seed = 20261122;

    private static (short[] Heard, string Keys) Pass(short[] samples, int packet = 160)
    {
        var (codes, keys) = (Sounds.Coded(samples), "");
        var clamp = new ToneClamp(key => keys += key);
        for (var at = 0; at + packet <= codes.Length; at += packet)
        {
            clamp.Pass(AudioCodec.Pcma, codes.AsSpan(at, packet));
        }
        return (G711.Decode(AudioCodec.Pcma, codes), keys);
    }

    [Fact]
    public void No_key_is_heard_and_every_key_is_told_once()
    {
        var random = new Random(Seed);
        var (wrong, loudest) = (0, 0);
        for (var run = 0; run < 400; run++)
        {
            var key = Sounds.Keys[run % 16];
            var tone = Sounds.Key(key, 0.045 + (0.15 * random.NextDouble()), 0.05 + (0.4 * random.NextDouble()), 1 + (0.015 * (2 * random.NextDouble() - 1)), Math.Pow(10, (12 * random.NextDouble() - 6) / 20));
            var line = Sounds.OverLine(Sounds.Join(Sounds.Quiet(0.2), tone, Sounds.Quiet(0.3)), random.Next(1, 60), random);
            var (heard, keys) = Pass(line, run % 3 == 0 ? 80 : run % 3 == 1 ? 160 : 240);
            wrong += keys == key.ToString() ? 0 : 1;
            loudest = Math.Max(loudest, heard.AsSpan(1600 + ToneClamp.Delay, tone.Length).ToArray().Max(sample => Math.Abs((int)sample)));
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}: {wrong} of 400 keys told wrong, the loudest sample left is {loudest}");
        wrong.ShouldBe(0, $"seed {Seed}");
        // Before the tone is a look long, what is left of it is the line's noise.
        loudest.ShouldBeLessThan(250, $"seed {Seed}");
    }

    [Fact]
    public void A_number_typed_at_speed_is_told_in_order()
    {
        const string number = "4000056655665556";
        var samples = Sounds.Join([Sounds.Quiet(0.1), .. number.SelectMany(key => (short[][])[Sounds.Key(key, 0.05), Sounds.Quiet(0.05)]), Sounds.Quiet(0.1)]);
        Pass(samples).Keys.ShouldBe(number);
    }

    [Fact]
    public void Other_sound_passes_40_ms_late()
    {
        var tone = Sounds.Tone(0.5, 0.3, 600);
        var (heard, keys) = Pass(tone);
        keys.ShouldBeEmpty();
        heard.AsSpan(ToneClamp.Delay).ToArray().ShouldBe(G711.Decode(AudioCodec.Pcma, Sounds.Coded(tone))[..^ToneClamp.Delay]);
    }

    [Fact]
    [Trait("needs", "server")]
    public async Task Speech_passes()
    {
        var random = new Random(Seed);
        var spoken = Sounds.Join(await Task.WhenAll(new[] { "en", "fi", "en+f3", "en+m4" }.Select((voice, n) => Sounds.Speech(
            "The person you are calling is not available. Please leave your name and number after the tone, and we will call you back on Monday.", voice, 140 + (10 * n), 35 + (8 * n)))));
        var line = Sounds.OverLine(spoken, 20, random);
        var (heard, keys) = Pass(line);
        var (loud, lost) = (0, 0);
        for (var i = 0; i + ToneClamp.Delay < heard.Length - 160; i++)
        {
            var isLoud = Math.Abs((int)line[i]) > 300;
            loud += isLoud ? 1 : 0;
            lost += isLoud && Math.Abs((int)heard[i + ToneClamp.Delay]) <= 8 ? 1 : 0;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{line.Length / Clip.Rate} s of speech: {100.0 * lost / loud:F2} % silenced, {keys.Length} keys told");
        ((double)lost / loud).ShouldBeLessThan(0.02);
        keys.Length.ShouldBeLessThanOrEqualTo(1);
    }
}
