namespace CallCenter.TestKit;

/// <summary>Time that only the test moves. Timers fire inside <see cref="Advance"/>, in order of their due time.</summary>
public sealed class FakeClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _sync = new();
    private readonly List<FakeTimer> _timers = [];
    private DateTimeOffset _now = start;

    /// <summary>Starts at 2026-01-01 00:00 UTC.</summary>
    public FakeClock() : this(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers that are armed now: lets a test wait until what it wants to time out is waiting.</summary>
    public int Armed
    {
        get
        {
            lock (_sync)
            {
                return _timers.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_sync)
        {
            return _now;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the time forward and fires what falls due, each timer at its own due time.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var until = GetUtcNow() + by;
        while (NextDue(until) is { } timer)
        {
            timer.Fire();
        }
        lock (_sync)
        {
            _now = until;
        }
    }

    private FakeTimer? NextDue(DateTimeOffset until)
    {
        lock (_sync)
        {
            var timer = _timers.MinBy(t => t.Due);
            if (timer is null || timer.Due > until)
            {
                return null;
            }
            _now = timer.Due > _now ? timer.Due : _now;
            timer.Rearm();
            return timer;
        }
    }

    private sealed class FakeTimer(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        private readonly Lock _firing = new();
        private TimeSpan _period = Timeout.InfiniteTimeSpan;
        private bool _isGone;

        public DateTimeOffset Due { get; private set; }

        public void Fire()
        {
            lock (_firing)
            {
                if (!_isGone)
                {
                    callback(state);
                }
            }
        }

        // Called under the clock's lock, when the timer is about to fire.
        public void Rearm()
        {
            if (_period > TimeSpan.Zero)
            {
                Due += _period;
            }
            else
            {
                clock._timers.Remove(this);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._sync)
            {
                clock._timers.Remove(this);
                _period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock._now + dueTime;
                    clock._timers.Add(this);
                }
            }
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        /// <summary>As the system's: no callback runs any more when it is done.</summary>
        public ValueTask DisposeAsync()
        {
            Dispose();
            lock (_firing)
            {
                _isGone = true;
            }
            return ValueTask.CompletedTask;
        }
    }
}
