using CallCenter.Media;
using CallCenter.Simulator.Audio;

namespace CallCenter.Simulator.Tests;

public sealed class VoiceTests
{
    private const int Seed = 5, Packets = 500;

    [Fact]
    public void A_voice_is_known_by_its_pilot_and_not_by_the_other()
    {
        var voice = Voice.Draw(new Random(Seed), Voice.AgentPilot);
        Share(voice, Voice.AgentPilot).ShouldBeGreaterThan(0.5);
        Share(voice, Voice.CallerPilot).ShouldBe(0);
    }

    [Fact]
    public void Silence_and_a_plain_tone_are_nobodys_voice()
    {
        var codes = new byte[Voice.PacketSamples];
        Array.Fill(codes, G711.Silence(AudioCodec.Pcma));
        Voice.IsHeard(codes, Voice.AgentPilot).ShouldBeFalse();
        G711.Encode(AudioCodec.Pcma, Tones.Sine(440, TimeSpan.FromMilliseconds(20)).Samples, codes);
        Voice.IsHeard(codes, Voice.AgentPilot).ShouldBeFalse();
    }

    private static double Share(Voice voice, double pilot) =>
        Enumerable.Range(0, Packets).Count(i => Voice.IsHeard(voice.Packet(i), pilot)) / (double)Packets;
}
