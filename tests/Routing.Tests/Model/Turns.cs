namespace CallCenter.Routing.Tests.Model;

/// <summary>
/// Everything that happens in the world, one thing at a time, in an order that the seed decides: what becomes ready draws its lot, the lowest
/// lot is next. So the same seed gives the same order, and anything may be overtaken by everything else for a while.
/// </summary>
internal sealed class Turns(int seed) : TaskScheduler
{
    private readonly PriorityQueue<Action, ulong> ready = new();
    private readonly Dictionary<ulong, uint> drawn = [];

    /// <summary>What went wrong in the world itself.</summary>
    public Exception? Failure { get; private set; }

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>A name as a number that is the same in every process.</summary>
    public static ulong KeyOf(string name)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in name)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        return hash;
    }

    /// <summary>Makes something ready to happen.</summary>
    /// <param name="key">Whose it is: lots do not depend on what others do.</param>
    public void Add(ulong key, Action work)
    {
        var count = drawn[key] = drawn.GetValueOrDefault(key) + 1;
        ready.Enqueue(work, Mix(key ^ Mix(((ulong)(uint)seed << 32) | count)));
    }

    /// <summary>Does the next; false when nothing is ready.</summary>
    public bool Next()
    {
        if (!ready.TryDequeue(out var work, out _))
        {
            return false;
        }

        work();
        return true;
    }

    /// <summary>Starts work of the world's people and machines, which continues in turns here.</summary>
    public void Start(Func<Task> work) => _ = Task.Factory.StartNew(() => Carry(work), CancellationToken.None, TaskCreationOptions.None, this);

    protected override void QueueTask(Task task) => Add(1, () => TryExecuteTask(task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private async Task Carry(Func<Task> work)
    {
        try
        {
            await work();
        }
#pragma warning disable CA1031 // Whoever has the world's turns done tells it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Failure ??= failure;
        }
    }

    private static ulong Mix(ulong x)
    {
        x ^= x >> 30;
        x *= 0xBF58476D1CE4E5B9UL;
        x ^= x >> 27;
        x *= 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }
}
