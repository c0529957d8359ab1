using Orleans.Runtime;

namespace CallCenter.Grains;

/// <summary>Base of the generated references: finds the activation and posts the call.</summary>
internal abstract class GrainReference : IAddressable
{
    private GrainRuntime? runtime;
    private Activation? target;

    public GrainId Id { get; private set; }

    /// <summary>Called once, before the reference is given out; keeps the generated constructors empty.</summary>
    public void Bind(GrainRuntime owner, GrainId id)
    {
        runtime = owner;
        Id = id;
    }

    public override string ToString() => Id.ToString();

    public override bool Equals(object? obj) => obj is GrainReference other && other.Id == Id;

    public override int GetHashCode() => Id.GetHashCode();

    /// <summary>Posts a call without a token. Failures come with the task, never as an exception here.</summary>
    public Task<TResult> Send<TResult>(GrainRequest<TResult> request)
    {
        if (runtime!.Refusal() is { } refusal)
        {
            request.Fail(refusal);
            return request.Outcome;
        }

        request.Deadline = runtime.Milliseconds + runtime.CallDeadline;
        request.CaptureTrace();
        try
        {
            var activation = target ?? runtime.Find(Id);
            while (!activation.TryPost(request))
                activation = runtime.Find(Id);
            target = activation;
        }
        catch (GrainActivationLimitException full)
        {
            request.Fail(full);
        }

        return request.Outcome;
    }

    /// <summary>Posts a call whose last parameter is a token.</summary>
    public Task<TResult> Send<TResult>(GrainRequest<TResult> request, CancellationToken token)
    {
        if (token.IsCancellationRequested)
            return Task.FromCanceled<TResult>(token);
        request.BecomeCancellable(token);
        return Send(request);
    }

    /// <summary>For methods that return ValueTask of a result.</summary>
    public static ValueTask<TResult> AsValueTask<TResult>(Task<TResult> call) => new(call);

    /// <summary>For methods that return ValueTask.</summary>
    public static ValueTask AsValueTask(Task call) => new(call);
}
