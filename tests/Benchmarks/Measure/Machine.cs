using System.Globalization;
using System.Runtime.InteropServices;

namespace CallCenter.Benchmarks.Measure;

/// <summary>What the figures were measured on.</summary>
/// <param name="Load">Processes that wanted a core on average over the minute before.</param>
internal sealed record Machine(string Processor, int Cores, long MemoryMegabytes, string System, string Runtime, double Load)
{
    public static Machine Here() => new(
        Field("/proc/cpuinfo", "model name"), Environment.ProcessorCount,
        long.Parse(Field("/proc/meminfo", "MemTotal").Split(' ')[0], CultureInfo.InvariantCulture) / 1024,
        RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription,
        double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Cores} cores of {Processor}, {MemoryMegabytes} MB, {System}, {Runtime}; load before the start {Load:0.0} ({(Load < Cores * 0.5 ? "quiet" : "loaded: other work shares the cores")})");

    private static string Field(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown";
}
