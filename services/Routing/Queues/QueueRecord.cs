namespace CallCenter.Routing.Queues;

/// <summary>A queue's settings.</summary>
internal sealed record QueueRecord
{
    public required Guid Id { get; init; }

    public required Guid Tenant { get; init; }

    public string Name { get; init; } = "";

    /// <summary>Of its contacts against those of other queues; lower goes first, 1 to 99.</summary>
    public int Priority { get; init; } = 50;

    /// <summary>Lowest level, 1 to 5, by skill that an agent needs.</summary>
    public IReadOnlyDictionary<string, int> Skills { get; init; } = new Dictionary<string, int>();

    /// <summary>A <see cref="Queues.SkillRule"/> that an agent must meet besides; null for none.</summary>
    public string? SkillRule { get; init; }

    /// <summary>What is asked instead once a contact has waited, by age.</summary>
    public IReadOnlyList<RelaxStep> Relax { get; init; } = [];

    /// <summary>Which of several free agents takes a contact.</summary>
    public AgentStrategy Strategy { get; init; }

    /// <summary>How long an agent's phone rings, in milliseconds.</summary>
    public int OfferTimeoutMs { get; init; } = 20_000;

    /// <summary>How long an agent has after a conversation, in milliseconds.</summary>
    public int WrapUpMs { get; init; } = 15_000;

    /// <summary>A caller who leaves sooner after entry counts as a short abandon, in milliseconds.</summary>
    public int ShortAbandonMs { get; init; } = 5_000;

    /// <summary>Service level target: this share of contacts, in percent, …</summary>
    public int ServiceLevelPercent { get; init; } = 80;

    /// <summary>… is answered not later than this, in milliseconds.</summary>
    public int ServiceLevelMs { get; init; } = 20_000;

    /// <summary>What a contact costs that is missed beyond those that the target lets pass, in the operator's currency.</summary>
    public decimal MissedPenalty { get; init; } = 1;

    /// <summary>The 95th percentile of the waits must not be longer, in milliseconds.</summary>
    public long WaitLimitMs { get; init; } = 600_000;

    /// <summary>Whether conversations are recorded.</summary>
    public bool Record { get; init; } = true;

    /// <summary>What an agent says first in this queue; null for the tenant's greeting.</summary>
    public string? Greeting { get; init; }

    /// <summary>How long a browser shows whose client calls before its answer goes out, in milliseconds; nothing waits at SIP phones.</summary>
    public int PopMs { get; init; } = 1_000;

    /// <summary>Contacts that have waited that long leave; null: they wait for ever.</summary>
    public WaitLimit? MaxWait { get; init; }

    /// <summary>Contacts that come when so many wait leave at once; null: all have a place.</summary>
    public LengthLimit? MaxLength { get; init; }

    /// <summary>Contacts that nobody who is logged in can ever serve leave at once; null: they wait for somebody to log in.</summary>
    public NoAgentRule? NoAgent { get; init; }

    /// <summary>Agents of other queues who help while the load is high.</summary>
    public IReadOnlyList<OverflowGroup> Overflow { get; init; } = [];

    /// <summary>Callers may ask to be called back instead of waiting; null where they may not.</summary>
    public Callbacks.CallbackOffer? Callback { get; init; }

    /// <summary>What becomes of who calls again soon after a conversation; null for nothing of its own.</summary>
    public ReturningCallers? Returning { get; init; }

    /// <summary>What an agent may choose as the contact's outcome; the first nine have the keys 1 to 9.</summary>
    public IReadOnlyList<DispositionCode> Codes { get; init; } = [];
}

/// <summary>What a queue asks of agents from that age of a contact on, in milliseconds; without a rule any agent of the queue will do.</summary>
internal sealed record RelaxStep(int AfterMs, string? SkillRule);

/// <summary>An outcome of a contact: the code is stored and reported, the label is shown.</summary>
internal sealed record DispositionCode(string Code, string Label);

/// <summary>The longest wait since entry, in milliseconds, and the queue where contacts go then; without one the call flow has them.</summary>
internal sealed record WaitLimit(int Ms, Guid? Queue = null);

/// <summary>How many contacts may wait, and the queue where the others go; without one the call flow has them.</summary>
internal sealed record LengthLimit(int Contacts, Guid? Queue = null);

/// <summary>The queue where contacts go that nobody can ever serve; without one the call flow has them.</summary>
internal sealed record NoAgentRule(Guid? Queue = null);

/// <summary>Who calls again within that time, in milliseconds, of a conversation is offered to its agent first; where that one is not free, has the age of who waits longest or its own.</summary>
internal sealed record ReturningCallers(int WithinMs, bool GoesAhead);
