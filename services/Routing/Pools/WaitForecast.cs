using CallCenter.Contracts.Ivr;

namespace CallCenter.Routing.Pools;

/// <summary>Where a waiting contact stands.</summary>
/// <param name="Position">In its queue; 1 for the next.</param>
/// <param name="Ahead">How many agents have to come free until it is its turn, itself included: contacts of other queues count by the share of agents they may take from this one.</param>
/// <param name="IsOffered">An agent's phone rings for it.</param>
/// <param name="Agents">Agents at work who serve the queue, free or busy.</param>
/// <param name="Service">The queue's service process; null before its first service ended.</param>
internal sealed record Standing(int Position, double Ahead, bool IsOffered, int Agents, ServiceTime? Service)
{
    /// <summary>The chance of one who waits to give up in a millisecond.</summary>
    public double LeaveRate { get; init; }
}

/// <summary>What a caller was told before, and of what it was made.</summary>
internal sealed record ToldWait(long Ms, int Agents, double Ahead);

/// <summary>
/// The estimated wait: not the average of past waits, which says nothing of the queue as it is now, but a quantile of the
/// time until as many agents come free as are needed. Between two agents coming free lies on average service time / agents; the
/// irregularity of that gap goes from that of one agent's service to that of chance when there are many (Palm and Khintchine:
/// many independent renewal processes together are nearly Poisson). The sum of the gaps is taken as gamma distributed, its
/// quantile by Wilson and Hilferty's cube (1931).
/// </summary>
internal static class WaitForecast
{
    /// <summary>So many of a hundred callers wait at most as long as they were told.</summary>
    public const int Percent = 80;

    /// <summary>The standard normal quantile of half of the callers.</summary>
    public const double Median = 0;

    /// <summary>The standard normal quantile of <see cref="Percent"/>.</summary>
    public const double Bound = 0.8416;

    /// <summary>The forecast in milliseconds; null when nobody serves the queue or nothing is known of its service.</summary>
    /// <param name="quantile">Of the standard normal distribution: which share of callers waits at most so long.</param>
    public static long? Of(Standing standing, double quantile = Bound)
    {
        if (standing.Agents == 0 || standing.Service is not { } service)
        {
            return null;
        }

        if (standing.IsOffered)
        {
            return 0;
        }

        var variation = Math.Max(1 + ((service.SquaredVariation - 1) / standing.Agents), 0);
        var (mean, squares) = Gaps(standing.Ahead, standing.Agents / service.MeanMs, standing.LeaveRate);
        // What is not known of the mean, because it was gathered from few, widens the forecast too.
        var squaredSpread = (variation * squares / (mean * mean)) + (service.SquaredVariation / service.Samples);
        var shape = 1 / Math.Max(squaredSpread, 0.001);
        var cube = 1 - (1 / (9 * shape)) + (quantile / (3 * Math.Sqrt(shape)));
        return (long)(mean * Math.Pow(Math.Max(cube, 0), 3));
    }

    /// <summary>The gaps until it is the contact's turn: their sum and the sum of their squares. With j before it, the line moves at the rate of agents who come free and of j who may give up.</summary>
    private static (double Sum, double Squares) Gaps(double ahead, double freed, double leaves)
    {
        var (sum, squares) = (0.0, 0.0);
        for (var left = ahead; left > 0; left--)
        {
            var gap = Math.Min(left, 1) / (freed + (Math.Max(left - 1, 0) * leaves));
            sum += gap;
            squares += gap * gap;
        }

        return (sum, squares);
    }

    /// <summary>What to tell a caller who was told something before: never more, unless agents left or others came before, which is then the cause.</summary>
    public static (long? Ms, LongerWait? Longer) After(ToldWait? before, Standing now, long? forecast)
    {
        if (before is null || forecast <= before.Ms)
        {
            return (forecast, null);
        }

        return now switch
        {
            _ when now.Agents < before.Agents => (forecast, LongerWait.AgentsLeft),
            _ when now.Ahead > before.Ahead => (forecast, LongerWait.PriorityTraffic),
            _ => (before.Ms, null),
        };
    }
}
