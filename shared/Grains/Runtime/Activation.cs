using Orleans;

namespace CallCenter.Grains;

/// <summary>
/// A grain in memory: its mailbox and its turns. It is the task scheduler of its turns, so that what a grain method awaits
/// continues as a turn of the same grain. Exactly one turn runs at a time.
/// <code>
/// call ----> interleaving \
///            waiting      --> Next() --> a turn: first part of a call, or a continuation
/// await ---> tasks        /
/// </code>
/// A call that may not interleave blocks <c>waiting</c> from its first turn until its task completes.
/// </summary>
internal sealed partial class Activation : TaskScheduler, IThreadPoolWorkItem
{
    private static readonly object EnterTurn = new();
    private static readonly object LeaveTurn = new();

    [ThreadStatic]
    private static Activation? current;

    private readonly Lock gate = new();
    private readonly List<GrainRequest> running = [];
    private RequestQueue waiting;
    private RequestQueue interleaving;
    private Queue<Task>? tasks;
    private GrainRequest? blocking;
    private long arrivals;
    private bool scheduled;
    private Phase phase;

    public Activation(GrainRuntime runtime, GrainId id)
    {
        Runtime = runtime;
        Identity = id;
        lastUsed = runtime.Milliseconds;
    }

    private enum Phase
    {
        New,
        Entering,
        Active,
        Leaving,
        Gone,
    }

    /// <summary>The activation whose turn this thread is running.</summary>
    public static Activation? OnThisThread => current;

    public override int MaximumConcurrencyLevel => 1;

    public GrainRuntime Runtime { get; }

    public GrainId Identity { get; }

    /// <summary>Puts a request into the mailbox; false when the activation is gone and the directory has to be asked again.</summary>
    public bool TryPost(GrainRequest request)
    {
        bool wake;
        lock (gate)
        {
            if (phase == Phase.Gone)
                return false;
            if (request.IsLimited && waiting.Count + interleaving.Count >= Runtime.Options.MailboxLimit)
            {
                Runtime.Telemetry.MailboxFull(Identity);
                request.Fail(new GrainMailboxFullException(Identity.ToString(), request.Method, Runtime.Options.MailboxLimit));
                return true;
            }

            Enqueue(request);
            wake = MustWake();
        }

        if (wake)
            Runtime.Schedule(this, preferLocal: true);
        return true;
    }

    /// <summary>The request did not complete in its first turn: it is tracked until it does.</summary>
    public void Running(GrainRequest request)
    {
        lock (gate)
        {
            request.Slot = running.Count;
            running.Add(request);
        }
    }

    /// <summary>The request's method has completed, on whatever thread.</summary>
    public void Completed(GrainRequest request)
    {
        bool wake;
        lock (gate)
        {
            if (request.Slot >= 0)
            {
                var last = running[^1];
                running[request.Slot] = last;
                last.Slot = request.Slot;
                running.RemoveAt(running.Count - 1);
            }

            if (blocking == request)
                blocking = null;
            if (request.KeepsAlive)
                lastUsed = Runtime.Milliseconds;
            wake = MustWake();
        }

        if (wake)
            Runtime.Schedule(this, preferLocal: true);
    }

    void IThreadPoolWorkItem.Execute()
    {
        current = this;
        try
        {
            // A task, so that TaskScheduler.Current is this activation in every turn of the slice.
            new Task(static activation => ((Activation)activation!).RunSlice(), this).RunSynchronously(this);
        }
        finally
        {
            current = null;
        }
    }

    protected override void QueueTask(Task task)
    {
        bool wake;
        lock (gate)
        {
            (tasks ??= new Queue<Task>()).Enqueue(task);
            wake = MustWake();
        }

        if (wake)
            Runtime.Schedule(this, preferLocal: true);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && current == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (gate)
            return tasks?.ToArray() ?? [];
    }

    private void RunSlice()
    {
        for (var turn = 0; turn < Runtime.TurnsPerSlice; turn++)
        {
            switch (Next())
            {
                case null:
                    return;
                case Task continuation:
                    TryExecuteTask(continuation);
                    break;
                case GrainRequest request:
                    request.Start(this);
                    break;
                case var lifecycle:
                    _ = lifecycle == EnterTurn ? Enter() : Depart();
                    break;
            }
        }

        Runtime.Schedule(this, preferLocal: false);
    }

    /// <summary>Takes the next turn, or ends the slice.</summary>
    private object? Next()
    {
        lock (gate)
        {
            if (tasks is { Count: > 0 })
                return tasks.Dequeue();
            if (phase == Phase.New)
            {
                phase = Phase.Entering;
                return EnterTurn;
            }

            if (MayLeave())
            {
                phase = Phase.Leaving;
                return LeaveTurn;
            }

            if (MayServe && NextRequest() is { } request)
                return request;
            scheduled = false;
            return null;
        }
    }

    /// <summary>The earliest request that may start: any that interleaves, the others only when none of them is running.</summary>
    private GrainRequest? NextRequest()
    {
        var ordinary = blocking is null ? waiting.Head : null;
        if (interleaving.Head is { } first && (ordinary is null || first.Arrival < ordinary.Arrival))
            return interleaving.Dequeue();
        if (ordinary is null)
            return null;
        return blocking = waiting.Dequeue();
    }

    private void Enqueue(GrainRequest request)
    {
        request.Arrival = ++arrivals;
        if (Identity.Class.Reentrant || request.AlwaysInterleave)
            interleaving.Enqueue(request);
        else
            waiting.Enqueue(request);
    }

    /// <summary>Claims the right to schedule a slice when there is something to run. Call under the lock; queue when true.</summary>
    private bool MustWake()
    {
        if (scheduled)
            return false;
        var runnable = tasks is { Count: > 0 }
            || phase == Phase.New
            || MayLeave()
            || (MayServe && (interleaving.Count > 0 || (blocking is null && waiting.Count > 0)));
        scheduled = runnable;
        return runnable;
    }
}
