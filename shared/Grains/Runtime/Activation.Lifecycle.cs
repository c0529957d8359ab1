using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace CallCenter.Grains;

/// <summary>How an activation begins, ages and ends: New -> Entering -> Active -> Leaving -> Gone.</summary>
internal sealed partial class Activation
{
    private readonly List<GrainTimer> timers = [];
    private readonly TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AsyncServiceScope? scope;
    private Grain? grain;
    private long lastUsed;
    private (DeactivationReason Reason, bool Drain)? departure;

    public Grain Grain => grain!;

    /// <summary>Completes when the activation is gone.</summary>
    public Task WhenGone => gone.Task;

    /// <summary>Whether it is active and has nothing to do.</summary>
    public bool IsQuiet
    {
        get
        {
            lock (gate)
                return phase == Phase.Active && !scheduled && running.Count == 0 && waiting.Count == 0 && interleaving.Count == 0;
        }
    }

    /// <summary>Deactivates once no call is running; with <paramref name="drain"/> once none is waiting either.</summary>
    public void Leave(DeactivationReason reason, bool drain)
    {
        bool wake;
        lock (gate)
        {
            departure ??= (reason, drain);
            wake = MustWake();
        }

        if (wake)
            Runtime.Schedule(this, preferLocal: false);
    }

    /// <summary>Ends the activation at once, without OnDeactivateAsync: calls that wait fail, timers end; a method that still runs is left to itself.</summary>
    public void Drop(Exception failure)
    {
        DisposeTimers();
        GrainRequest[] left;
        lock (gate)
        {
            if (phase == Phase.Gone)
                return;
            left = TakeWaiting();
            Runtime.Replace(this, null);
            phase = Phase.Gone;
        }

        Array.ForEach(left, request => request.Fail(failure));
        gone.TrySetResult();
    }

