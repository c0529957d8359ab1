namespace CallCenter.Routing.Pools;

/// <summary>What a caller is told of the wait, in milliseconds.</summary>
/// <param name="Median">As likely longer as shorter.</param>
/// <param name="Bound">Four of five callers wait not longer.</param>
internal readonly record struct Forecast(long Median, long Bound);

/// <summary>
/// The forecasts of a pool and how good they were. What a caller was told first is compared with what came, and the queue's
/// <see cref="Calibration"/> learns from it, and a little that of all. A bound held when the caller was answered within it; it did not when
/// the caller still waited as it passed, which is known at that moment. Who gave up before says neither.
/// What it has learned of a queue outlives the process as <see cref="LearnedWaits"/>.
/// </summary>
internal sealed class WaitForecasts
{
    private const double AllWidth = 0.2;

    private readonly ServiceTimes services = new();
    private readonly Patience patience = new();
    private readonly Dictionary<Guid, QueueWaits> queues = [];
    private readonly Dictionary<Guid, Told> open = [];
    private readonly PriorityQueue<(Guid Contact, long At, bool IsMedian), long> passing = new();
    private readonly Calibration all = new(least: 0.02, most: 0.02, width: AllWidth);
    private readonly HashSet<Guid> changed = [];

    /// <summary>The agent answered a contact of the queue.</summary>
    public void Began(Guid agent, Guid queue, DateTimeOffset at) => services.Began(agent, queue, at);

    /// <summary>The agent has no contact: the service that ended, if it had one.</summary>
    public (Guid Queue, double Ms)? Ended(Guid agent, DateTimeOffset at)
    {
        var service = services.Ended(agent, at);
        if (service is { } ended)
        {
            changed.Add(ended.Queue);
        }

        return service;
    }

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
        changed.Add(place.Queue);
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

    /// <summary>What was learned of queues of which something new is known since they were taken last; the rest is taken by the next calls.</summary>
    /// <param name="most">So many queues at most.</param>
    public List<LearnedWaits> TakeChanged(int most)
    {
        var taken = changed.Take(most).ToList();
        changed.ExceptWith(taken);
        return taken.ConvertAll(Learned);
    }

    /// <summary>Takes up what was learned of a queue before.</summary>
    public void Remember(LearnedWaits learned)
    {
        services.Remember(learned.Queue, learned.ServicesMs);
        patience.Remember(learned.Queue, learned.Left, learned.WaitedMs);
        var known = Of(learned.Queue);
        known.Calibration.Remember(learned.Scale, learned.Width, learned.Medians, learned.Bounds);
        known.Quality.Counts = (learned.Held, learned.Passed, learned.Answered, learned.ErrorMs);
    }

    /// <summary>What all queues have taught begins anew after a restart, so each takes its share along.</summary>
    private LearnedWaits Learned(Guid queue)
    {
        var (own, quality) = (Of(queue).Calibration, Of(queue).Quality.Counts);
        var (left, waited) = patience.Of(queue);
        return new LearnedWaits(queue, [.. services.Recent(queue).Select(ms => Math.Round(ms))], left, waited)
        {
            Scale = own.Scale + all.Scale, Width = own.Width + all.Width - AllWidth, Medians = own.Seen.Medians, Bounds = own.Seen.Bounds,
            Held = quality.Held, Passed = quality.Passed, Answered = quality.Answered, ErrorMs = quality.ErrorMs,
        };
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
        changed.Add(queue);
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

    private QueueWaits Of(Guid queue)
    {
        if (!queues.TryGetValue(queue, out var known))
        {
            queues[queue] = known = new QueueWaits();
        }

        return known;
    }

    private sealed class QueueWaits
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
