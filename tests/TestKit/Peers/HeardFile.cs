using System.Diagnostics;
using System.Runtime.InteropServices;
using CallCenter.Media;

namespace CallCenter.TestKit.Peers;

/// <summary>A WAV file (16 bit, mono, 8 kHz) that another program is still writing: what it heard last.</summary>
internal static class HeardFile
{
    private const int Header = 44, Window = 1600;

    /// <summary>Waits until 200 ms that come into the newest such file from now on are mostly a tone of so many hertz; the error tells what was heard instead.</summary>
    public static async Task Hears(string folder, string pattern, double hertz, TimeSpan within)
    {
        short[] last = [];
        var before = Newest(folder, pattern);
        try
        {
            await Eventually.Be(() => (last = Last(folder, pattern, before)).Length == Window && ToneProbe.Share(last, 8000, hertz) > 0.8, within);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(last.Length < Window
                ? $"heard nothing within {within.TotalSeconds:0.#} s, wanted {hertz} Hz"
                : $"no {hertz} Hz within {within.TotalSeconds:0.#} s; at last {ToneProbe.DominantFrequency(last, 8000):0} Hz at {ToneProbe.LevelDb(last):0} dB");
        }
    }

    /// <summary>Waits until the newest such file has not grown for a second.</summary>
    public static async Task Rests(string folder, string pattern, TimeSpan within)
    {
        var (length, since) = (-1L, Stopwatch.GetTimestamp());
        await Eventually.Be(
            () =>
            {
                var now = Newest(folder, pattern)?.Length ?? 0;
                if (now != length)
                {
                    (length, since) = (now, Stopwatch.GetTimestamp());
                }
                return Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(1);
            },
            within);
    }

    private static FileInfo? Newest(string folder, string pattern) => new DirectoryInfo(folder).GetFiles(pattern).MaxBy(f => f.LastWriteTimeUtc);

    private static short[] Last(string folder, string pattern, FileInfo? before)
    {
        if (Newest(folder, pattern) is not { } file)
        {
            return [];
        }
        using var stream = file.Open(FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var samples = (stream.Length - Header) / 2;
        var earlier = before?.FullName == file.FullName ? (before.Length - Header) / 2 : 0;
        if (samples < earlier + Window)
        {
            return [];
        }
        stream.Seek(Header + ((samples - Window) * 2), SeekOrigin.Begin);
        var last = new short[Window];
        stream.ReadExactly(MemoryMarshal.AsBytes(last.AsSpan()));
        return last;
    }
}
