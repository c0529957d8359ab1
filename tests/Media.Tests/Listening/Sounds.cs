using System.Diagnostics;

namespace CallCenter.Media.Tests.Listening;

/// <summary>Sounds of telephones at 8 kHz, made or spoken.</summary>
internal static class Sounds
{
    private static readonly double[] Rows = [697, 770, 852, 941], Columns = [1209, 1336, 1477, 1633];

    public const string Keys = "123A456B789C*0#D";

    public static short[] Quiet(double seconds) => new short[(int)(seconds * Clip.Rate)];

    public static short[] Tone(double seconds, double level, params ReadOnlySpan<double> hertz) => hertz.Length == 1
        ? Tones.Sine(hertz[0], TimeSpan.FromSeconds(seconds), level).Samples.ToArray()
        : Tones.Dual(hertz[0], hertz[1], TimeSpan.FromSeconds(seconds), level).Samples.ToArray();

    /// <summary>A key's two tones.</summary>
    /// <param name="offset">Both frequencies times this.</param>
    /// <param name="twist">The column's amplitude for the row's.</param>
    public static short[] Key(char key, double seconds, double level = 0.3, double offset = 1, double twist = 1)
    {
        var place = Keys.IndexOf(key, StringComparison.Ordinal);
        var (row, column) = (2 * Math.PI * Rows[place / 4] * offset / Clip.Rate, 2 * Math.PI * Columns[place % 4] * offset / Clip.Rate);
        var amplitude = level * short.MaxValue / (1 + twist);
        return [.. Enumerable.Range(0, (int)(seconds * Clip.Rate)).Select(i => (short)(amplitude * (Math.Sin(row * i) + (twist * Math.Sin(column * i)))))];
    }

    public static short[] Join(params ReadOnlySpan<short[]> parts)
    {
        var all = new List<short>();
        foreach (var part in parts)
        {
            all.AddRange(part);
        }
        return [.. all];
    }

    /// <summary>The same over a line: noise of this root mean square, and A-law.</summary>
    public static short[] OverLine(short[] samples, double noise, Random random) =>
        [.. samples.Select(sample => G711.Decode(AudioCodec.Pcma, G711.Encode(AudioCodec.Pcma, (short)Math.Clamp(sample + (noise * Gauss(random)), short.MinValue, short.MaxValue))))];

    public static byte[] Coded(ReadOnlySpan<short> samples)
    {
        var codes = new byte[samples.Length];
        G711.Encode(AudioCodec.Pcma, samples, codes);
        return codes;
    }

    /// <summary>Spoken by espeak-ng, its loudest sample at a quarter of full scale.</summary>
    public static async Task<short[]> Speech(string text, string voice, int wordsPerMinute, int pitch)
    {
        var start = new ProcessStartInfo("espeak-ng", ["--stdout", "-v", voice, "-s", $"{wordsPerMinute}", "-p", $"{pitch}", text]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        using var wav = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(wav);
        await process.WaitForExitAsync();
        // A stream has no length when its header is written.
        wav.Position = 0;
        var bytes = wav.ToArray();
        BitConverter.TryWriteBytes(bytes.AsSpan(40), bytes.Length - 44);
        BitConverter.TryWriteBytes(bytes.AsSpan(4), bytes.Length - 8);
        var samples = Clip.FromWav(new MemoryStream(bytes)).Samples.ToArray();
        var loudest = samples.Max(sample => Math.Abs((int)sample));
        return [.. samples.Select(sample => (short)(sample * (short.MaxValue / 4) / Math.Max(1, loudest)))];
    }

    private static double Gauss(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
