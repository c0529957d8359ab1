namespace CallCenter.Routing.Pools;

/// <summary>What the pool tells of waiting: to a caller, and of its queues.</summary>
internal static class WaitReports
{
    /// <summary>Where a contact stands and what to tell the caller; null when it has no place.</summary>
    public static PlaceReport? Of(Pool pool, WaitForecasts forecasts, Guid contact, TellMessage? before, DateTimeOffset now)
    {
        if (pool.Find(contact) is not { } place || pool.StandingOf(contact, forecasts.ServiceOf) is not { } standing)
        {
            return null;
        }

        var forecast = forecasts.Tell(place, standing, now);
        var (ms, longer) = WaitForecast.After(before is null ? null : new ToldWait(before.Ms, before.Agents, before.Ahead), standing, forecast?.Bound);
        var median = forecast is { } told && ms is { } bound ? Math.Min(told.Median, bound) : (long?)null;
        return new PlaceReport(place.Queue, standing.Position, ms, standing.Agents, standing.Ahead, longer?.ToString(), median, place.Tenant);
    }

    /// <summary>Live figures of queues, in the order asked for.</summary>
    public static List<QueueFigures> Of(Pool pool, WaitForecasts forecasts, List<Guid> queues) => queues.ConvertAll(queue =>
    {
        var (waiting, since) = pool.Figures(queue);
        var quality = forecasts.QualityOf(queue);
        return new QueueFigures(queue, waiting, since, quality?.Counted ?? 0, quality?.HeldPercent, quality?.ErrorMs, [.. pool.GroupsOf(queue).Where(one => one.IsIn).Select(one => one.Group.AgentsOf).Distinct()]);
    });
}
