namespace CallCenter.Media.Tests;

public class BridgeTests
{
    [Theory]
    [InlineData(AudioCodec.Pcma, AudioCodec.Pcma)]
    [InlineData(AudioCodec.Pcmu, AudioCodec.Pcmu)]
    [InlineData(AudioCodec.Pcma, AudioCodec.Pcmu)]
    public async Task Each_side_hears_the_other(AudioCodec callerCodec, AudioCodec agentCodec)
    {
        await using var net = new Loopback();
        var (caller, callerPhone) = await net.Party("caller", Format(callerCodec));
        var (agent, agentPhone) = await net.Party("agent", Format(agentCodec));
        await caller.Bridge(agent);
        callerPhone.Leg.Play(Tones.Sine(440, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        agentPhone.Leg.Play(Tones.Sine(1000, TimeSpan.FromSeconds(1)), PlayMode.Loop);

        await callerPhone.WaitForTone(1000, Loopback.Deadline);
        await agentPhone.WaitForTone(440, Loopback.Deadline);

        var heard = await agentPhone.Heard(TimeSpan.FromMilliseconds(600));
        Loopback.BestShare(heard, 440).ShouldBeGreaterThan(0.98);
        Loopback.BestShare(heard, 1000).ShouldBeLessThan(0.02);
    }

    [Fact]
    public async Task A_held_leg_hears_music_and_then_the_bridge_again()
    {
        await using var net = new Loopback();
        var (caller, callerPhone) = await net.Party("caller", PayloadFormat.Pcma);
        var (agent, agentPhone) = await net.Party("agent", PayloadFormat.Pcma);
        await caller.Bridge(agent);
        agentPhone.Leg.Play(Tones.Sine(1000, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        await callerPhone.WaitForTone(1000, Loopback.Deadline);

        var music = caller.Play(Tones.Sine(600, TimeSpan.FromSeconds(1)), PlayMode.Loop);
        await callerPhone.WaitForTone(600, Loopback.Deadline, share: 0.95);
        await music.Stop();
        await callerPhone.WaitForTone(1000, Loopback.Deadline, share: 0.95);
    }

    private static PayloadFormat Format(AudioCodec codec) => codec == AudioCodec.Pcma ? PayloadFormat.Pcma : PayloadFormat.Pcmu;
}
