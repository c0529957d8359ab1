using System.Text.Json.Serialization;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Routing.Contacts;

/// <summary>A contact from arrival to termination: the facts so far. A row in the database.</summary>
internal sealed record ContactState
{
    public required Guid Id { get; init; }

    public required Guid Tenant { get; init; }

    /// <summary>The caller's number; null when it is withheld. A column of its own finds who served the caller last.</summary>
    public string? Caller { get; init; }

    /// <summary>The tenant's number that was called, or is shown to who is called back; null before the arrival is known.</summary>
    public string? Called { get; init; }

    /// <summary>What a contact that calls a customer back has to do; null for a call that came in.</summary>
    public Callbacks.CallbackPlan? Callback { get; init; }

    /// <summary>The agent who talked to the caller last; null before the first.</summary>
    public Guid? LastAgent { get; init; }

    /// <summary>The gateway that holds the call; commands go there.</summary>
    public string Gateway { get; init; } = "";

    public long Epoch { get; init; }

    public ControlHolder Holder { get; init; }

    /// <summary>The time of the latest fact that counts for the contact's end.</summary>
    public DateTimeOffset LastAt { get; init; }

    /// <summary>The queue where it waits; null when it does not.</summary>
    public Guid? Queue { get; init; }

    /// <summary>Its own, given by the flow and kept over transfers, 1 to 99; null for that of its queue.</summary>
    public int? Priority { get; init; }

    /// <summary>The flow asks for a queue because of something that the gateway has not told here yet: the caller has a place once it has.</summary>
    public EarlyRequest? Early { get; init; }

    /// <summary>The gateway's last word on who has control.</summary>
    public Guid? LastControl { get; init; }

    /// <summary>When it entered its last queue; null before the first.</summary>
    public DateTimeOffset? QueuedAt { get; init; }

    /// <summary>When it entered its first queue: a contact that comes back keeps its place.</summary>
    public DateTimeOffset? FirstQueuedAt { get; init; }

    /// <summary>The adjusted entry of its last place.</summary>
    public DateTimeOffset? PlaceSince { get; init; }

    /// <summary>The adjusted entry into its first queue: that of the first call, for a callback.</summary>
    [JsonIgnore]
    public DateTimeOffset? FirstSince => FirstQueuedAt?.AddMilliseconds(-(Callback?.AgeMs ?? 0));

    public int ShortAbandonMs { get; init; }

    /// <summary>The rule by which its last queue gave it up to the flow; null while it waits and after an answer.</summary>
    public QueueRule? GivenUpBy { get; init; }

    /// <summary>The agents' legs, those that are over too.</summary>
    public IReadOnlyList<AgentLeg> Legs { get; init; } = [];

    /// <summary>Where the caller is handed on to, once the leg of this one has ended.</summary>
    public PendingTransfer? Transfer { get; init; }

    /// <summary>Supervisors' legs in the conversations.</summary>
    public IReadOnlyList<WatchingLeg> Watching { get; init; } = [];

    public string? Rejected { get; init; }

    public DateTimeOffset? CallerGoneAt { get; init; }

    public bool GatewayFailed { get; init; }

    public bool Answered { get; init; }

    /// <summary>A call flow has or had the contact and will say how it ended.</summary>
    public bool FlowExpected { get; init; }

    public FlowOutcome? Flow { get; init; }

    /// <summary>When the gateway said its last word.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>The flow's word was waited for long enough.</summary>
    public bool FlowGivenUp { get; init; }

    public Termination? Termination { get; init; }

    /// <summary>The contact's trace, from its first event.</summary>
    public string? Trace { get; init; }

    /// <summary>The last event applied by source.</summary>
    public IReadOnlyDictionary<string, long> Positions { get; init; } = new Dictionary<string, long>();

    [JsonIgnore]
    public bool HasEnded => Termination is not null;

    [JsonIgnore]
    public bool CallerIsThere => CallerGoneAt is null && ClosedAt is null && !HasEnded;

    public AgentLeg? Leg(Guid? leg) => Legs.FirstOrDefault(one => one.Leg == leg);
}

/// <summary>Where an agent's leg stands.</summary>
internal enum LegPhase
{
    Offered,
    Accepted,
    Consulting,
    Talking,
    Held,
    WrapUp,
    Over,
}

/// <summary>What a leg was asked for: by the queue, by an agent who consults, by one who hands the caller on.</summary>
internal enum LegPurpose
{
    Queue,
    Consult,
    Transfer,
}

/// <summary>A blind transfer that was asked for: the leg that goes, the queue where the caller goes; null when a leg of its own is on its way.</summary>
internal sealed record PendingTransfer(Guid Leg, Guid? Queue);

/// <summary>A request that overtook its cause, a change of control.</summary>
internal sealed record EarlyRequest(Guid Queue, int? Priority, DateTimeOffset At, Guid Id, Guid? Cause);

/// <summary>A supervisor's leg in the conversation of an agent's.</summary>
internal sealed record WatchingLeg(Guid Leg, Guid Supervisor, Guid Target);

/// <summary>An agent's leg of the contact, or one to a number outside.</summary>
/// <param name="Deadline">Of the offer, then of the wrap-up.</param>
/// <param name="Recording">The recording's id, decided with the offer; null for none.</param>
internal sealed record AgentLeg(Guid Leg, Guid Agent, Guid Queue, LegPhase Phase, DateTimeOffset Deadline, int RingMs, int WrapUpMs, Guid? Recording)
{
    public LegPurpose Purpose { get; init; }

    /// <summary>The leg whose agent asked for this one.</summary>
    public Guid? AskedBy { get; init; }

    /// <summary>It ended because the device was lost: the agent has the caller again when back in time.</summary>
    public bool WasLost { get; init; }

    /// <summary>The gateway told that it rings: what became of the command is known, whether its answer comes or not.</summary>
    public bool Rings { get; init; }

    /// <summary>How its offer ended when Routing took it back; null when it did not, or the gateway has said that the leg is over.</summary>
    public OfferOutcome? TakenBack { get; init; }

    /// <summary>It was taken back, and its phone was lifted before the gateway had heard of that: no ring time ends it.</summary>
    public bool IsUp { get; init; }

    /// <summary>The queue offers the contact to others at the same time.</summary>
    public bool Together { get; init; }

    /// <summary>Its agent was the last to talk to this caller, and was cut off.</summary>
    public bool Resumes { get; init; }

    /// <summary>Why the queue offered the contact to this agent; null when somebody asked for the agent.</summary>
    [JsonConverter(typeof(WrittenOnce<Pools.Choice>))]
    public Pools.Choice? Choice { get; init; }

    /// <summary>The number outside; the agent is then empty.</summary>
    public string? Number { get; init; }

    [JsonIgnore]
    public bool IsBeforeAnswer => Phase is LegPhase.Offered or LegPhase.Accepted;

    /// <summary>It was taken back, and its phone goes on until the gateway has heard of it; one that rings, until it has rung for its time.</summary>
    public bool MayGoOn(DateTimeOffset now) => TakenBack is not null && (IsUp || now < RingsUntil);

    [JsonIgnore]
    public DateTimeOffset RingsUntil => Deadline + ContactRules.OfferGrace + ContactRules.CommandExpiry;

    [JsonIgnore]
    public bool IsTalk => Phase is LegPhase.Talking or LegPhase.Held or LegPhase.Consulting;
}
