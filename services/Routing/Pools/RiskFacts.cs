namespace CallCenter.Routing.Pools;

/// <summary>What a waiting contact is compared by under <see cref="Queues.AgentStrategy.ServiceLevelRisk"/>: its age, the queue's contract and how the queue has kept it of late.</summary>
/// <param name="AgeMs">The contact's adjusted age.</param>
/// <param name="TargetMs">A contact is missed that is answered later than this.</param>
/// <param name="Percent">So many of a hundred must not be missed.</param>
/// <param name="Penalty">What a missed contact costs beyond those.</param>
/// <param name="LimitMs">Which the 95th percentile of the waits must not pass.</param>
/// <param name="Counted">Contacts of late, weighed.</param>
/// <param name="Missed">Of them.</param>
/// <param name="Over">Share of contacts that waited longer than the limit.</param>
/// <param name="ServiceMs">How long a contact of the queue takes an agent.</param>
internal sealed record RiskFacts(long AgeMs, long TargetMs, int Percent, double Penalty, long LimitMs, double Counted, double Missed, double Over, double ServiceMs)
{
    /// <summary>Part of the limit from which a contact goes before all that can still be in time, as long as none passes the limit; …</summary>
    private const double Near = 0.8;

    /// <summary>… sooner by so much for each share of contacts that do, and not sooner than …</summary>
    private const double NearSlope = 12;

    /// <summary>… this.</summary>
    private const double NearLeast = 0.3;

    /// <summary>What a miss weighs while the queue has many to spare.</summary>
    private const double WeightLeast = 0.05;

    /// <summary>Any score of a contact that is near its limit is higher than any other.</summary>
    private const double Limit = 1e9;

    /// <summary>
    /// The greatest goes first. Near the limit: the part of it that has passed. In time: the penalty that is to be expected from waiting on,
    /// for an hour of an agent's time; it grows as the target comes near (apparent tardiness cost: Vepsalainen and Morton, 1987). Too late
    /// already, so that waiting on costs nothing more: below 1, by age.
    /// </summary>
    public double Score => Passed >= Math.Max(Near - (NearSlope * Over), NearLeast) ? Limit * Passed
        : AgeMs > TargetMs ? Passed
        : 1 + (Penalty * Weight * Math.Exp(-2.0 * (TargetMs - AgeMs) / TargetMs) * 3_600_000 / ServiceMs);

    private double Passed => AgeMs / (double)LimitMs;

    /// <summary>The chance that one more miss is one too many: a half when exactly so many are missed as may be.</summary>
    private double Weight
    {
        get
        {
            var spare = (Counted * (100 - Percent) / 100) - Missed;
            var spread = 1 + Math.Sqrt(Counted * Percent * (100 - Percent) / 10_000);
            return WeightLeast + ((1 - WeightLeast) / (1 + Math.Exp(spare / spread)));
        }
    }
}
