namespace CallCenter.Media.Rtp;

/// <summary>What a leg must send at a tick for a digit.</summary>
internal readonly record struct DigitPacket(TelephoneEvent Event, bool First);

/// <summary>
/// Keys out as telephone-events (RFC 4733, section 2.5.1): an update each 20 ms, the end three times,
/// one a tick so that one burst of loss does not take all, then a pause.
/// </summary>
internal sealed class DigitSender
{
    public const int JobsMax = 16;
    private const int Ends = 3;
    private const int FrameMs = 20;

    private readonly Queue<Job> _jobs = new();
    private int _digit;
    private int _tick;

    public bool IsSending => _jobs.Count > 0;

    private sealed record Job(string Digits, int DurationTicks, int PauseTicks, TaskCompletionSource<SendDigitsResult> Done);

    /// <summary>False when too many are waiting.</summary>
    public bool TryAdd(string digits, TimeSpan duration, TimeSpan pause, TaskCompletionSource<SendDigitsResult> done)
    {
        if (_jobs.Count == JobsMax)
        {
            return false;
        }
        _jobs.Enqueue(new Job(digits, Ticks(duration), Ticks(pause), done));
        return true;
    }

    private static int Ticks(TimeSpan time) => Math.Max(1, (int)Math.Round(time.TotalMilliseconds / FrameMs));

    /// <summary>The packet of this tick; null in pauses and when there is nothing to send.</summary>
    public DigitPacket? Tick()
    {
        if (!_jobs.TryPeek(out var job))
        {
            return null;
        }
        _tick++;
        var updates = job.DurationTicks + Ends - 1;
        if (_tick <= updates)
        {
            var ticks = Math.Min(_tick, job.DurationTicks);
            var key = (byte)TelephoneEvent.EventOf(job.Digits[_digit]);
            return new DigitPacket(
                new TelephoneEvent(key, _tick >= job.DurationTicks, (ushort)(ticks * SendStream.FrameSamples)), _tick == 1);
        }
        if (_tick >= updates + job.PauseTicks)
        {
            FinishDigit(job);
        }
        return null;
    }

    private void FinishDigit(Job job)
    {
        _tick = 0;
        if (++_digit == job.Digits.Length)
        {
            _digit = 0;
            _jobs.Dequeue().Done.TrySetResult(SendDigitsResult.Sent);
        }
    }

    public void Stop()
    {
        while (_jobs.TryDequeue(out var job))
        {
            job.Done.TrySetResult(SendDigitsResult.Stopped);
        }
        (_digit, _tick) = (0, 0);
    }
}
