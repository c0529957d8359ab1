namespace CallCenter.Simulator.Centre;

/// <summary>An agent as the system tells it.</summary>
internal sealed record AgentItem(Guid Id, string User, string Status, string? Reason, string State, DateTimeOffset StateSince, Guid? Contact);

/// <summary>A queue's settings that matter to callers and agents.</summary>
internal sealed record QueueItem(
    Guid Id, Guid Tenant, string Name, int OfferTimeoutSeconds, int WrapUpSeconds, int ShortAbandonSeconds, IReadOnlyList<CodeItem>? Codes, ServiceLevel? ServiceLevel, WaitRule? MaxWait = null,
    LengthRule? MaxLength = null, string? Strategy = null)
{
    /// <summary>The phones of all who are free ring for one caller; who answers first has the caller.</summary>
    public bool RingsAll => Strategy == "RingAll";
}

/// <summary>Who has waited so many seconds goes to the other queue.</summary>
internal sealed record WaitRule(int Seconds, Guid? Queue);

/// <summary>So many have a place; who comes then is turned away.</summary>
internal sealed record LengthRule(int Contacts);

/// <summary>The share of contacts to be answered within so many seconds.</summary>
internal sealed record ServiceLevel(int Percent, int Seconds);

/// <summary>A disposition code.</summary>
internal sealed record CodeItem(string Code, string Label);

/// <summary>A contact as the list tells it; the termination is null while it lives.</summary>
internal record ContactItem(
    Guid Id, Guid Tenant, string? Caller, string? Called, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, Guid? Queue, Guid? Agent, string? Termination);

/// <summary>A contact with its legs.</summary>
internal sealed record ContactDetail(
    Guid Id, Guid Tenant, string? Caller, string? Called, DateTimeOffset StartedAt, DateTimeOffset? EndedAt,
    Guid? Queue, Guid? Agent, string? Termination, IReadOnlyList<LegItem> Legs)
    : ContactItem(Id, Tenant, Caller, Called, StartedAt, EndedAt, Queue, Agent, Termination);

/// <summary>A leg; the phases are milliseconds.</summary>
internal sealed record LegItem(
    Guid Id, string Role, Guid? User, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Outcome, IReadOnlyDictionary<string, long?> Phases)
{
    public long Phase(string name) => Phases.TryGetValue(name, out var value) ? value ?? 0 : 0;

    public double LengthMs => EndedAt is { } end ? (end - StartedAt).TotalMilliseconds : 0;
}