    /// <summary>Fails the calls whose deadline has passed and leaves when unused for the collection age.</summary>
    public void Sweep(long now, long collectionAge)
    {
        List<GrainRequest>? expired = null;
        var idle = false;
        lock (gate)
        {
            foreach (var request in running)
                AddIfExpired(request, now, ref expired);
            // Still in its first turn: not among the running ones yet.
            if (blocking is { Slot: < 0 } starting)
                AddIfExpired(starting, now, ref expired);
            DropExpired(ref waiting, now, ref expired);
            DropExpired(ref interleaving, now, ref expired);
            idle = IsQuiet && departure is null && now - lastUsed >= collectionAge;
        }

        if (expired is not null)
            Expire(expired);
        if (idle)
            Leave(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "Not used for the collection age."), drain: true);
    }

    public void Add(GrainTimer timer)
    {
        lock (gate)
            timers.Add(timer);
    }

    public void Remove(GrainTimer timer)
    {
        lock (gate)
            timers.Remove(timer);
    }

    private static void AddIfExpired(GrainRequest request, long now, ref List<GrainRequest>? expired)
    {
        if (now >= request.Deadline && !request.IsSettled)
            (expired ??= []).Add(request);
    }

    private static void DropExpired(ref RequestQueue queue, long now, ref List<GrainRequest>? expired)
    {
        // All deadlines lie equally far from their call, so the earliest is at the head; timers' ticks have none.
        while (queue.Head is { } head && (now >= head.Deadline || head.IsSettled))
            AddIfExpired(queue.Dequeue(), now, ref expired);
    }

    /// <summary>Once it is to leave without draining, what waits is the successor's.</summary>
    private bool MayServe => phase == Phase.Active && departure is not { Drain: false };

    private bool MayLeave() => phase == Phase.Active && running.Count == 0 && blocking is null
        && departure is { } leaving && (!leaving.Drain || waiting.Count + interleaving.Count == 0);

    private void Expire(List<GrainRequest> expired)
    {
        string? busyWith;
        lock (gate)
            busyWith = (blocking ?? running.FirstOrDefault())?.Method;
        foreach (var request in expired)
        {
            var hint = busyWith is null ? "it is not running anything" : $"it is running {busyWith}";
            var failure = new TimeoutException(
                $"{request.Method} of {Identity} did not answer within {Runtime.Options.CallDeadline.TotalSeconds:0.#} s; {hint}. If that waits for this caller, break the circle or let it interleave.");
            if (request.Expire(failure))
                Runtime.Telemetry.DeadlinePassed(Identity);
        }
    }

    private async Task Enter()
    {
        try
        {
            scope = Runtime.ServiceProvider.CreateAsyncScope();
            grain = Identity.Class.Create(scope.Value.ServiceProvider);
            using var deadline = new CancellationTokenSource(Runtime.Options.ActivationDeadline, Runtime.Time);
            await grain.OnActivateAsync(deadline.Token).WaitAsync(Runtime.Options.ActivationDeadline, Runtime.Time, CancellationToken.None);
            bool wake;
            lock (gate)
            {
                if (phase == Phase.Gone)
                    return;
                phase = Phase.Active;
                wake = MustWake();
            }

            if (wake)
                Runtime.Schedule(this, preferLocal: true);
        }
#pragma warning disable CA1031 // Whatever fails the activation is its callers'.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.ActivationFailed(Runtime.Logger, Identity, failure);
            await Vanish(waiters => Array.ForEach(waiters, request => request.Fail(failure)));
        }
    }

    private async Task Depart()
    {
        try
        {
            using var deadline = new CancellationTokenSource(Runtime.Options.DeactivationDeadline, Runtime.Time);
            await Grain.OnDeactivateAsync(departure!.Value.Reason, deadline.Token)
                .WaitAsync(Runtime.Options.DeactivationDeadline, Runtime.Time, CancellationToken.None);
        }
#pragma warning disable CA1031 // Nobody waits for it; the activation goes all the same.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.DeactivationFailed(Runtime.Logger, Identity, failure);
        }

        await Vanish(null);
    }

    /// <summary>
    /// Takes the activation out of the directory. Requests still waiting are failed, or go in their order to a successor
    /// that stands in the directory before anybody can see this one gone.
    /// </summary>
    private async Task Vanish(Action<GrainRequest[]>? fail)
    {
        DisposeTimers();
        GrainRequest[] left;
        Activation? successor = null;
        lock (gate)
        {
            if (phase == Phase.Gone)
                return;
            left = TakeWaiting();
            if (fail is null && left.Length > 0)
            {
                successor = new Activation(Runtime, Identity);
                foreach (var request in left)
                    successor.Enqueue(request);
            }

            Runtime.Replace(this, successor);
            phase = Phase.Gone;
        }

        fail?.Invoke(left);
        successor?.Wake();
        await Release();
        gone.TrySetResult();
    }

    private void DisposeTimers()
    {
        GrainTimer[] left;
        lock (gate)
            left = [.. timers];
        foreach (var timer in left)
            timer.Dispose();
    }

    /// <summary>What waits for this activation, in order of arrival; its own timers' ticks end with it.</summary>
    private GrainRequest[] TakeWaiting()
    {
        var left = new List<GrainRequest>(waiting.Count + interleaving.Count);
        while (waiting.Count > 0)
            left.Add(waiting.Dequeue());
        while (interleaving.Count > 0)
            left.Add(interleaving.Dequeue());
        left.RemoveAll(request => request is GrainTimer.Tick);
        left.Sort((a, b) => a.Arrival.CompareTo(b.Arrival));
        return [.. left];
    }

    private void Wake()
    {
        bool wake;
        lock (gate)
            wake = MustWake();
        if (wake)
            Runtime.Schedule(this, preferLocal: false);
    }

    private async Task Release()
    {
        try
        {
            if (grain is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else
                (grain as IDisposable)?.Dispose();
            if (scope is { } services)
                await services.DisposeAsync();
        }
#pragma warning disable CA1031 // The activation is gone; its clean-up may not take others with it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.DeactivationFailed(Runtime.Logger, Identity, failure);
        }
    }
}
