using CallCenter.Grains;
using Orleans.Runtime;

namespace Orleans;

/// <summary>
/// Base class of a grain: an object with a key, one activation in the process, and turns of which one runs at a time.
/// Constructed by the runtime with its dependencies injected; never with <c>new</c>.
/// </summary>
public abstract class Grain : IGrainBase, IAddressable
{
    /// <summary>Joins the grain to the activation that is constructing it.</summary>
    protected Grain() => Context = Activation.OnThisThread;

    /// <summary>Gives references to other grains.</summary>
    protected IGrainFactory GrainFactory => Activation.Runtime;

    internal Activation Activation => Context
        ?? throw new InvalidOperationException($"{GetType().Name} was not constructed by the grain runtime: get a reference with IGrainFactory.GetGrain.");

    private Activation? Context { get; }

#pragma warning disable CA1725 // The parameters' names are part of the signature.
    /// <summary>Runs before the first call. A failure fails the waiting calls with the same exception and drops the activation.</summary>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs after the last call of this activation. It may be skipped when the process dies, so nothing durable may depend on it.</summary>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;
#pragma warning restore CA1725

    /// <summary>Deactivates as soon as no call is running; calls that wait go to the next activation.</summary>
    protected void DeactivateOnIdle() =>
        Activation.Leave(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "The grain asked for it."), drain: false);
}

/// <summary>What every grain class has, whatever its base class.</summary>
public interface IGrainBase
{
    /// <inheritdoc cref="Grain.OnActivateAsync"/>
    Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

    /// <inheritdoc cref="Grain.OnDeactivateAsync"/>
    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
}

/// <summary>Marks a grain interface.</summary>
public interface IGrain : IAddressable;

/// <summary>Marks a grain interface whose grains are named by a string.</summary>
public interface IGrainWithStringKey : IGrain;

/// <summary>What any grain or grain reference can be asked.</summary>
public static class GrainExtensions
{
    /// <summary>The key of this grain, or of the grain that this reference points to.</summary>
    public static string GetPrimaryKeyString(this IAddressable grain) => grain switch
    {
        Grain activated => activated.Activation.Identity.Key,
        GrainReference reference => reference.Id.Key,
        _ => throw new ArgumentException($"{grain?.GetType().Name ?? "null"} is neither a grain nor a grain reference.", nameof(grain)),
    };
}

/// <summary>Gives references to grains.</summary>
public interface IGrainFactory
{
    /// <summary>A reference to the grain of that interface and key; it is activated by the first call, not by this.</summary>
    /// <param name="primaryKey">1 to 512 characters.</param>
    /// <param name="grainClassNamePrefix">Must be null here: an interface has exactly one grain class.</param>
    TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey;
}

/// <summary>Gives references to grains to code outside grains.</summary>
public interface IClusterClient : IGrainFactory
{
    /// <summary>The services of the process.</summary>
    IServiceProvider ServiceProvider { get; }
}
