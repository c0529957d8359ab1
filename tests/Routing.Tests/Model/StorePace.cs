using Npgsql;

namespace CallCenter.Routing.Tests.Model;

/// <summary>The way of one process to the database: commits go in order, several at once, each with a fate of its own; what is read overtakes them; all of it ends with the process.</summary>
internal sealed class StorePace(Turns turns, VirtualClock clock) : IPace
{
    private const ulong Key = 2;

    private readonly Queue<Action> commits = [];
    private bool isCommitting;
    private bool isCut;

    /// <summary>Until then nobody is answered, and nothing is written.</summary>
    public DateTimeOffset AwayUntil { get; set; }

    public bool IsAway => clock.GetUtcNow() < AwayUntil;

    public Task<T> Commit<T>(Func<T> work)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        commits.Enqueue(() => Carry(work, answer));
        if (!isCommitting)
        {
            isCommitting = true;
            turns.Add(Key, CommitAll);
        }

        return answer.Task;
    }

    public Task<T> Read<T>(Func<T> work)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        turns.Add(Key + 1, () =>
        {
            if (!isCut)
            {
                Carry(() => IsAway ? throw new NpgsqlException("The database is away.") : work(), answer);
            }
        });
        return answer.Task;
    }

    /// <summary>The process died: of what it had given to be committed, so much is written.</summary>
    public void Cut(int written)
    {
        for (var i = 0; i < written && commits.TryDequeue(out var commit); i++)
        {
            commit();
        }

        commits.Clear();
        isCut = true;
    }

    private void CommitAll()
    {
        for (var left = commits.Count; left > 0; left--)
        {
            commits.Dequeue()();
        }

        isCommitting = false;
    }

    private static void Carry<T>(Func<T> work, TaskCompletionSource<T> answer)
    {
        try
        {
            answer.SetResult(work());
        }
#pragma warning disable CA1031 // It is the writer's.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            answer.SetException(failure);
        }
    }
}
