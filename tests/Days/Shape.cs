namespace CallCenter.Days;

/// <summary>What kind of day is made.</summary>
internal enum Shape
{
    /// <summary>Anything: its size, load, sharing and contracts are drawn too.</summary>
    Any,

    /// <summary>Three tenants that share agents, staffed about right, with bursts.</summary>
    Bursts,

    /// <summary>Fewer agents than the calls ask for, over hours.</summary>
    Understaffed,

    /// <summary>Priorities of queues and profiles, skill rules that relax, agents with delays.</summary>
    Skilled,
}

/// <summary>The measures of a day.</summary>
/// <param name="Erlangs">Offered load at the peak.</param>
/// <param name="Load">Offered load over the agents at work.</param>
/// <param name="TalkSeconds">Mean of the middle queue; others lie around it.</param>
/// <param name="Sharing">Share of queues beyond the first that an agent's group serves.</param>
internal sealed record Measures(int Tenants, int QueuesMost, double Erlangs, double Load, double TalkSeconds, double PatienceSeconds, double Sharing, int Bursts, bool HasRules, bool IsAllDay)
{
    private const double CallsMost = 25_000;

    public static Measures Of(Shape shape, Random random) => shape switch
    {
        Shape.Bursts => new Measures(3, 3, 35, 0.93, 200, 240, 0.5, 8, false, false),
        Shape.Understaffed => new Measures(4, 3, 30, 1.12, 240, 420, 0.6, 3, false, false),
        Shape.Skilled => new Measures(4, 4, 40, 0.97, 180, 300, 0.5, 4, true, true),
        _ => Any(random),
    };

    private static Measures Any(Random random)
    {
        var talk = random.AcrossScales(20, 900);
        // So that the day has neither a handful of calls nor more than a test wants.
        var most = Math.Min(120, CallsMost * talk / 30_000);
        return new Measures(
            random.Next(1, 7), random.Next(1, 6), random.AcrossScales(Math.Max(3, Math.Min(most / 2, 300 * talk / 30_000)), most), random.Between(0.8, 1.25), talk,
            random.AcrossScales(60, 1_800), random.NextDouble(), random.Next(0, 12), random.Next(3) == 0, random.Next(4) == 0);
    }
}
