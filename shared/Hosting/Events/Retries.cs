using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting;

/// <summary>How often and after which pause failed work is tried again.</summary>
internal sealed class Retries(TimeProvider clock, ILogger logger)
{
    /// <summary>So often an event is tried before it is parked: over about a second.</summary>
    public const int Attempts = 5;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(25), Longest = TimeSpan.FromSeconds(5);

    /// <summary>50 ms, 100 ms, 200 ms, … at most 5 s.</summary>
    public Task Pause(int failures, CancellationToken ct) =>
        Task.Delay(TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(failures, 10))), clock, ct);

    /// <summary>Does the work, again and again while the database is away. Whether the last try was committed may be unknown: the outbox looks.</summary>
    public async Task<T> UntilUp<T>(string service, Func<Task<T>> work, CancellationToken ct, Outbox? outbox = null)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await work();
            }
            catch (Exception e) when (ServiceDatabase.IsPassing(e) && !ct.IsCancellationRequested)
            {
                Log.DatabaseAway(logger, service, e.Message);
                outbox?.CommitUnknown();
                await Pause(failures, ct);
            }
        }
    }
}
