namespace CallCenter.Grains;

/// <summary>Limits and deadlines of the embedded grain runtime.</summary>
public sealed class EmbeddedGrainsOptions
{
    /// <summary>From a call to its <see cref="TimeoutException"/>; default 30 s, as Orleans' response timeout. Kept to within one <see cref="SweepPeriod"/>.</summary>
    public TimeSpan CallDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>For OnActivateAsync; default 30 s: its callers have given up by then.</summary>
    public TimeSpan ActivationDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>For OnDeactivateAsync; default 10 s: shorter than what a process is given to stop.</summary>
    public TimeSpan DeactivationDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>For all grains together when the process stops; default 8 s of the 10 s that a stop may take.</summary>
    public TimeSpan DrainDeadline { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>A grain without calls for this long is deactivated; default 15 min: well above any pause inside a contact.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often deadlines, idle grains and reminders are looked at; default 1 s: it is the error of all three.</summary>
    public TimeSpan SweepPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Calls that may wait at one grain; default 10,000: about 5 s of work of the busiest grain. One more fails with <see cref="GrainMailboxFullException"/>.</summary>
    public int MailboxLimit { get; set; } = 10_000;

    /// <summary>Grains in memory at once; default 1,000,000: about 1 GB. One more fails with <see cref="GrainActivationLimitException"/>.</summary>
    public int ActivationLimit { get; set; } = 1_000_000;

    /// <summary>Runs what is given to it, one turn of a grain each, on one thread at a time; default: the thread pool. A test has turns in an order of its own by it.</summary>
    public Action<IThreadPoolWorkItem>? Executor { get; set; }

    internal IEnumerable<string> Mistakes()
    {
        foreach (var (name, value) in new[]
        {
            (nameof(CallDeadline), CallDeadline), (nameof(ActivationDeadline), ActivationDeadline), (nameof(DeactivationDeadline), DeactivationDeadline),
            (nameof(DrainDeadline), DrainDeadline), (nameof(CollectionAge), CollectionAge), (nameof(SweepPeriod), SweepPeriod),
        })
        {
            if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
                yield return $"{name} is {value}; it must be above zero and at most a day.";
        }

        if (MailboxLimit < 1)
            yield return $"{nameof(MailboxLimit)} is {MailboxLimit}; it must be at least 1.";
        if (ActivationLimit < 1)
            yield return $"{nameof(ActivationLimit)} is {ActivationLimit}; it must be at least 1.";
    }
}
