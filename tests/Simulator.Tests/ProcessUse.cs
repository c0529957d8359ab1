using System.Globalization;

namespace CallCenter.Simulator.Tests;

/// <summary>What a process holds at one moment, from /proc (proc(5)).</summary>
/// <param name="Resident">Resident memory, bytes.</param>
/// <param name="Files">Open file descriptors, sockets among them.</param>
/// <param name="Ports">Open UDP sockets.</param>
internal sealed record ProcessUse(DateTimeOffset At, long Resident, int Files, int Ports)
{
    public static ProcessUse Read(int process, DateTimeOffset at)
    {
        var resident = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        var files = new DirectoryInfo($"/proc/{process}/fd").EnumerateFileSystemInfos().ToList();
        var sockets = files.Select(file => file.LinkTarget).OfType<string>().Where(target => target.StartsWith("socket:[", StringComparison.Ordinal))
            .Select(target => target["socket:[".Length..^1]).ToHashSet();
        var ports = new[] { "udp", "udp6" }.SelectMany(table => File.ReadLines($"/proc/{process}/net/{table}").Skip(1))
            .Count(line => sockets.Contains(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[9]));
        return new(at, long.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024, files.Count, ports);
    }
}
