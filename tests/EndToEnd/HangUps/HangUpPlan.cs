namespace CallCenter.EndToEnd.HangUps;

/// <summary>When the caller leaves.</summary>
internal enum CallerLeaves
{
    /// <summary>While the menu speaks or waits.</summary>
    InMenu,

    /// <summary>In the queue, sooner than the short-abandon threshold.</summary>
    InQueueSoon,

    /// <summary>In the queue, later than the threshold.</summary>
    InQueueLate,

    /// <summary>While an agent's phone rings.</summary>
    WhileRinging,

    /// <summary>In talk.</summary>
    InTalk,

    /// <summary>Never: the agent hangs up.</summary>
    Never,
}

/// <summary>What an agent does with an offer.</summary>
internal enum AgentAct
{
    /// <summary>Lets it ring until the offer times out.</summary>
    NoAnswer,

    /// <summary>Refuses (486).</summary>
    Reject,

    /// <summary>Logs out while it rings.</summary>
    LogOut,

    /// <summary>The phone dies while it rings.</summary>
    VanishRinging,

    /// <summary>The phone answers and dies in the talk: the caller comes back to the queue.</summary>
    VanishTalking,

    /// <summary>Answers.</summary>
    Answer,
}

/// <summary>What happens to one contact: when the caller leaves, and what the agents do to whom it is offered, in turn.</summary>
internal sealed record HangUpScript(string Caller, CallerLeaves Leaves, IReadOnlyList<AgentAct> Acts, TimeSpan Talk)
{
    private int _next;

    /// <summary>Completes when an agent's phone rings for this contact.</summary>
    public TaskCompletionSource Rings { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the agent who keeps the call has answered.</summary>
    public TaskCompletionSource KeptAnswer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The act for the next offer; further offers are answered.</summary>
    public AgentAct NextAct()
    {
        var next = Interlocked.Increment(ref _next) - 1;
        return next < Acts.Count ? Acts[next] : AgentAct.Answer;
    }

    /// <summary>The key the caller presses: only the first leads to a queue that somebody serves.</summary>
    public char Key => Leaves is CallerLeaves.InQueueSoon or CallerLeaves.InQueueLate ? '2' : '1';

    /// <summary>The one termination that is right; null where the time in the queue decides (agents or the machine may have been busy).</summary>
    public string? Termination => Leaves switch
    {
        CallerLeaves.InMenu or CallerLeaves.InQueueLate => "CallerAbandoned",
        CallerLeaves.InQueueSoon or CallerLeaves.WhileRinging => null,
        _ => "Completed",
    };
}

/// <summary>Scripts drawn by a seed: every kind occurs, in a random order, with random times.</summary>
internal static class HangUpPlan
{
    /// <param name="first">Number of the first caller.</param>
    public static IReadOnlyList<HangUpScript> Draw(int count, int seed, int first)
    {
        var random = new Random(seed);
        var kinds = Kinds().ToList();
        var drawn = Enumerable.Range(0, count).Select(i => kinds[i % kinds.Count]).ToArray();
        random.Shuffle(drawn);
        return [.. drawn.Select((kind, i) => new HangUpScript(
            $"+3584010{first + i:00000}", kind.Leaves, kind.Acts, TimeSpan.FromMilliseconds(random.Next(100, 1500))))];
    }

    private static IEnumerable<(CallerLeaves Leaves, AgentAct[] Acts)> Kinds()
    {
        yield return (CallerLeaves.InMenu, []);
        yield return (CallerLeaves.InQueueSoon, []);
        yield return (CallerLeaves.InQueueLate, []);
        yield return (CallerLeaves.WhileRinging, [AgentAct.NoAnswer]);
        foreach (var leaves in new[] { CallerLeaves.InTalk, CallerLeaves.Never })
        {
            yield return (leaves, [AgentAct.Answer]);
            foreach (var act in new[] { AgentAct.NoAnswer, AgentAct.Reject, AgentAct.LogOut, AgentAct.VanishRinging, AgentAct.VanishTalking })
            {
                yield return (leaves, [act, AgentAct.Answer]);
            }
        }
    }
}
