namespace CallCenter.Routing.Pools;

/// <summary>
/// The lots of one queue's idle agents. Each draws an exponential time of mean 1 / weight from the queue's own clock on; the
/// earliest is chosen, and the clock goes on to it. Such times have no memory: what is left of a lot is as if it had been drawn
/// now. So at each choice every idle agent's chance is its weight's share, whoever came when, while lots stay as they are and
/// keep their order.
/// </summary>
internal sealed class Lots
{
    /// <summary>Units of the clock in the mean lot of weight 1.</summary>
    public const double Mean = 1e6;

    private long clock;

    /// <param name="uniform">Drawn evenly from [0, 1).</param>
    public long Draw(int weight, double uniform) => clock + (long)(-Math.Log(1 - uniform) * Mean / weight);

    /// <summary>That lot was chosen.</summary>
    public void Choose(long lot) => clock = Math.Max(clock, lot);
}
