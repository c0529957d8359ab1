using System.Runtime.InteropServices;

namespace CallCenter.Benchmarks.Relay;

/// <summary>The calling thread's own time: clock_gettime(2), nanosleep(2), sched_setscheduler(2).</summary>
internal static unsafe partial class ThreadCpu
{
    private const int ThreadClock = 3, RoundRobin = 2, Priority = 1;
    private const double Nanoseconds = 1e9;

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>CPU seconds of the calling thread so far.</summary>
    public static double Seconds()
    {
        TimeSpec time;
        _ = ClockGetTime(ThreadClock, &time);
        return time.Seconds + (time.Nanoseconds / Nanoseconds);
    }

    /// <summary>Sleeps to the microsecond: a load that comes in bursts measures another thing.</summary>
    public static void Sleep(TimeSpan time)
    {
        var spec = new TimeSpec { Seconds = (long)time.TotalSeconds, Nanoseconds = (long)(time.TotalNanoseconds % Nanoseconds) };
        _ = NanoSleep(&spec, null);
    }

    /// <summary>Lets the calling thread run before the rest of the machine, as media threads do; a wish, granted with CAP_SYS_NICE. Late packets would measure the machine.</summary>
    public static void Hurry()
    {
        var priority = Priority;
        _ = SetScheduler(0, RoundRobin, &priority);
    }

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static partial int SetScheduler(int who, int policy, int* priority);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, TimeSpec* time);

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(TimeSpec* time, TimeSpec* rest);
}
