namespace CallCenter.Fleet.Members;

/// <summary>A server that Hosting starts and stops: the database, the broker. It runs when the fleet takes it.</summary>
internal sealed class Server(string name, Func<int?> processId, Func<CancellationToken, Task> start, TimeProvider clock) : IMember
{
    private static readonly TimeSpan LookEach = TimeSpan.FromMilliseconds(200);

    public string Name => name;

    public int? ProcessId => processId();

    public bool IsSession => false;

    public Task Start(CancellationToken ct) => ProcessId is null ? start(ct) : Task.CompletedTask;

    public async Task Gone(CancellationToken ct)
    {
        // No child of this process: its end is not told.
        while (ProcessId is not null)
        {
            await Task.Delay(LookEach, clock, ct);
        }
    }

    /// <summary>Its owner stops it, last of all.</summary>
    public Task Stop() => Task.CompletedTask;
}
