using System.Runtime.InteropServices;

namespace CallCenter.Fleet.Members;

/// <summary>Signals to processes (kill(2)).</summary>
internal static partial class Signals
{
    public const int Kill = 9, Terminate = 15, Continue = 18, Stop = 19;

    /// <summary>Sends it; a process that is gone by now is as good.</summary>
    public static void Send(IMember member, int signal)
    {
        if (member.ProcessId is { } id)
        {
            Send(member.IsSession ? -id : id, signal);
        }
    }

    /// <summary>To a process, or with a minus to all of its session's.</summary>
    public static void Send(int id, int signal) => _ = Native(id, signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Native(int pid, int signal);
}
