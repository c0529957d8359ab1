using System.Collections.Concurrent;
using Npgsql;

namespace CallCenter.Routing;

/// <summary>What became of changes, for those who go on before they are durable: a change that stands on another, or whoever waits for one of another grain's.</summary>
internal sealed class Outcomes
{
    /// <summary>Whoever stands on a change learns of its failure long before so many others have failed.</summary>
    private const int FailedMax = 100_000;

    private readonly ConcurrentDictionary<Guid, Task> underWay = [];
    private readonly ConcurrentDictionary<Guid, Exception> failed = [];
    private readonly ConcurrentQueue<Guid> oldest = [];

    /// <summary>The change was given to be written.</summary>
    public void Given(Change change, Task done) => underWay[change.Id] = done;

    public void Written(Change change) => underWay.TryRemove(change.Id, out _);

    /// <summary>Called before the next change is written.</summary>
    public void Failed(Change change, Exception failure)
    {
        failed[change.Id] = failure;
        oldest.Enqueue(change.Id);
        if (oldest.Count > FailedMax && oldest.TryDequeue(out var forgotten))
        {
            failed.TryRemove(forgotten, out _);
        }

        underWay.TryRemove(change.Id, out _);
    }

    /// <summary>Why a change may not be written: one that it stands on was not, or is not known to be. Null when it may. It passes: whoever repeats the work finds what is true.</summary>
    public NpgsqlException? WhyNot(Change change)
    {
        foreach (var earlier in change.After)
        {
            if (failed.TryGetValue(earlier, out var failure))
            {
                return new NpgsqlException("A change that this one stands on was not written, or is not known to be: do it again.", failure);
            }
        }

        return null;
    }

    /// <summary>Completes when the change is durable, as <see cref="GroupCommitter.Commit"/>; at once for one that is not under way here.</summary>
    public Task Of(Guid? change)
    {
        if (change is not { } id)
        {
            return Task.CompletedTask;
        }

        // In this order: a failure is known before the change is under way no more.
        return underWay.TryGetValue(id, out var done) ? done : failed.TryGetValue(id, out var failure) ? Task.FromException(failure) : Task.CompletedTask;
    }
}
