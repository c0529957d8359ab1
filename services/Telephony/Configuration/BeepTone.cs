using CallCenter.Media;

namespace CallCenter.Telephony.Configuration;

/// <summary>What tells a caller to speak now.</summary>
internal static class BeepTone
{
    public static Clip Clip { get; } = Tones.Sine(1400, TimeSpan.FromMilliseconds(400));
}
