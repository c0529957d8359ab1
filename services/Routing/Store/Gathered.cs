namespace CallCenter.Routing;

/// <summary>
/// Questions to the database that many grains ask at once, answered many in one query: while one is under way, the next gather. A thousand
/// grains that wake together take a few connections' time, not a thousand's.
/// </summary>
/// <param name="ask">Answers in the order of the questions.</param>
internal sealed class Gathered<TQuestion, TAnswer>(Func<IReadOnlyList<TQuestion>, Task<IReadOnlyList<TAnswer>>> ask)
{
    private const int AtOnceMax = 256;

    private const int WaitingMax = 100_000;

    private readonly Lock gate = new();
    private readonly Queue<Pending> waiting = [];
    private bool asking;

    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public Task<TAnswer> Ask(TQuestion question)
    {
        var pending = new Pending(question);
        lock (gate)
        {
            if (waiting.Count >= WaitingMax)
            {
                throw new InvalidOperationException($"{WaitingMax} questions wait for the database: this one was not taken. Try again later.");
            }

            waiting.Enqueue(pending);
            if (asking)
            {
                return pending.Answer;
            }

            asking = true;
        }

        // Not in the grain's turn that happened to be the first.
        _ = Task.Run(AskAll);
        return pending.Answer;
    }

    private async Task AskAll()
    {
        while (Take() is { Count: > 0 } some)
        {
            try
            {
                var answers = await ask(some.ConvertAll(pending => pending.Question));
                for (var i = 0; i < some.Count; i++)
                {
                    some[i].Succeed(answers[i]);
                }
            }
#pragma warning disable CA1031 // Every failure goes to those who asked.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                some.ForEach(pending => pending.Fail(failure));
            }
        }
    }

    private List<Pending> Take()
    {
        lock (gate)
        {
            var some = new List<Pending>();
            while (some.Count < AtOnceMax && waiting.TryDequeue(out var pending))
            {
                some.Add(pending);
            }

            asking = some.Count > 0;
            return some;
        }
    }

    private sealed class Pending(TQuestion question)
    {
        private readonly TaskCompletionSource<TAnswer> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TQuestion Question => question;

        public Task<TAnswer> Answer => answer.Task;

        public void Succeed(TAnswer found) => answer.TrySetResult(found);

        public void Fail(Exception failure) => answer.TrySetException(failure);
    }
}
