namespace CallCenter.Routing.Tests.Model;

/// <summary>Time that moves from one timer to the next, when the world says so. Of timers that are due at once the one that was set first fires first.</summary>
internal sealed class VirtualClock(DateTimeOffset start) : TimeProvider
{
    private readonly PriorityQueue<(VirtualTimer Timer, int Set), (long Due, long Order)> due = new();
    private DateTimeOffset now = start;
    private long order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Does something later.</summary>
    public void After(TimeSpan pause, Action work) => CreateTimer(static then => ((Action)then!)(), work, pause, Timeout.InfiniteTimeSpan);

    /// <summary>Moves to the next timer that is due until then and fires it; moves to that moment and says false when there is none.</summary>
    public bool Step(DateTimeOffset until)
    {
        while (due.TryPeek(out var next, out var at))
        {
            if (next.Set != next.Timer.Set)
            {
                due.Dequeue();
            }
            else if (at.Due > until.UtcTicks)
            {
                break;
            }
            else
            {
                due.Dequeue();
                now = at.Due > now.UtcTicks ? new DateTimeOffset(at.Due, TimeSpan.Zero) : now;
                next.Timer.Fire();
                return true;
            }
        }

        now = until > now ? until : now;
        return false;
    }

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period;

        /// <summary>Counts how often it was set: what was queued before is void.</summary>
        public int Set { get; private set; }

        public void Fire()
        {
            if (period > TimeSpan.Zero)
            {
                Change(period, period);
            }

            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan next)
        {
            Set++;
            period = next;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                clock.due.Enqueue((this, Set), (clock.now.UtcTicks + dueTime.Ticks, clock.order++));
            }

            return true;
        }

        public void Dispose() => Set++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
