namespace CallCenter.Routing.Pools;

/// <summary>How good a queue's announced waits were lately: the older count half at each <see cref="Most"/>.</summary>
internal sealed class WaitQuality
{
    private const double Most = 500;

    private double held;
    private double passed;
    private double answered;
    private double error;

    /// <summary>Told callers whose bound held or passed, weighed.</summary>
    public int Counted => (int)Math.Round(held + passed);

    /// <summary>Share of them, in percent, who waited not longer than their bound; null before the first.</summary>
    public double? HeldPercent => held + passed > 0 ? 100 * held / (held + passed) : null;

    /// <summary>Mean absolute error of the median in milliseconds, over answered callers; null before the first.</summary>
    public long? ErrorMs => answered > 0 ? (long)(error / answered) : null;

    /// <summary>The weighed counts: bounds that held and passed, answered callers and the sum of their errors in milliseconds.</summary>
    public (double Held, double Passed, double Answered, double ErrorMs) Counts
    {
        get => (held, passed, answered, error);
        set => (held, passed, answered, error) = value;
    }

    public void Bound(bool longer)
    {
        if (held + passed >= Most)
        {
            (held, passed) = (held / 2, passed / 2);
        }

        (held, passed) = longer ? (held, passed + 1) : (held + 1, passed);
    }

    public void Answered(double errorMs)
    {
        if (answered >= Most)
        {
            (answered, error) = (answered / 2, error / 2);
        }

        (answered, error) = (answered + 1, error + errorMs);
    }
}
