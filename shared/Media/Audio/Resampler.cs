namespace CallCenter.Media;

/// <summary>
/// Changes the sample rate by a rational factor with a Kaiser-windowed sinc in polyphase form
/// (Oppenheim and Schafer, Discrete-Time Signal Processing, 7.6 and 4.6): about 80 dB in the stop band.
/// For whole clips, not for live streams.
/// </summary>
public static class Resampler
{
    private const int ZeroCrossings = 24;
    private const double KaiserBeta = 8.0;
    // Leaves room for the transition band below the lower of the two Nyquist frequencies.
    private const double CutoffShare = 0.92;

    /// <summary>Resamples mono audio; rates from 4,000 to 192,000 a second.</summary>
    public static short[] Resample(ReadOnlySpan<short> input, int fromRate, int toRate)
    {
        ThrowIfNotRate(fromRate);
        ThrowIfNotRate(toRate);
        if (fromRate == toRate)
        {
            return input.ToArray();
        }
        var divisor = GreatestCommonDivisor(fromRate, toRate);
        var (up, down) = (toRate / divisor, fromRate / divisor);
        var filter = BuildPhases(up, down, out var reach);
        var output = new short[(int)((long)input.Length * up / down)];
        for (var n = 0; n < output.Length; n++)
        {
            var position = (long)n * down;
            output[n] = Convolve(input, filter[position % up], (int)(position / up) - reach + 1);
        }
        return output;
    }

    private static short Convolve(ReadOnlySpan<short> input, float[] taps, int first)
    {
        var sum = 0.0f;
        var from = Math.Max(0, -first);
        var to = Math.Min(taps.Length, input.Length - first);
        for (var k = from; k < to; k++)
        {
            sum += taps[k] * input[first + k];
        }
        return (short)Math.Clamp(MathF.Round(sum), short.MinValue, short.MaxValue);
    }

    /// <summary>One row of taps for each output phase; tap k multiplies input sample floor(position) - reach + 1 + k.</summary>
    private static float[][] BuildPhases(int up, int down, out int reach)
    {
        var cutoff = CutoffShare * Math.Min(1.0, (double)up / down);
        reach = (int)Math.Ceiling(ZeroCrossings / cutoff);
        var phases = new float[up][];
        for (var phase = 0; phase < up; phase++)
        {
            phases[phase] = BuildPhase((double)phase / up, cutoff, reach);
        }
        return phases;
    }

    private static float[] BuildPhase(double fraction, double cutoff, int reach)
    {
        var taps = new double[2 * reach];
        var sum = 0.0;
        for (var k = 0; k < taps.Length; k++)
        {
            var distance = k - reach + 1 - fraction;
            taps[k] = cutoff * Sinc(cutoff * distance) * Kaiser(distance / reach);
            sum += taps[k];
        }
        // Each phase passes a constant unchanged, so that no phase ripples.
        return Array.ConvertAll(taps, tap => (float)(tap / sum));
    }

    private static double Sinc(double x) => Math.Abs(x) < 1e-9 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    private static double Kaiser(double x) =>
        Math.Abs(x) >= 1 ? 0 : BesselI0(KaiserBeta * Math.Sqrt(1 - (x * x))) / BesselI0(KaiserBeta);

    private static double BesselI0(double x)
    {
        var (sum, term) = (1.0, 1.0);
        for (var k = 1; term > sum * 1e-12; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);

    private static void ThrowIfNotRate(int rate)
    {
        if (rate is < 4000 or > 192_000)
        {
            throw new ArgumentException($"{rate} is not a sample rate from 4000 to 192000.");
        }
    }
}
