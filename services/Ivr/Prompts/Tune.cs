using CallCenter.Media;

namespace CallCenter.Ivr.Prompts;

/// <summary>The built-in music: a soft arpeggio over four chords that loops without a seam.</summary>
internal static class Tune
{
    private const double NoteSeconds = 0.5;
    private const double RingSeconds = 2.5;
    private const double Level = 0.09;

    /// <summary>MIDI note numbers: C, A minor, F and G, eight notes each, up and down.</summary>
    private static readonly int[] Notes =
    [
        60, 64, 67, 72, 76, 72, 67, 64,
        57, 60, 64, 69, 72, 69, 64, 60,
        53, 57, 60, 65, 69, 65, 60, 57,
        55, 59, 62, 67, 71, 67, 62, 59,
    ];

    /// <summary>16 s at <see cref="Clip.Rate"/>; the same bytes at every start.</summary>
    public static short[] Samples()
    {
        var sum = new double[(int)(Notes.Length * NoteSeconds * Clip.Rate)];
        for (var i = 0; i < Notes.Length; i++)
        {
            Strike(sum, (int)(i * NoteSeconds * Clip.Rate), 440 * Math.Pow(2, (Notes[i] - 69) / 12.0));
        }

        return Array.ConvertAll(sum, s => (short)Math.Round(s * short.MaxValue));
    }

    /// <summary>Adds a note that swells in 15 ms and dies away; past the end it rings on at the beginning.</summary>
    private static void Strike(double[] sum, int from, double hertz)
    {
        for (var n = 0; n < RingSeconds * Clip.Rate; n++)
        {
            var t = (double)n / Clip.Rate;
            var envelope = Math.Min(1, t / 0.015) * Math.Exp(-t * 2.2) * Math.Min(1, (RingSeconds - t) / 0.1);
            var wave = Math.Sin(Math.Tau * hertz * t) + 0.25 * Math.Sin(Math.Tau * 2 * hertz * t) + 0.06 * Math.Sin(Math.Tau * 3 * hertz * t);
            sum[(from + n) % sum.Length] += Level * envelope * wave;
        }
    }
}
