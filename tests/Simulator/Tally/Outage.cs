namespace CallCenter.Simulator.Tally;

/// <summary>
/// The time in which the system was gone. It died after the last packet that anybody heard of it; what was not over by
/// then is ended by its death, whatever its people did afterwards.
/// </summary>
/// <param name="LastHeardAt">The last packet heard before the loss was noticed.</param>
/// <param name="BackAt">When it answered again.</param>
internal sealed record Outage(DateTimeOffset LastHeardAt, DateTimeOffset BackAt)
{
    /// <summary>What was said to it shortly before its death may not have been taken in.</summary>
    private static readonly TimeSpan TakenIn = TimeSpan.FromSeconds(1);

    public bool Touches(DateTimeOffset? began, DateTimeOffset? ended, DateTimeOffset? lost) =>
        lost is not null || (began <= BackAt && (ended is null || ended >= LastHeardAt - TakenIn));
}
