namespace CallCenter.Days;

/// <summary>A day, or several, of a centre: who called when, and who worked when. Times are milliseconds from the trace's midnight.</summary>
/// <param name="Calls">By time.</param>
internal sealed record Trace(string Name, IReadOnlyList<TraceCall> Calls, IReadOnlyList<TraceQueue> Queues, IReadOnlyList<TraceAgent> Agents);

/// <summary>A caller.</summary>
/// <param name="Queue">Index of its queue in the trace.</param>
/// <param name="PatienceMs">So long it waits; <see cref="long.MaxValue"/> for one who never gives up.</param>
internal readonly record struct TraceCall(long AtMs, int Queue, long TalkMs, long WrapMs, long PatienceMs);

/// <summary>A queue and the contract it is served under.</summary>
/// <param name="Percent">x: so many of a hundred contacts …</param>
/// <param name="TargetMs">t: … are to be answered not later than this.</param>
/// <param name="Penalty">What a contact costs that is missed beyond those that the contract lets pass.</param>
/// <param name="LimitMs">The 95th percentile of the waits must not be longer.</param>
internal sealed record TraceQueue(string Tenant, string Name, int Percent, long TargetMs, decimal Penalty, long LimitMs)
{
    /// <summary>1 to 99, lower first; null for none of its own.</summary>
    public int? Priority { get; init; }

    public string? SkillRule { get; init; }

    public IReadOnlyList<TraceStep> Relax { get; init; } = [];

    public override string ToString() => $"{Tenant}/{Name}";
}

/// <summary>What a queue asks of agents once a contact has waited; without a rule any agent of the queue will do.</summary>
internal sealed record TraceStep(int AfterMs, string? SkillRule);

/// <summary>An agent.</summary>
/// <param name="Levels">1 to 5 by skill.</param>
/// <param name="Shift">When at work; breaks lie between.</param>
internal sealed record TraceAgent(string Name, IReadOnlyList<TraceEntry> Queues, IReadOnlyDictionary<string, int> Levels, decimal Wage, IReadOnlyList<Span> Shift);

/// <summary>A queue of an agent's profile, by its index in the trace.</summary>
/// <param name="Priority">1 to 99, lower first.</param>
internal sealed record TraceEntry(int Queue, int Priority = 50, int DelaySeconds = 0);

/// <summary>From one moment until, but without, another.</summary>
internal readonly record struct Span(long FromMs, long UntilMs);
