using CallCenter.Media;

namespace CallCenter.Telephony.Configuration;

/// <summary>What a caller on hold hears when the number has no music: a slow arpeggio, the same for everybody; and what the agent hears meanwhile.</summary>
internal static class HoldTune
{
    private static readonly double[] Hertz = [261.63, 329.63, 392.00, 523.25, 392.00, 329.63, 220.00, 261.63, 329.63, 440.00, 329.63, 261.63];

    public static Clip Silence { get; } = Clip.Silence(TimeSpan.FromSeconds(1));

    public static Clip Clip { get; } = Clip.FromSamples([.. Hertz.SelectMany(Note)]);

    /// <summary>600 ms that swell for 50 ms and fade.</summary>
    private static IEnumerable<short> Note(double hertz)
    {
        var samples = Clip.Rate * 600 / 1000;
        for (var n = 0; n < samples; n++)
        {
            var envelope = Math.Min(1, n / (Clip.Rate * 0.05)) * (1 - (double)n / samples);
            yield return (short)(short.MaxValue * 0.15 * envelope * Math.Sin(2 * Math.PI * hertz * n / Clip.Rate));
        }
    }
}
