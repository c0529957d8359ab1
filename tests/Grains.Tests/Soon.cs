namespace CallCenter.Grains.Tests;

internal static class SoonExtensions
{
    /// <summary>Waits, but not for ever.</summary>
    public static Task Soon(this Task task) => task.WaitAsync(GrainHost.Patience, TestContext.Current.CancellationToken);

    /// <inheritdoc cref="Soon(Task)"/>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(GrainHost.Patience, TestContext.Current.CancellationToken);
}
