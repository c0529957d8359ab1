using CallCenter.Media;
using CallCenter.Telephony.Recorder;

namespace CallCenter.Telephony.Tests.Recorder;

public sealed class SoundMeterTests
{
    private readonly Kept kept = new();
    private readonly SoundMeter meter;
    private int silent;
    private int blocks;

    public SoundMeterTests() => meter = new(kept, TimeSpan.FromSeconds(2), () => silent++);

    [Fact]
    public async Task Sound_is_counted_and_silence_told_once()
    {
        await Hear(Speech(1.5));
        await Hear(new short[Clip.Rate * 3 / 2]);
        silent.ShouldBe(0);
        await Hear(new short[Clip.Rate * 3]);
        (silent, meter.SoundMs).ShouldBe((1, 1500));
        kept.Blocks.ShouldBe(blocks, "every block goes on to the recording");
    }

    [Fact]
    public async Task Speech_begins_the_silence_anew()
    {
        for (var i = 0; i < 4; i++)
        {
            await Hear(new short[Clip.Rate * 3 / 2]);
            await Hear(Speech(0.5));
        }
        silent.ShouldBe(0);
    }

    [Fact]
    public async Task A_quiet_line_is_silent_and_a_quiet_voice_is_not()
    {
        await Hear(Tones.Sine(200, TimeSpan.FromSeconds(2), level: 0.002).Samples.ToArray());
        (silent, meter.SoundMs).ShouldBe((1, 0));
        await Hear(Speech(0.5, level: 0.03));
        meter.SoundMs.ShouldBe(500);
    }

    private static short[] Speech(double seconds, double level = 0.3) => Tones.Sine(440, TimeSpan.FromSeconds(seconds), level).Samples.ToArray();

    private async Task Hear(short[] samples)
    {
        foreach (var half in samples.Chunk(Clip.Rate / 2))
        {
            var codes = new byte[half.Length];
            G711.Encode(AudioCodec.Pcmu, half, codes);
            await meter.WriteAsync(new TapBlock(blocks, TimeSpan.FromMilliseconds(500 * blocks), DateTimeOffset.UnixEpoch, AudioCodec.Pcmu, codes, AudioCodec.Pcmu, codes));
            blocks++;
        }
    }

    private sealed class Kept : IRecordingSink
    {
        public int Blocks { get; private set; }

        public ValueTask WriteAsync(TapBlock block)
        {
            Blocks++;
            return ValueTask.CompletedTask;
        }

        public ValueTask CompleteAsync(RecordingSummary summary) => ValueTask.CompletedTask;
    }
}
