using CallCenter.Media.Net;

namespace CallCenter.Media.Engine;

/// <summary>
/// Media before whatever else the machine computes: 20 ms late is heard, and what a media thread computes is little and
/// bounded. Among ordinary threads, however nice the others, a woken one waits for milliseconds; a real-time one does not.
/// </summary>
internal static unsafe class Precedence
{
    private const int Priority = 1; // the least: before all that is not real-time itself
    private const int Nice = -15;

    /// <summary>
    /// For the calling thread, not for those that it starts. A wish: without CAP_SYS_NICE (or a limit of RTPRIO or NICE that allows it) the kernel
    /// refuses, and audio is as late as the machine is busy.
    /// </summary>
    public static void Take()
    {
        var priority = Priority;
        if (Libc.SetScheduler(0, Libc.SCHED_RR | Libc.SCHED_RESET_ON_FORK, &priority) != 0)
        {
            _ = Libc.SetPriority(Libc.PRIO_PROCESS, 0, Nice);
        }
    }
}
