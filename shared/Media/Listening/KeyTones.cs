namespace CallCenter.Media.Listening;

/// <summary>
/// Which key's pair of tones (ITU-T Q.23) a short piece of audio holds. It looks at 12.75 ms each 6.4 ms: long enough to tell the rows
/// apart (73 Hz), short enough to be early. Not thread-safe.
/// </summary>
internal sealed class KeyTones
{
    /// <summary>Samples of a look, and from one look to the next, at 8 kHz.</summary>
    public const int Window = 102, Step = 51;

    // Softer than this (-48 dB of full scale) nobody hears a key; Q.24 asks a receiver for -25 dBm and above.
    private const double MeanSquareMin = 130.0 * 130.0;
    // Of the power of a key's tones this share is in the pair, also 1.8 % off frequency and with A-law's noise.
    private const double ShareMin = 0.55;
    // The weaker of the two: Q.24 allows a twist of 8 dB.
    private const double WeakerMin = 0.06;

    private static readonly double[] Coefficients =
        [.. new[] { 697.0, 770, 852, 941, 1209, 1336, 1477, 1633 }.Select(hertz => 2 * Math.Cos(2 * Math.PI * hertz / Clip.Rate))];

    private const string Keys = "123A456B789C*0#D";

    private readonly short[] _window = new short[Window];
    private int _fresh;

    /// <summary>Takes a sample; true when it completes a look, whose key is then in <see cref="Key"/>.</summary>
    public bool Add(short sample)
    {
        _window[Window - Step + _fresh] = sample;
        if (++_fresh < Step)
        {
            return false;
        }
        Key = Look();
        _window.AsSpan(Step).CopyTo(_window);
        _fresh = 0;
        return true;
    }

    /// <summary>The key of the last look; null where there was none.</summary>
    public char? Key { get; private set; }

    private char? Look()
    {
        var energy = 0.0;
        foreach (var sample in _window)
        {
            energy += (double)sample * sample;
        }
        if (energy < MeanSquareMin * Window)
        {
            return null;
        }
        var (row, rowShare) = Strongest(0, energy);
        var (column, columnShare) = Strongest(4, energy);
        return rowShare + columnShare >= ShareMin && Math.Min(rowShare, columnShare) >= WeakerMin ? Keys[(row * 4) + column] : null;
    }

    /// <summary>The strongest of four tones and its share of the energy, by Goertzel's algorithm.</summary>
    private (int Tone, double Share) Strongest(int first, double energy)
    {
        var (best, most) = (0, 0.0);
        for (var tone = 0; tone < 4; tone++)
        {
            var coefficient = Coefficients[first + tone];
            double previous = 0, beforePrevious = 0;
            foreach (var sample in _window)
            {
                (previous, beforePrevious) = (sample + (coefficient * previous) - beforePrevious, previous);
            }
            var power = (previous * previous) + (beforePrevious * beforePrevious) - (coefficient * previous * beforePrevious);
            if (power > most)
            {
                (best, most) = (tone, power);
            }
        }
        return (best, 2 * most / (Window * energy));
    }
}
