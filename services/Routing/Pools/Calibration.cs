namespace CallCenter.Routing.Pools;

/// <summary>
/// How far forecasts are moved so that they come true: each told caller moves them a step up when the wait was longer, down when it was not,
/// the steps weighed so that they stand still when half of the medians and four of five bounds hold (quantile tracking: Gibbs and
/// Candès, 2021). Whatever the model does not know of a queue, sharing or priority or habits of its callers, ends up here.
/// </summary>
internal sealed class Calibration
{
    private const double BoundShare = WaitForecast.Percent / 100.0;

    private readonly double least;
    private readonly double most;
    private int medians;
    private int bounds;

    /// <param name="least">The step when much has been seen.</param>
    /// <param name="most">The first step.</param>
    /// <param name="width">Before anything is known.</param>
    public Calibration(double least, double most, double width = 0) => (this.least, this.most, Width) = (least, most, width);

    /// <summary>How many medians and bounds it has learned from: the more, the smaller the steps.</summary>
    public (int Medians, int Bounds) Seen => (medians, bounds);

    /// <summary>Added to the logarithm of the forecast.</summary>
    public double Scale { get; private set; }

    /// <summary>Added to the normal quantile of the bound.</summary>
    public double Width { get; private set; }

    /// <param name="longer">The caller waited longer than the median that was told.</param>
    /// <param name="untold">Callers who were told and of whom it is open yet: their news come in a crowd, so each counts less.</param>
    public void Median(bool longer, int untold) => Scale = Math.Clamp(Scale + (Step(medians++, untold) * (longer ? 0.5 : -0.5)), -4, 4);

    /// <param name="longer">The caller waited longer than the bound that was told.</param>
    /// <param name="untold">As with the median.</param>
    public void Bound(bool longer, int untold) => Width = Math.Clamp(Width + (Step(bounds++, untold / 20) * (longer ? BoundShare : BoundShare - 1)), -4, 8);

    /// <summary>Takes up what was learned before.</summary>
    public void Remember(double scale, double width, int medians, int bounds) =>
        (Scale, Width, this.medians, this.bounds) = (Math.Clamp(scale, -4, 4), Math.Clamp(width, -4, 8), medians, bounds);

    private double Step(int seen, int untold) => Math.Max(least, most / Math.Sqrt(1 + seen)) / (1 + (0.5 * untold));
}
