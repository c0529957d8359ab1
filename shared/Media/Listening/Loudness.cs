namespace CallCenter.Media.Listening;

/// <summary>
/// Sound or background, frame by frame: a frame counts as sound when it is 9 dB above the line's own noise and above -45 dB of full scale. The noise is the softest
/// that was heard, and forgotten by 0.04 dB a frame, so that it follows a line that becomes louder.
/// </summary>
internal sealed class Loudness
{
    private const double Least = 184.0 * 184.0, AboveNoise = 8.0, Forget = 1.01;
    // Steady talk must not become its own noise.
    private const double NoiseMax = 580.0 * 580.0;

    private double _noise = 100.0 * 100.0;

    /// <summary>Takes a frame's mean square.</summary>
    public bool Add(double meanSquare)
    {
        _noise = Math.Clamp(meanSquare < _noise ? meanSquare : _noise * Forget, 1, NoiseMax);
        return meanSquare > Math.Max(Least, AboveNoise * _noise);
    }

    /// <summary>The mean square of samples.</summary>
    public static double MeanSquare(ReadOnlySpan<short> samples)
    {
        var sum = 0.0;
        foreach (var sample in samples)
        {
            sum += (double)sample * sample;
        }
        return sum / Math.Max(1, samples.Length);
    }
}
