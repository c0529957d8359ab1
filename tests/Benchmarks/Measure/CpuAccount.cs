using System.Globalization;

namespace CallCenter.Benchmarks.Measure;

/// <summary>CPU seconds of the system so far by group, from /proc: the application's threads by name, PostgreSQL's processes by service.</summary>
internal sealed class CpuAccount
{
    // USER_HZ of Linux: the unit of /proc/PID/stat.
    private const double TicksPerSecond = 100;
    private const int UserTime = 11, SystemTime = 12, ChildUserTime = 13, ChildSystemTime = 14;

    private readonly Dictionary<string, double> _seconds;

    private CpuAccount(Dictionary<string, double> seconds) => _seconds = seconds;

    public IReadOnlyDictionary<string, double> Seconds => _seconds;

    public double Total => _seconds.Values.Sum();

    public double Gateway => _seconds.GetValueOrDefault("gateway: SIP") + _seconds.GetValueOrDefault("gateway: media");

    /// <param name="application">The application's process.</param>
    /// <param name="data">Its data folder, by which its database is known.</param>
    public static CpuAccount Read(int application, string data)
    {
        var seconds = new Dictionary<string, double>();
        foreach (var thread in Directory.GetDirectories($"/proc/{application}/task"))
        {
            if (Stat($"{thread}/stat") is { } stat)
            {
                Add(seconds, GroupOfThread(stat.Name), stat.Ticks(UserTime) + stat.Ticks(SystemTime));
            }
        }
        AddDatabase(seconds, data);
        return new CpuAccount(seconds);
    }

    /// <summary>The same of a fleet: by member, and its database by service.</summary>
    /// <param name="members">Name and process of each but the database.</param>
    public static CpuAccount ReadFleet(IEnumerable<(string Name, int ProcessId)> members, string data)
    {
        var seconds = members.ToDictionary(m => m.Name, m => OfFamily(m.ProcessId));
        AddDatabase(seconds, data);
        return new CpuAccount(seconds);
    }

    private static void AddDatabase(Dictionary<string, double> seconds, string data)
    {
        foreach (var (id, stat) in DatabaseProcesses(data))
        {
            var reaped = id == stat.Leader ? stat.Ticks(ChildUserTime) + stat.Ticks(ChildSystemTime) : 0;
            Add(seconds, GroupOfDatabase(CommandLine(id)), stat.Ticks(UserTime) + stat.Ticks(SystemTime) + reaped);
        }
    }

    /// <summary>CPU seconds of one process so far, all its threads.</summary>
    public static double OfProcess(int id) => Stat($"/proc/{id}/stat") is { } stat
        ? (stat.Ticks(UserTime) + stat.Ticks(SystemTime)) / TicksPerSecond
        : throw new InvalidOperationException($"process {id} has ended");

    /// <summary>CPU seconds so far of a process and of the processes that it has started and that live.</summary>
    public static double OfFamily(int id) => OfProcess(id)
        + Directory.GetDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
            .Select(folder => Stat($"{folder}/stat")).Where(stat => stat?.Parent == id).Sum(stat => (stat!.Ticks(UserTime) + stat.Ticks(SystemTime)) / TicksPerSecond);

    /// <summary>What was spent since.</summary>
    public CpuAccount Since(CpuAccount before) =>
        new(_seconds.ToDictionary(s => s.Key, s => Math.Max(0, s.Value - before._seconds.GetValueOrDefault(s.Key))));

    private static void Add(Dictionary<string, double> seconds, string group, double ticks) =>
        seconds[group] = seconds.GetValueOrDefault(group) + (ticks / TicksPerSecond);

    private static string GroupOfThread(string name) =>
        name.StartsWith("sip-", StringComparison.Ordinal) ? "gateway: SIP"
        : name.StartsWith("media-", StringComparison.Ordinal) ? "gateway: media"
        : name is ".NET TP Worker" ? "application: worker threads (routing, flows, recording, reporting, the gateway's calls)"
        : name is ".NET Sockets" ? "application: sockets of database and HTTP"
        : name is ".NET Tiered Com" ? "application: compiler"
        : "application: other threads of the runtime";

    private static string GroupOfDatabase(string command)
    {
        var role = command.Split(' ').FirstOrDefault(w => w.StartsWith("callcenter_", StringComparison.Ordinal));
        return $"database: {(role is null ? "writers and ended connections" : role.Split('_')[1])}";
    }

    private static IEnumerable<(int Id, ProcessStat Stat)> DatabaseProcesses(string data)
    {
        var all = new List<(int Id, ProcessStat Stat)>();
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Stat($"{folder}/stat") is { Name: "postgres" } stat)
            {
                all.Add((id, stat));
            }
        }
        var leader = all.FirstOrDefault(p => CommandLine(p.Id).Contains($"-D {data}/", StringComparison.Ordinal)).Id;
        return all.Where(p => p.Id == leader || p.Stat.Parent == leader).Select(p => (p.Id, p.Stat with { Leader = leader }));
    }

    private static string CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return ""; // it ended meanwhile
        }
    }

    // "pid (name) state ppid …": the name may hold spaces and brackets.
    private static ProcessStat? Stat(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            var end = text.LastIndexOf(')');
            var fields = text[(end + 2)..].Split(' ');
            return new ProcessStat(text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..end], int.Parse(fields[1], CultureInfo.InvariantCulture), fields, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it ended meanwhile
        }
    }

    private sealed record ProcessStat(string Name, int Parent, string[] Fields, int Leader)
    {
        public double Ticks(int field) => double.Parse(Fields[field], CultureInfo.InvariantCulture);
    }
}
