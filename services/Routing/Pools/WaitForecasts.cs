namespace CallCenter.Routing.Pools;

/// <summary>What a caller is told of the wait, in milliseconds.</summary>
/// <param name="Median">As likely longer as shorter.</param>
/// <param name="Bound">Four of five callers wait not longer.</param>
internal readonly record struct Forecast(long Median, long Bound);

/// <summary>
/// The forecasts of a pool and how good they were. What a caller was told first is compared with what came, and the queue's
/// <see cref="Calibration"/> learns from it, and a little that of all. A bound held when the caller was answered within it; it did not when
/// the caller still waited as it passed, which is known at that moment. Who gave up before says neither.
/// In memory: after a restart it is learned anew.
/// </summary>
internal sealed class WaitForecasts
{
    private readonly ServiceTimes services = new();
    private readonly Patience patience = new();
    private readonly Dictionary<Guid, Learned> queues = [];
    private readonly Dictionary<Guid, Told> open = [];
    private readonly PriorityQueue<(Guid Contact, long At, bool IsMedian), long> passing = new();
    private readonly Calibration all = new(least: 0.02, most: 0.02, width: 0.2);

    /// <summary>The agent answered a contact of the queue.</summary>
    public void Began(Guid agent, Guid queue, DateTimeOffset at) => services.Began(agent, queue, at);

    /// <summary>The agent has no contact: the service that ended, if it had one.</summary>
    public (Guid Queue, double Ms)? Ended(Guid agent, DateTimeOffset at) => services.Ended(agent, at);

    public ServiceTime? ServiceOf(Guid queue) => services.Of(queue);

    /// <summary>How good the queue's forecasts were; null before the first was told.</summary>
    public WaitQuality? QualityOf(Guid queue) => queues.GetValueOrDefault(queue)?.Quality;

    /// <summary>What to tell the caller, who is counted when told for the first time; null while nothing can be said.</summary>
    public Forecast? Tell(Place place, Standing standing, DateTimeOffset now)
    {
        Pass(now);
        var own = Of(place.Queue).Calibration;
        var stands = standing with { LeaveRate = patience.RateOf(place.Queue) };
        if (WaitForecast.Of(stands, WaitForecast.Median) is not { } median || WaitForecast.Of(stands, WaitForecast.Bound + own.Width + all.Width) is not { } bound)
        {
            return null;
        }

        var scale = Math.Exp(own.Scale + all.Scale);
        var told = new Forecast((long)(scale * median), (long)(scale * bound));
        if (!standing.IsOffered && open.TryAdd(place.Contact, new Told(place.Queue, now, told.Median)))
        {
            Of(place.Queue).Open++;
            passing.Enqueue((place.Contact, now.UtcTicks, true), now.AddMilliseconds(told.Median).UtcTicks);
            passing.Enqueue((place.Contact, now.UtcTicks, false), now.AddMilliseconds(told.Bound).UtcTicks);
        }

        return told;
    }

    /// <summary>The contact waits no more: an agent has it, or it left.</summary>
    public void Gone(Place place, bool isAnswered, DateTimeOffset now)
    {
        Pass(now);
        patience.Waited(place.Queue, (now - place.EnteredAt).TotalMilliseconds, left: !isAnswered);
        if (!open.Remove(place.Contact, out var told))
        {
            return;
        }

        Of(told.Queue).Open--;
        if (!isAnswered)
        {
            return;
        }

        Of(told.Queue).Quality.Answered(Math.Abs((now - told.At).TotalMilliseconds - told.MedianMs));
        if (!told.IsMedianPassed)
        {
            Learn(told.Queue, isMedian: true, longer: false);
        }

        if (!told.IsBoundPassed)
        {
            Learn(told.Queue, isMedian: false, longer: false);
        }
    }

    /// <summary>What was told to those who still wait, and has passed.</summary>
    private void Pass(DateTimeOffset now)
    {
        while (passing.TryPeek(out var next, out var at) && at < now.UtcTicks)
        {
            passing.Dequeue();
            if (open.TryGetValue(next.Contact, out var told) && told.At.UtcTicks == next.At)
            {
                open[next.Contact] = next.IsMedian ? told with { IsMedianPassed = true } : told with { IsBoundPassed = true };
                Learn(told.Queue, next.IsMedian, longer: true);
            }
        }
    }

    private void Learn(Guid queue, bool isMedian, bool longer)
    {
        var known = Of(queue);
        if (isMedian)
        {
            known.Calibration.Median(longer, known.Open);
            all.Median(longer, open.Count);
        }
        else
        {
            known.Quality.Bound(longer);
            known.Calibration.Bound(longer, known.Open);
            all.Bound(longer, open.Count);
        }
    }

    private Learned Of(Guid queue)
    {
        if (!queues.TryGetValue(queue, out var known))
        {
            queues[queue] = known = new Learned();
        }

        return known;
    }

    private sealed class Learned
    {
        public Calibration Calibration { get; } = new(least: 0.05, most: 0.4);

        public WaitQuality Quality { get; } = new();

        /// <summary>Callers who were told and still wait.</summary>
        public int Open { get; set; }
    }

    private readonly record struct Told(Guid Queue, DateTimeOffset At, long MedianMs)
    {
        public bool IsMedianPassed { get; init; }

        public bool IsBoundPassed { get; init; }
    }
}
