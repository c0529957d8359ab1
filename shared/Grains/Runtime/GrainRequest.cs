using System.Diagnostics;

namespace CallCenter.Grains;

/// <summary>
/// One call to a grain: the arguments (fields of the generated subclass), its place in the mailbox and its one outcome.
/// The caller's side may settle it early (deadline, cancellation); the callee's side then runs on and its result is dropped.
/// </summary>
#pragma warning disable CA1001 // The source has no timer and is not linked: there is nothing to dispose, and the callee may use its token longer than the call lives.
internal abstract class GrainRequest
#pragma warning restore CA1001
{
    private CancellationTokenRegistration callerCancellation;
    private CancellationTokenSource? calleeCancellation;
    private Activity? activity;

    /// <summary>The next in a <see cref="RequestQueue"/>.</summary>
    public GrainRequest? Next { get; set; }

    /// <summary>Number of arrival at the activation: decides between the two queues.</summary>
    public long Arrival { get; set; }

    /// <summary>Index in the activation's list of running requests; -1 = not in it.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Milliseconds of the runtime's clock at which the caller gives up.</summary>
    public long Deadline { get; set; } = long.MaxValue;

    public abstract string Method { get; }

    public virtual bool AlwaysInterleave => false;

    /// <summary>Whether it is counted against the mailbox limit: the grain's own timers are not, there is one tick a timer.</summary>
    public virtual bool IsLimited => true;

    /// <summary>Whether it counts as use of the grain, see <see cref="EmbeddedGrainsOptions.CollectionAge"/>.</summary>
    public virtual bool KeepsAlive => true;

    public abstract bool IsSettled { get; }

    /// <summary>What the grain method gets as its last parameter: cancelled by the caller's token and by the deadline.</summary>
    public CancellationToken CalleeToken => calleeCancellation?.Token ?? default;

    /// <summary>Runs the call's first turn. Never throws: the outcome goes to the caller.</summary>
    public abstract void Start(Activation activation);

    /// <summary>Settles the call with a failure; false when it was settled before.</summary>
    public abstract bool Fail(Exception failure);

    public void BecomeCancellable(CancellationToken callerToken)
    {
        calleeCancellation = new CancellationTokenSource();
        if (callerToken.CanBeCanceled)
            callerCancellation = callerToken.UnsafeRegister(static (request, token) => ((GrainRequest)request!).Cancel(token), this);
    }

    /// <summary>The deadline passed: fails the caller and tells the callee.</summary>
    public bool Expire(TimeoutException failure)
    {
        if (!Fail(failure))
            return false;
        calleeCancellation?.Cancel();
        return true;
    }

    /// <summary>Takes the caller's trace along; nothing else of its execution context crosses a grain call.</summary>
    public void CaptureTrace() => activity = Activity.Current;

    protected abstract void SettleCancelled(CancellationToken token);

    protected void EnterTrace()
    {
        if (activity is not null)
            Activity.Current = activity;
    }

    protected void LeaveTrace()
    {
        if (activity is not null)
            Activity.Current = null;
    }

    protected void StopListeningToCaller() => callerCancellation.Unregister();

    private void Cancel(CancellationToken token)
    {
        SettleCancelled(token);
        calleeCancellation!.Cancel();
    }
}

/// <summary>A call with a result; <see cref="ValueTuple"/> stands for none.</summary>
internal abstract class GrainRequest<TResult> : GrainRequest
{
    private readonly TaskCompletionSource<TResult> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> Outcome => outcome.Task;

    public override bool IsSettled => outcome.Task.IsCompleted;

    /// <summary>Calls the grain's method; generated.</summary>
    public abstract ValueTask<TResult> Invoke(object grain);

    public sealed override void Start(Activation activation)
    {
        if (IsSettled)
        {
            activation.Completed(this);
            return;
        }

        ValueTask<TResult> call;
        EnterTrace();
        try
        {
            call = Invoke(activation.Grain);
        }
#pragma warning disable CA1031 // Whatever the method throws is the caller's.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Fail(failure);
            activation.Completed(this);
            return;
        }
        finally
        {
            LeaveTrace();
        }

        if (call.IsCompletedSuccessfully)
        {
            Succeed(call.GetAwaiter().GetResult());
            activation.Completed(this);
        }
        else
        {
            activation.Running(this);
            _ = Finish(call, activation);
        }
    }

    public sealed override bool Fail(Exception failure)
    {
        StopListeningToCaller();
        return outcome.TrySetException(failure);
    }

    /// <summary>Adapts a method that returns Task.</summary>
    public static ValueTask<ValueTuple> WithoutResult(Task call) =>
        call.IsCompletedSuccessfully ? default : AwaitWithoutResult(call);

    /// <summary>Adapts a method that returns ValueTask.</summary>
    public static ValueTask<ValueTuple> WithoutResult(ValueTask call)
    {
        if (!call.IsCompletedSuccessfully)
            return AwaitWithoutResult(call.AsTask());
        call.GetAwaiter().GetResult();
        return default;
    }

    protected sealed override void SettleCancelled(CancellationToken token) => outcome.TrySetCanceled(token);

    private static async ValueTask<ValueTuple> AwaitWithoutResult(Task call)
    {
        await call;
        return default;
    }

    private void Succeed(TResult result)
    {
        StopListeningToCaller();
        outcome.TrySetResult(result);
    }

    private async Task Finish(ValueTask<TResult> call, Activation activation)
    {
        try
        {
            // In the grain's own turn: no other thread has to be found for it.
            Succeed(await call);
        }
#pragma warning disable CA1031 // Whatever the method throws is the caller's.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Fail(failure);
        }

        activation.Completed(this);
    }
}
