namespace CallCenter.Media.Listening;

/// <summary>
/// Whether a frame of 20 ms is nothing but one or two tones, whatever their frequencies: two sines obey
/// x[n] + x[n-4] = a (x[n-1] + x[n-3]) + b x[n-2] exactly (a linear prediction of order 4 with its zeros on the unit circle), speech and
/// noise do not.
/// </summary>
internal static class SteadyTone
{
    // Of a G.711 sine some 0.1 % is left; of a vowel's frame seldom less than 3 %.
    private const double LeftMax = 0.03;

    /// <summary>Hertz of the stronger tone, 0 when it is none.</summary>
    public static double Of(ReadOnlySpan<short> frame)
    {
        double ss = 0, sm = 0, mm = 0, ts = 0, tm = 0, tt = 0, power = 0;
        for (var n = 4; n < frame.Length; n++)
        {
            double side = frame[n - 1] + frame[n - 3], middle = frame[n - 2], target = frame[n] + frame[n - 4];
            ss += side * side;
            sm += side * middle;
            mm += middle * middle;
            ts += target * side;
            tm += target * middle;
            tt += target * target;
            power += (double)frame[n] * frame[n];
        }
        var determinant = (ss * mm) - (sm * sm);
        // One sine: side and middle say the same, and one of them is enough.
        var (a, b) = determinant > 1e-4 * ss * mm ? (((ts * mm) - (tm * sm)) / determinant, ((tm * ss) - (ts * sm)) / determinant) : (0.0, mm > 0 ? tm / mm : 0);
        var left = tt - (2 * ((a * ts) + (b * tm))) + (a * a * ss) + (2 * a * b * sm) + (b * b * mm);
        return power > 0 && left <= LeftMax * power ? Frequency(frame) : 0;
    }

    /// <summary>By the mean slope of a sine: x[n] + x[n-2] = 2 cos(w) x[n-1].</summary>
    private static double Frequency(ReadOnlySpan<short> frame)
    {
        double product = 0, power = 0;
        for (var n = 2; n < frame.Length; n++)
        {
            product += (double)(frame[n] + frame[n - 2]) * frame[n - 1];
            power += (double)frame[n - 1] * frame[n - 1];
        }
        return Math.Acos(Math.Clamp(product / (2 * power), -1, 1)) * Clip.Rate / (2 * Math.PI);
    }
}
