namespace CallCenter.Media.Tests;

internal static class Wait
{
    /// <summary>Waits for a condition that nobody announces: asks each 5 ms until the deadline.</summary>
    public static async Task Until(Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        using var timeout = new CancellationTokenSource(Loopback.Deadline);
        while (!await condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Not so within {Loopback.Deadline.TotalSeconds} s.");
            }
        }
    }
}
