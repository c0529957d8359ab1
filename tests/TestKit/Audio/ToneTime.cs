using CallCenter.Media;

namespace CallCenter.TestKit.Audio;

/// <summary>How much of the time a tone is heard. A late packet costs its own moment, not the phase of all that follows.</summary>
public static class ToneTime
{
    private const int Window = Clip.Rate / 10;

    /// <summary>Share of the 100 ms windows, 0 to 1, in which the tone has most of the power.</summary>
    public static double Share(ReadOnlySpan<short> samples, double hertz)
    {
        var windows = samples.Length / Window;
        var heard = 0;
        for (var i = 0; i < windows; i++)
        {
            heard += ToneProbe.Share(samples.Slice(i * Window, Window), Clip.Rate, hertz) > 0.8 ? 1 : 0;
        }
        return windows == 0 ? 0 : (double)heard / windows;
    }
}
