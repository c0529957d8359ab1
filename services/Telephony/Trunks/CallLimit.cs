namespace CallCenter.Telephony.Trunks;

/// <summary>Whether a call has its place, or which limit is reached.</summary>
internal enum Place { Taken, NoConcurrentCall, NoCallThisSecond }

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

    /// <summary>Takes a place, unless one of the limits is reached. The limits may differ from call to call.</summary>
    public Place Take(int concurrentMax, int perSecondMax, TimeProvider clock)
    {
        Fill(perSecondMax, clock);
        if (Calls >= concurrentMax)
        {
            return Place.NoConcurrentCall;
        }
        if (tokens < 1)
        {
            return Place.NoCallThisSecond;
        }
        tokens--;
        Calls++;
        return Place.Taken;
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
