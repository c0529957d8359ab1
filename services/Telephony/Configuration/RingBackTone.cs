using CallCenter.Media;

namespace CallCenter.Telephony.Configuration;

/// <summary>What an agent hears while the other side of a placed call rings: 425 Hz, 1 s of 5 (ETSI TR 101 041-2, ITU-T E.180).</summary>
internal static class RingBackTone
{
    public static Clip Clip { get; } = Clip.FromSamples([
        .. Tones.Sine(425, TimeSpan.FromSeconds(1)).Samples, .. Clip.Silence(TimeSpan.FromSeconds(4)).Samples]);
}
