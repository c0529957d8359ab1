namespace CallCenter.Contracts;

/// <summary>Event time: whole milliseconds, so that sums of phases are exact everywhere.</summary>
public static class Milliseconds
{
    /// <summary>The clock's time cut to whole milliseconds, UTC.</summary>
    public static DateTimeOffset Now(this TimeProvider clock) =>
        DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
