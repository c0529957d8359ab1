using Orleans.Runtime;

namespace CallCenter.Grains;

/// <summary>A timer of an activation. Its ticks go through the mailbox; the next one is armed when the last has completed.</summary>
internal sealed class GrainTimer : IGrainTimer
{
    private readonly Lock gate = new();
    private readonly Activation activation;
    private readonly Func<CancellationToken, Task> callback;
    private readonly GrainTimerCreationOptions options;
    private readonly CancellationTokenSource disposal = new();
    private readonly ITimer timer;
    private TimeSpan period;
    private int version;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        this.activation = activation;
        this.callback = callback;
        this.options = options;
        Validate(options.DueTime, options.Period);
        using (Quiet.Flow())
            timer = activation.Runtime.Time.CreateTimer(static timer => ((GrainTimer)timer!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        activation.Add(this);
        Change(options.DueTime, options.Period);
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Validate(dueTime, period);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposal.IsCancellationRequested, this);
            version++;
            this.period = period;
            timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (disposal.IsCancellationRequested)
                return;
            version++;
            timer.Dispose();
        }

        disposal.Cancel();
        activation.Remove(this);
    }

    private static void Validate(TimeSpan dueTime, TimeSpan period)
    {
        CheckRange(dueTime, nameof(dueTime));
        CheckRange(period, nameof(period));
    }

    private static void CheckRange(TimeSpan value, string name)
    {
        if (value == Timeout.InfiniteTimeSpan)
            return;
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromMilliseconds(uint.MaxValue - 1), name);
    }

    private void Fire()
    {
        Tick tick;
        lock (gate)
            tick = new Tick(this, version);
        activation.TryPost(tick);
    }

    private async ValueTask<ValueTuple> Run(int armed)
    {
        lock (gate)
        {
            if (armed != version)
                return default;
        }

        try
        {
            await callback(disposal.Token);
        }
#pragma warning disable CA1031 // A tick has no caller; the timer goes on.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (!disposal.IsCancellationRequested)
                Log.TimerFailed(activation.Runtime.Logger, activation.Identity, failure);
        }

        lock (gate)
        {
            if (armed == version && period != Timeout.InfiniteTimeSpan)
                timer.Change(period, Timeout.InfiniteTimeSpan);
        }

        return default;
    }

    /// <summary>One tick on its way through the mailbox; void when the timer was changed or disposed meanwhile.</summary>
    internal sealed class Tick(GrainTimer timer, int version) : GrainRequest<ValueTuple>
    {
        public override string Method => "a timer's callback";

        public override bool AlwaysInterleave => timer.options.Interleave;

        public override bool IsLimited => false;

        public override bool KeepsAlive => timer.options.KeepAlive;

        public override ValueTask<ValueTuple> Invoke(object grain) => timer.Run(version);
    }
}
