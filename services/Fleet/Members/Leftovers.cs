using System.Diagnostics;
using System.Globalization;
using System.Text;
using CallCenter.Hosting;

namespace CallCenter.Fleet.Members;

/// <summary>Members that outlived a killed supervisor: each member's process is written down, by its number and when it began.</summary>
internal static class Leftovers
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(12), LookEach = TimeSpan.FromMilliseconds(100);

    public static void Note(DataFolder data, string name, int id) =>
        DataFolder.WriteWhole(FileOf(data, name), Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id} {StartOf(id)}")));

    public static void Forget(DataFolder data, string name) => File.Delete(FileOf(data, name));

    /// <summary>Stops them all, in order where they can: live calls end and are told.</summary>
    public static async Task Stop(DataFolder data, Action<string> say)
    {
        var left = Directory.EnumerateFiles(data.Folder("fleet"), "*.pid").Select(Read).Where(known => known is { } k && StartOf(k.Id) == k.Began).Select(known => known!.Value.Id).ToList();
        if (left.Count == 0)
        {
            return;
        }
        say($"{left.Count} members of an earlier run still live: they are stopped and started again.");
        left.ForEach(id => Signals.Send(-id, Signals.Terminate));
        var from = Stopwatch.GetTimestamp();
        while (left.Exists(id => StartOf(id) is not null))
        {
            if (Stopwatch.GetElapsedTime(from) > StopTime)
            {
                left.ForEach(id => Signals.Send(-id, Signals.Kill));
            }
            await Task.Delay(LookEach, TimeProvider.System);
        }
    }

    private static string FileOf(DataFolder data, string name) => data.Path("fleet", $"{name}.pid");

    private static (int Id, string Began)? Read(string file) =>
        File.ReadAllText(file).Split(' ') is [var number, var began] && int.TryParse(number, CultureInfo.InvariantCulture, out var id) ? (id, began) : null;

    /// <summary>When the process began, in ticks since the machine's start (proc(5), field 22): with the number it names one process alone. Null: there is none.</summary>
    private static string? StartOf(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is ["Z", ..] ? null : stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
