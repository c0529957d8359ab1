using CallCenter.Simulator.Plans;

namespace CallCenter.Simulator.Tally;

/// <summary>An agent asked a colleague, or handed the caller on: what was asked for by the API, and what the phones told of it.</summary>
internal sealed class AskRecord(Ask kind, Guid? colleague, Guid? queue)
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Ask Kind { get; } = kind;

    /// <summary>Who was asked; null when the caller went to a queue.</summary>
    public Guid? Colleague { get; } = colleague;

    public Guid? Queue { get; } = queue;

    /// <summary>The system took it.</summary>
    public bool IsTaken { get; set; }

    /// <summary>The colleague's phone; null while it did not ring.</summary>
    public OfferRecord? Answer { get; set; }

    /// <summary>When the colleague heard the agent.</summary>
    public DateTimeOffset? ConsultHeardAt { get; private set; }

    /// <summary>When the agent asked for the consult's end: back to the caller, all together, or the caller to the colleague.</summary>
    public DateTimeOffset? EndedFrom { get; set; }

    /// <summary>When the agent asked to leave for good; null when it stays.</summary>
    public DateTimeOffset? LeftFrom { get; set; }

    /// <summary>When the colleague first heard the caller.</summary>
    public DateTimeOffset? JoinHeardAt { get; private set; }

    /// <summary>The agent who asked has gone, and somebody or something else has the caller.</summary>
    public bool HandsOn => IsTaken && (Kind is Ask.ToQueue or Ask.ToAgent || LeftFrom is not null);

    /// <summary>Completes when the caller is where it was to be.</summary>
    public Task Over => _over.Task;

    /// <summary>Completes when the colleague hears the caller, or its call is over.</summary>
    public Task Joined => _joined.Task;

    /// <summary>Completes when the colleague hears whom it answered, or its call is over.</summary>
    public Task Decided => _decided.Task;

    public void Consult(DateTimeOffset? heard)
    {
        ConsultHeardAt ??= heard;
        _decided.TrySetResult();
    }

    public void Join(DateTimeOffset? heard)
    {
        JoinHeardAt ??= heard;
        _joined.TrySetResult();
        _decided.TrySetResult();
    }

    public void Finish() => _over.TrySetResult();
}
