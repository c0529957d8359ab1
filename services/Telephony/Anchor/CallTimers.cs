namespace CallCenter.Telephony.Anchor;

/// <summary>A call's timers. Armed again a timer is another one: what the old one sent does not count. On the call's mailbox.</summary>
internal sealed class CallTimers(TimeProvider clock, Action<Action> post, Action<CallTimer> fired)
{
    private readonly Dictionary<CallTimer, ITimer> armed = [];

    public void Arm(CallTimer timer, TimeSpan after)
    {
        Disarm(timer);
        ITimer? own = null;
        own = clock.CreateTimer(_ => post(() => Fire(timer, own!)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        armed[timer] = own;
        own.Change(after, Timeout.InfiniteTimeSpan);
    }

    public void Disarm(CallTimer timer)
    {
        if (armed.Remove(timer, out var old))
        {
            old.Dispose();
        }
    }

    public void StopAll()
    {
        foreach (var timer in armed.Values)
        {
            timer.Dispose();
        }
        armed.Clear();
    }

    private void Fire(CallTimer timer, ITimer own)
    {
        if (armed.TryGetValue(timer, out var present) && present == own)
        {
            Disarm(timer);
            fired(timer);
        }
    }
}
