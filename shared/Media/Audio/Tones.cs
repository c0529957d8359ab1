namespace CallCenter.Media;

/// <summary>Generated audio at 8 kHz. Levels are the peak of the whole tone as a share of full scale (0 to 1).</summary>
public static class Tones
{
    public static Clip Sine(double hertz, TimeSpan duration, double level = 0.3) => Sum(duration, level, hertz);

    /// <summary>Two tones of equal strength, as ringing and dial tones are made of.</summary>
    public static Clip Dual(double hertz1, double hertz2, TimeSpan duration, double level = 0.3) => Sum(duration, level, hertz1, hertz2);

    internal static int SampleCount(TimeSpan duration) => checked((int)Math.Round(duration.TotalSeconds * Clip.Rate));

    private static Clip Sum(TimeSpan duration, double level, params ReadOnlySpan<double> frequencies)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, 1);
        var samples = new short[SampleCount(duration)];
        var amplitude = level * short.MaxValue / frequencies.Length;
        for (var i = 0; i < samples.Length; i++)
        {
            var sum = 0.0;
            foreach (var hertz in frequencies)
            {
                sum += Math.Sin(2 * Math.PI * hertz * i / Clip.Rate);
            }
            samples[i] = (short)Math.Round(amplitude * sum);
        }
        return Clip.FromSamples(samples);
    }
}
