using System.Collections.Concurrent;
using System.Globalization;
using CallCenter.Media;
using ContractClip = CallCenter.Contracts.Telephony.Clip;

namespace CallCenter.Telephony.Configuration;

/// <summary>Clips that nobody has to give: silence of a length, and the comfort tone. They are made once and shared.</summary>
internal static class BuiltInClips
{
    /// <summary>The longest silence in one clip; each length that is asked for is kept while the process lives, in steps of 20 ms.</summary>
    public const int SilenceMsMax = 10_000;

    private const string SilencePrefix = "silence:";
    private const int StepMs = 20;

    private static readonly ConcurrentDictionary<int, Clip> Silences = new();

    // Heard beside nothing else, so soft: 120 ms at -34 dB, then five seconds of quiet.
    private static readonly Clip Comfort = Clip.FromSamples(
        [.. Tones.Sine(425, TimeSpan.FromMilliseconds(120), 0.02).Samples, .. Clip.Silence(TimeSpan.FromSeconds(5)).Samples]);

    /// <summary>The clip; null when it is none of these.</summary>
    public static Clip? Find(ContractClip clip)
    {
        if (clip.Url == ContractClip.ComfortTone.Url)
        {
            return Comfort;
        }
        return clip.Url.StartsWith(SilencePrefix, StringComparison.Ordinal)
            && int.TryParse(clip.Url.AsSpan(SilencePrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms is >= 1 and <= SilenceMsMax
            ? Silences.GetOrAdd((ms + StepMs - 1) / StepMs, steps => Clip.Silence(TimeSpan.FromMilliseconds(steps * StepMs)))
            : null;
    }
}
