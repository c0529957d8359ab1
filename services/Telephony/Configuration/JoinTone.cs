using CallCenter.Media;

namespace CallCenter.Telephony.Configuration;

/// <summary>
/// What tells an agent on a standing leg that a caller comes: two short notes, and silence to the end of the second in which the agent
/// reads for whom it is to speak.
/// </summary>
internal static class JoinTone
{
    private static readonly TimeSpan Note = TimeSpan.FromMilliseconds(150);

    public static Clip Clip { get; } = Clip.FromSamples([
        .. Tones.Sine(660, Note).Samples, .. Tones.Sine(880, Note).Samples, .. Clip.Silence(TimeSpan.FromMilliseconds(700)).Samples]);
}
