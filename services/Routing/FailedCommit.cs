namespace CallCenter.Routing;

/// <summary>
/// A commit that failed may have been written all the same. The grain's activation goes, and the next one reads what is true, arms its
/// deadlines and tells who has to know; nobody else may have a reason to call the grain, so it calls itself.
/// </summary>
internal static class FailedCommit
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Then the reminder of the pool has come, which wakes everybody of whom something is pending.</summary>
    private const int Attempts = 120;

    /// <summary>Calls the grain until it answers.</summary>
    /// <param name="failure">Of the commit; who is fenced off stays away.</param>
    /// <param name="wake">A call to the grain.</param>
    /// <param name="who">The grain's key, for the log.</param>
    /// <param name="clock">The time.</param>
    /// <param name="logger">The grain's.</param>
    public static async Task Wake(Exception failure, Func<Task> wake, string who, TimeProvider clock, ILogger logger)
    {
        for (var attempt = 1; failure is not FencedException && attempt <= Attempts; attempt++)
        {
            try
            {
                await wake();
                return;
            }
#pragma warning disable CA1031 // Tried again.
            catch (Exception again)
#pragma warning restore CA1031
            {
                Log.NotAwake(logger, who, attempt, again);
                await Task.Delay(Pause, clock);
            }
        }
    }
}
