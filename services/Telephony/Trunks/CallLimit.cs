namespace CallCenter.Telephony.Trunks;

/// <summary>
/// Concurrent calls and calls a second of one trunk or tenant. The rate is a token bucket that holds one second's calls, so
/// that a burst within the second passes. Not thread-safe: <see cref="Admission"/> guards it.
/// </summary>
internal sealed class CallLimit
{
    private double tokens;
    private long filledAt;
    private bool filled;

    /// <summary>Calls now.</summary>
    public int Calls { get; private set; }

    /// <summary>Takes a place; false when one of the limits is reached. The limits may differ from call to call.</summary>
    public bool TryTake(int concurrentMax, int perSecondMax, TimeProvider clock)
    {
        Fill(perSecondMax, clock);
        if (tokens < 1 || Calls >= concurrentMax)
        {
            return false;
        }
        tokens--;
        Calls++;
        return true;
    }

    public void Release() => Calls--;

    private void Fill(int perSecondMax, TimeProvider clock)
    {
        var now = clock.GetTimestamp();
        tokens = filled ? Math.Min(perSecondMax, tokens + clock.GetElapsedTime(filledAt, now).TotalSeconds * perSecondMax) : perSecondMax;
        filledAt = now;
        filled = true;
    }
}
