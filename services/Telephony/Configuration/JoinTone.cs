using CallCenter.Media;

namespace CallCenter.Telephony.Configuration;

/// <summary>What tells an agent on a standing leg that a caller comes: two short notes, then for whom; where that cannot be said, time to read it.</summary>
internal static class JoinTone
{
    private static readonly TimeSpan Note = TimeSpan.FromMilliseconds(150);

    /// <summary>The notes, and a breath.</summary>
    public static Clip Clip { get; } = Clip.FromSamples([
        .. Tones.Sine(660, Note).Samples, .. Tones.Sine(880, Note).Samples, .. Clip.Silence(TimeSpan.FromMilliseconds(100)).Samples]);

    /// <summary>The rest of the second.</summary>
    public static Clip Pause { get; } = Clip.Silence(TimeSpan.FromMilliseconds(600));
}
