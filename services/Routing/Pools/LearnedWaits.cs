namespace CallCenter.Routing.Pools;

/// <summary>What forecasts have learned of a queue, as it is kept for the next process.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="ServicesMs">Its last service times in milliseconds, the oldest first (<see cref="ServiceTimes"/>).</param>
/// <param name="Left">How many callers gave up (<see cref="Patience"/>).</param>
/// <param name="WaitedMs">How long all callers waited, in milliseconds.</param>
internal sealed record LearnedWaits(Guid Queue, IReadOnlyList<double> ServicesMs, double Left, double WaitedMs)
{
    /// <summary>How far forecasts are moved, and from how much that was learned (<see cref="Calibration"/>).</summary>
    public double Scale { get; init; }

    public double Width { get; init; }

    public int Medians { get; init; }

    public int Bounds { get; init; }

    /// <summary>How good they were (<see cref="WaitQuality.Counts"/>).</summary>
    public double Held { get; init; }

    public double Passed { get; init; }

    public double Answered { get; init; }

    public double ErrorMs { get; init; }
}
