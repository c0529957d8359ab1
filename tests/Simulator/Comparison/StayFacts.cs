using CallCenter.Simulator.Centre;

namespace CallCenter.Simulator.Comparison;

/// <summary>How waiting in a queue ended, as far as it was seen.</summary>
internal enum Waited { Answered, Abandoned, ShortAbandoned, FlowOut, TurnedAway }

/// <summary>A contact in one of its queues.</summary>
/// <param name="IsCertain">It was there for certain.</param>
/// <param name="Ends">How the waiting can have ended.</param>
/// <param name="Wait">Milliseconds until then, widened by the tolerance.</param>
/// <param name="From">When it came.</param>
/// <param name="Until">When it had its place no more.</param>
/// <param name="Touched">The system went away in it.</param>
internal sealed record StayFacts(QueueItem Queue, bool IsCertain, IReadOnlyCollection<Waited> Ends, Bounds Wait, Moments From, Moments Until, bool Touched)
{
    public Bounds Offered => Touched ? new Bounds(0, 1) : Bounds.Count(IsCertain, true);

    public Bounds Counted(Waited how)
    {
        if (Touched)
        {
            return new Bounds(0, 1);
        }
        var possible = Ends.Contains(how);
        return Bounds.Count(possible && Ends.Count == 1 && IsCertain, possible);
    }

    /// <summary>Counted when it took not longer than the milliseconds.</summary>
    public Bounds Within(Waited how, double target)
    {
        var counted = Counted(how);
        return new Bounds(Wait.High <= target ? counted.Low : 0, Wait.Low <= target ? counted.High : 0);
    }
}
