using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;

namespace CallCenter.Grains;

/// <summary>
/// The embedded runtime: the directory of activations of one process, their clock and sweep, and the graceful stop.
/// </summary>
internal sealed class GrainRuntime : IClusterClient, IDisposable
{
    private const int KeyLengthMax = 512;

    /// <summary>Turns in a row before other grains get the thread.</summary>
    private const int TurnsPerSliceOfPool = 64;

    private readonly ConcurrentDictionary<GrainId, Activation> directory = new();
    private readonly long origin;
    private ITimer? sweeper;
    private volatile Stage stage;
    private int activations;
    private int sweeping;

    public GrainRuntime(IServiceProvider services, GrainCatalog catalog, IOptions<EmbeddedGrainsOptions> options, TimeProvider time, ILogger<GrainRuntime> logger, IReminderStore? reminders)
    {
        ServiceProvider = services;
        Catalog = catalog;
        Options = options.Value;
        CallDeadline = (long)Options.CallDeadline.TotalMilliseconds;
        Time = time;
        Logger = logger;
        origin = time.GetTimestamp();
        Telemetry = new Telemetry(() => activations);
        Reminders = new ReminderService(this, catalog, reminders);
    }

    private enum Stage
    {
        Created,
        Running,
        Draining,
        Stopped,
    }

    public IServiceProvider ServiceProvider { get; }

    public GrainCatalog Catalog { get; }

    public EmbeddedGrainsOptions Options { get; }

    /// <summary>Milliseconds from a call to its <see cref="TimeoutException"/>.</summary>
    public long CallDeadline { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public Telemetry Telemetry { get; }

    public ReminderService Reminders { get; }

    /// <summary>Milliseconds since the runtime was made, never going back.</summary>
    public long Milliseconds => (long)Time.GetElapsedTime(origin).TotalMilliseconds;

    public int TurnsPerSlice => Options.Executor is null ? TurnsPerSliceOfPool : 1;

    /// <summary>Has a slice of the activation's turns run.</summary>
    public void Schedule(Activation activation, bool preferLocal)
    {
        if (Options.Executor is { } executor)
            executor(activation);
        else
            ThreadPool.UnsafeQueueUserWorkItem(activation, preferLocal);
    }

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrEmpty(primaryKey);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(primaryKey.Length, KeyLengthMax, nameof(primaryKey));
        if (grainClassNamePrefix is not null)
            throw new ArgumentException("An interface has exactly one grain class here; leave the prefix out.", nameof(grainClassNamePrefix));
        var (grainClass, create) = Catalog.Find(typeof(TGrainInterface));
        var reference = create();
        reference.Bind(this, new GrainId(grainClass, primaryKey));
        return (TGrainInterface)(object)reference;
    }

    /// <summary>The activation of a grain, a new one when there is none.</summary>
    public Activation Find(GrainId id)
    {
        if (directory.TryGetValue(id, out var found))
            return found;
        if (activations >= Options.ActivationLimit)
            throw new GrainActivationLimitException(Options.ActivationLimit);
        var candidate = new Activation(this, id);
        var activation = directory.GetOrAdd(id, candidate);
        if (activation == candidate)
            Interlocked.Increment(ref activations);
        return activation;
    }

    /// <summary>Ends an activation's entry; called under the activation's own lock, so that no call can fall between the two.</summary>
    public void Replace(Activation gone, Activation? successor)
    {
        if (successor is not null)
            directory[gone.Identity] = successor;
        else if (directory.TryRemove(KeyValuePair.Create(gone.Identity, gone)))
            Interlocked.Decrement(ref activations);
    }

    /// <summary>Why a call cannot be taken now, or null. While draining only grains may still call.</summary>
    public Exception? Refusal() => stage switch
    {
        Stage.Running => null,
        Stage.Draining when Activation.OnThisThread is not null => null,
        Stage.Created => new InvalidOperationException("The grain runtime has not started: call grains from hosted services registered after AddEmbeddedGrains, or from requests."),
        _ => new InvalidOperationException("The grain runtime is stopping and takes no new calls."),
    };

    /// <summary>The first time, or again after <see cref="Stop"/>: then without anything of the time before.</summary>
    public async Task Start(CancellationToken cancellationToken)
    {
        await Reminders.Load(cancellationToken);
        stage = Stage.Running;
        using (Quiet.Flow())
            sweeper = Time.CreateTimer(static runtime => ((GrainRuntime)runtime!).Sweep(), this, Options.SweepPeriod, Options.SweepPeriod);
    }

    /// <summary>
    /// Refuses calls from outside, lets every mailbox run empty, deactivates every grain. What is not done by the drain deadline
    /// or when <paramref name="cancellationToken"/> gives up is dropped and told in the log.
    /// </summary>
    public async Task Stop(CancellationToken cancellationToken)
    {
        if (stage is not Stage.Running)
            return;
        stage = Stage.Draining;
        using var deadline = new CancellationTokenSource(Options.DrainDeadline, Time);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            // Grains that still run may activate others: until none is left.
            while (!directory.IsEmpty)
                await Task.WhenAll(directory.Values.Select(Drain)).WaitAsync(giveUp.Token);
        }
        catch (OperationCanceledException)
        {
            Log.DrainIncomplete(Logger, directory.Count, string.Join(", ", directory.Keys.Take(5)));
        }
        finally
        {
            stage = Stage.Stopped;
            if (sweeper is not null)
                await sweeper.DisposeAsync();
            foreach (var left in directory.Values)
                left.Drop(Refusal()!);
        }
    }

    public void Dispose() => Telemetry.Dispose();

    private static Task Drain(Activation activation)
    {
        activation.Leave(new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The process stops."), drain: true);
        return activation.WhenGone;
    }

    private void Sweep()
    {
        if (Interlocked.Exchange(ref sweeping, 1) == 1)
            return;
        try
        {
            var now = Milliseconds;
            var collectionAge = (long)Options.CollectionAge.TotalMilliseconds;
            foreach (var (_, activation) in directory)
                activation.Sweep(now, collectionAge);
            if (stage == Stage.Running)
                Reminders.Fire();
        }
        finally
        {
            Volatile.Write(ref sweeping, 0);
        }
    }
}
