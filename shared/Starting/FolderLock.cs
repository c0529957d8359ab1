using System.Globalization;
using CallCenter.Hosting;

namespace CallCenter.Starting;

/// <summary>
/// The data folder belongs to one process, by an advisory lock that ends with the process, however it ends: holding it
/// proves that whoever wrote there before is dead. The holder's number is beside it, for the words to a second one.
/// </summary>
internal static class FolderLock
{
    /// <exception cref="StartException">Another process holds the folder.</exception>
    public static IDisposable Take(DataFolder data)
    {
        var holder = data.Path("process.pid");
        try
        {
            var held = data.Lock("process.lock");
            DataFolder.WriteWhole(holder, System.Text.Encoding.UTF8.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            return held;
        }
        catch (IOException) when (File.Exists(holder))
        {
            throw new StartException($"data folder {data.Root} is in use by another process (pid {File.ReadAllText(holder)}): stop that one or choose another folder with --data");
        }
    }
}
