using System.Numerics;

namespace CallCenter.Media;

/// <summary>Which tones are in a piece of audio: proof that the right sound arrived, and the base of beep detection.</summary>
public static class ToneProbe
{
    /// <summary>
    /// Power at one frequency as a share of the total (0 to 1), by Goertzel's algorithm under a Hann window.
    /// Resolution about 2 / duration: 10 Hz in 200 ms. Silence gives 0.
    /// </summary>
    public static double Share(ReadOnlySpan<short> samples, int rate, double hertz)
    {
        var coefficient = 2 * Math.Cos(2 * Math.PI * hertz / rate);
        double previous = 0, beforePrevious = 0, total = 0, windowSum = 0;
        for (var i = 0; i < samples.Length; i++)
        {
            var window = Hann(i, samples.Length);
            var value = samples[i] * window;
            total += value * value;
            windowSum += window * window;
            (previous, beforePrevious) = (value + (coefficient * previous) - beforePrevious, previous);
        }
        if (total <= 0)
        {
            return 0;
        }
        var power = (previous * previous) + (beforePrevious * beforePrevious) - (coefficient * previous * beforePrevious);
        // A full-scale tone gives power = (A/2 * sum w)^2 and total = A^2/2 * sum w^2; with Hann (sum w)^2 = 2/3 N sum w^2.
        return Math.Min(1, power * 3 / (total * samples.Length));
    }

    /// <summary>The strongest frequency in hertz, interpolated between bins; 0 for silence.</summary>
    public static double DominantFrequency(ReadOnlySpan<short> samples, int rate)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(samples.Length, 16));
        var spectrum = new Complex[size];
        for (var i = 0; i < samples.Length; i++)
        {
            spectrum[i] = samples[i] * Hann(i, samples.Length);
        }
        Transform(spectrum);
        var peak = 1;
        for (var bin = 2; bin < size / 2; bin++)
        {
            if (spectrum[bin].Magnitude > spectrum[peak].Magnitude)
            {
                peak = bin;
            }
        }
        return spectrum[peak].Magnitude < 1 ? 0 : Interpolate(spectrum, peak) * rate / size;
    }

    /// <summary>Root mean square relative to the loudest sine (dBm0-like: 0 is full scale); negative infinity for silence.</summary>
    public static double LevelDb(ReadOnlySpan<short> samples)
    {
        var sum = 0.0;
        foreach (var sample in samples)
        {
            sum += (double)sample * sample;
        }
        return samples.IsEmpty || sum == 0
            ? double.NegativeInfinity
            : 20 * Math.Log10(Math.Sqrt(sum / samples.Length) * Math.Sqrt(2) / short.MaxValue);
    }

    private static double Hann(int i, int count) => 0.5 - (0.5 * Math.Cos(2 * Math.PI * (i + 0.5) / count));

    /// <summary>A parabola through the logarithms of the peak and its neighbours.</summary>
    private static double Interpolate(Complex[] spectrum, int peak)
    {
        var left = Math.Log(spectrum[peak - 1].Magnitude + 1e-9);
        var centre = Math.Log(spectrum[peak].Magnitude + 1e-9);
        var right = Math.Log(spectrum[peak + 1].Magnitude + 1e-9);
        var curvature = left - (2 * centre) + right;
        return curvature == 0 ? peak : peak + (0.5 * (left - right) / curvature);
    }

    /// <summary>Fast Fourier transform in place, radix 2 (Cooley and Tukey, 1965).</summary>
    private static void Transform(Complex[] data)
    {
        for (int i = 1, j = 0; i < data.Length; i++)
        {
            var bit = data.Length >> 1;
            for (; (j & bit) != 0; bit >>= 1)
            {
                j ^= bit;
            }
            j ^= bit;
            if (i < j)
            {
                (data[i], data[j]) = (data[j], data[i]);
            }
        }
        for (var length = 2; length <= data.Length; length <<= 1)
        {
            var root = Complex.FromPolarCoordinates(1, -2 * Math.PI / length);
            for (var start = 0; start < data.Length; start += length)
            {
                Butterflies(data.AsSpan(start, length), root);
            }
        }
    }

    private static void Butterflies(Span<Complex> block, Complex root)
    {
        var (half, twiddle) = (block.Length / 2, Complex.One);
        for (var k = 0; k < half; k++)
        {
            var (even, odd) = (block[k], block[k + half] * twiddle);
            block[k] = even + odd;
            block[k + half] = even - odd;
            twiddle *= root;
        }
    }
}
