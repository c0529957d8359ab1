using CallCenter.Media;

namespace CallCenter.Simulator.Audio;

/// <summary>
/// Ten seconds of speech-like sound as G.711 A-law, repeated for ever: syllables and pauses in a speaker's pitch, and
/// under them a steady pilot tone by which the other side knows whose voice it hears.
/// </summary>
internal sealed class Voice
{
    /// <summary>Pilot of every caller, in hertz; far from the harmonics of the built-in tune.</summary>
    public const double CallerPilot = 3125;

    /// <summary>Pilot of every agent, in hertz.</summary>
    public const double AgentPilot = 2875;

    /// <summary>Samples and bytes of one 20 ms packet.</summary>
    public const int PacketSamples = 160;

    private const int Seconds = 10;
    private const double SpeechLevel = 3500, PilotLevel = 1600, PilotShareMin = 0.25, PilotPowerMin = 300;
    private readonly byte[] _codes;

    private Voice(byte[] codes) => _codes = codes;

    /// <summary>A voice of that pilot; pitch and rhythm are drawn.</summary>
    public static Voice Draw(Random random, double pilot)
    {
        var samples = new short[Seconds * Clip.Rate];
        var pitch = 95 + random.Next(130);
        for (var at = 0; at < samples.Length;)
        {
            var syllable = Math.Min(samples.Length - at, random.Next(600, 1900));
            var level = random.Next(5) == 0 ? 0 : SpeechLevel * (0.5 + random.NextDouble() / 2);
            for (var i = 0; i < syllable; i++)
            {
                var time = (at + i) / (double)Clip.Rate;
                var envelope = level * Math.Sin(Math.PI * i / syllable);
                samples[at + i] = (short)((envelope * Harmonics(pitch, time)) + (PilotLevel * Math.Sin(2 * Math.PI * pilot * time)));
            }
            at += syllable;
        }
        var codes = new byte[samples.Length];
        G711.Encode(AudioCodec.Pcma, samples, codes);
        return new Voice(codes);
    }

    /// <summary>The payload of the packet with that number.</summary>
    public ReadOnlySpan<byte> Packet(long number) => _codes.AsSpan((int)(number * PacketSamples % _codes.Length), PacketSamples);

    /// <summary>Whether a received payload holds the pilot.</summary>
    public static bool IsHeard(ReadOnlySpan<byte> payload, double pilot)
    {
        Span<short> samples = stackalloc short[PacketSamples];
        if (payload.Length < PacketSamples)
        {
            return false;
        }
        G711.Decode(AudioCodec.Pcma, payload[..PacketSamples], samples);
        var power = 0.0;
        foreach (var sample in samples)
        {
            power += Math.Abs((int)sample);
        }
        return power / PacketSamples > PilotPowerMin && ToneProbe.Share(samples, Clip.Rate, pilot) > PilotShareMin;
    }

    private static double Harmonics(double pitch, double time)
    {
        var phase = 2 * Math.PI * pitch * time;
        return (Math.Sin(phase) + (0.6 * Math.Sin(2 * phase)) + (0.35 * Math.Sin(3 * phase)) + (0.2 * Math.Sin(5 * phase))) / 2.15;
    }
}
