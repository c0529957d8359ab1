using CallCenter.Contracts;

namespace CallCenter.Routing;

/// <summary>The tables that hold grains' rows.</summary>
internal enum StateTable
{
    Contacts,
    Places,
    Queues,
    Agents,
    QueueSettings,
    AgentSettings,
    LearnedWaits,
}

/// <summary>A row as it is to become.</summary>
/// <param name="Expected">The version that was read; 0 = there must be none yet. The new one is one higher.</param>
/// <param name="Body">JSON; null deletes the row.</param>
internal sealed record Row(StateTable Table, Guid Id, Guid Tenant, long Expected, string? Body, bool AtRest)
{
    /// <summary>What a contact is found by; null for rows of other tables.</summary>
    public FoundBy? FoundBy { get; init; }

    /// <summary>Of an agent: properties of the body that seldom change, an object in JSON, in a column of its own. Null leaves what is there.</summary>
    public string? Kept { get; init; }

    /// <summary>A body with what is kept apart.</summary>
    public static string Join(string body, string? kept) => kept is null ? body : $"{body[..^1]},{kept[1..]}";
}

/// <summary>Columns of a contact beside its body.</summary>
/// <param name="CallbackQueue">The queue for which it calls a customer back; null for others.</param>
internal sealed record FoundBy(string? Caller, Guid? LastAgent, Guid? CallbackQueue);

/// <summary>The pool's epoch that must still be in force.</summary>
internal sealed record Fence(string Pool, long Epoch);

/// <summary>An event of another service has been applied up to this sequence.</summary>
internal sealed record Position(Guid Tenant, Guid Stream, string Source, long Sequence, bool Final)
{
    public static Position Of(DomainEvent e) => new(e.Tenant, e.Stream, e.Source, e.Sequence, e.Final);
}

/// <summary>What one grain changes at once: rows, the events that tell of it and the position of the event that caused it. All or nothing.</summary>
internal sealed record Change(IReadOnlyList<Row> Rows, IReadOnlyList<DomainEvent> Events, Fence? Fence = null, Position? Position = null)
{
    /// <summary>By it later changes say that they stand on this one.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>Changes that were given before: this one is written only if they were. Versions
    /// alone do not tell whether a grain's own last change was: after a failure another activation may have written one of the same number.</summary>
    public IReadOnlyList<Guid> After { get; init; } = [];

    public IEnumerable<Guid> Tenants => Rows.Select(row => row.Tenant)
        .Concat(Events.Select(e => e.Tenant)).Concat(Position is null ? [] : [Position.Tenant]);
}

/// <summary>Somebody else has written the row or raised the pool's epoch: this activation is not the owner any more, or its memory is old. It must load anew.</summary>
internal sealed class FencedException(string what) : Exception($"{what} was changed by another owner; what was read is loaded anew.");
