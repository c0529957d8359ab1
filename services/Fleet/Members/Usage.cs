using System.Globalization;

namespace CallCenter.Fleet.Members;

/// <summary>What a process uses of the machine, as proc(5) tells it.</summary>
internal static class Usage
{
    // USER_HZ of Linux; the fields follow the program's name, which may hold spaces and brackets.
    private const double TicksPerSecond = 100;
    private const int UserTime = 11, SystemTime = 12;

    /// <param name="id">None: nothing is used.</param>
    /// <param name="memory">Also the memory, which costs the kernel some milliseconds.</param>
    /// <returns>Megabytes of its own and its part of what several share (PSS), so that a sum counts nothing twice; CPU seconds since it began.</returns>
    public static (double Megabytes, double CpuSeconds) Of(int? id, bool memory)
    {
        try
        {
            return id is { } process ? (memory ? Memory(process) : 0, Cpu(process)) : (0, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended just now, or is another account's.
            return (0, 0);
        }
    }

    private static double Cpu(int id)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Ticks(fields[UserTime]) + Ticks(fields[SystemTime])) / TicksPerSecond;
    }

    private static double Ticks(string field) => double.Parse(field, CultureInfo.InvariantCulture);

    private static double Memory(int id)
    {
        // A process that has ended and is not yet buried tells nothing here.
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/smaps_rollup")).FirstOrDefault(l => l.StartsWith("Pss:", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line.AsSpan(4, line.Length - 7), CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
