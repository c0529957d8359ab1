namespace CallCenter.Sip.Tests;

internal static class Waiting
{
    /// <summary>Awaits with the deadline of all tests.</summary>
    public static Task Soon(this Task task) => task.WaitAsync(Phone.Deadline, TestContext.Current.CancellationToken);

    /// <summary>Awaits with the deadline of all tests.</summary>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Phone.Deadline, TestContext.Current.CancellationToken);
}
