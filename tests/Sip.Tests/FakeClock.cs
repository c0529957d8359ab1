namespace CallCenter.Sip.Tests;

/// <summary>A clock that stands until it is moved. Timers are not needed: the core is told to look at the clock.</summary>
internal sealed class FakeClock : TimeProvider
{
    private DateTimeOffset now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => now.UtcTicks;

    public override DateTimeOffset GetUtcNow() => now;

    public void Move(TimeSpan by) => now += by;
}
