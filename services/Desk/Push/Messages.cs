using CallCenter.Contracts.Telephony;

namespace CallCenter.Desk.Push;

/// <summary>A tenant as it shows itself; the colour is "#rrggbb".</summary>
internal sealed record TenantTag(Guid Id, string Name, string Colour);

/// <summary>A queue by name.</summary>
internal sealed record QueueTag(Guid Id, string Name);

/// <summary>What may come of a contact; the first nine have the keys 1 to 9.</summary>
internal sealed record DispositionCode(string Code, string Label);

/// <summary>A contact's customer.</summary>
internal sealed record CustomerTag(Guid Id, string Name, bool IsNew);

/// <summary>A supervisor in an agent's conversation: listen, whisper, barge.</summary>
internal sealed record Watcher(Guid Supervisor, string Mode);

/// <summary>An agent as an item of <c>GET /api/agents</c>: status is what was chosen, state what the system sees.</summary>
/// <param name="Queues">Ids of the queues that the agent serves.</param>
internal record AgentItem(
    Guid Id, string User, string Name, string Status, string? Reason, DateTimeOffset StatusSince, string State, DateTimeOffset StateSince,
    Guid? Contact, DateTimeOffset? Deadline, string? NextStatus, IReadOnlyList<Guid> Queues)
{
    /// <summary>The agent's leg is to stay up for the shift.</summary>
    public bool StandingLeg { get; init; }

    /// <summary>Null for an agent in no team.</summary>
    public string? Team { get; init; }

    /// <summary>Who is in the agent's conversation, told to the agent as to supervisors. What began before this process did is not known.</summary>
    public IReadOnlyList<Watcher> Watching { get; init; } = [];
}

/// <summary>An agent's status or state is this now.</summary>
internal sealed record AgentMessage : AgentItem
{
    public AgentMessage(AgentItem agent, DateTimeOffset at) : base(agent) => At = at;

    public string Type { get; } = "agent";

    public DateTimeOffset At { get; }
}

/// <summary>An agent has moved to another team: who is limited to the former one sees it no more, unless the next message says otherwise.</summary>
internal sealed record AgentLeftMessage(Guid Id, DateTimeOffset At)
{
    public string Type { get; } = "agentLeft";
}

/// <summary>Where an agent's part of a contact stands.</summary>
internal enum PopState { Offered, Talking, Held, Consulting, WrapUp, Over }

/// <summary>Whom the agent asked for: a colleague by name, or a number outside.</summary>
/// <param name="State">ringing, consulting, waiting (the agent is with the caller meanwhile), conference.</param>
internal sealed record SecondParty(string Name, string State);

/// <summary>A card that the caller types.</summary>
/// <param name="State">typing, sent, accepted, declined, failed, mistyped, cancelled, timedOut.</param>
/// <param name="Count">Digits of the field so far.</param>
/// <param name="Reference">The payment service's own, when it gave one.</param>
internal sealed record CardProgress(string State, CardField Field, int Count, string? Reference);

/// <summary>Whom the agent asked for and who is not there, or not any more.</summary>
/// <param name="Why">NoAnswer, Rejected, Busy, Unreachable, AgentLoggedOut, Lapsed, Failed; Left for one who was there.</param>
internal sealed record LostParty(string Name, string Why);

/// <summary>A callback.</summary>
/// <param name="FirstAt">When the customer's own call entered the queue.</param>
/// <param name="Try">1 for the first.</param>
internal sealed record CallbackTag(DateTimeOffset FirstAt, int Try, int Tries);

/// <summary>The screen pop: all that an agent needs to know of the contact in hand.</summary>
/// <param name="Greeting">The exact sentence to say first: the queue's, or else the tenant's; null for none.</param>
/// <param name="Caller">The number as the trunk gave it, or "anonymous"; null while it is not known.</param>
/// <param name="Deadline">Until when the offer stands.</param>
/// <param name="State">offered, talking, held, consulting, wrapUp, over.</param>
/// <param name="Outcome">Over: why an offer did not become a conversation (an OfferOutcome); null when it did.</param>
internal sealed record ContactMessage(
    Guid Contact, TenantTag Tenant, string? Greeting, QueueTag? Queue, string? Caller, string? Called, string? Language,
    DateTimeOffset? OfferedAt, DateTimeOffset? Deadline, string State, DateTimeOffset StateSince, DateTimeOffset? WrapUpDeadline,
    string? Outcome, CustomerTag? Customer, IReadOnlyList<DispositionCode> Codes, DateTimeOffset At)
{
    /// <summary>How long a browser shows this before its answer goes out, 0 to 3; the queue's setting.</summary>
    public int PopSeconds { get; init; }

    /// <summary>The customer waits to be called back: accepting dials the number; null for a call that came in.</summary>
    public CallbackTag? Callback { get; init; }

    /// <summary>The agent who asks this one in, by name; null for an offer of the queue.</summary>
    public string? AskedBy { get; init; }

    /// <summary>Whom this agent asked for; null when nobody.</summary>
    public SecondParty? Second { get; init; }

    /// <summary>Who did not come when this agent asked, or left by itself; null again with the next who is asked.</summary>
    public LostParty? Lost { get; init; }

    /// <summary>This agent was asked in, and the one who asked and the caller hear it.</summary>
    public bool IsInConference { get; init; }

    /// <summary>This agent was asked, and waits while the one who asked is with the caller.</summary>
    public bool IsWaiting { get; init; }

    /// <summary>A supervisor has the caller in this agent's place.</summary>
    public bool IsTakenOver { get; init; }

    /// <summary>The recording holds silence at present.</summary>
    public bool IsRecordingPaused { get; init; }

    /// <summary>The tenant has a payment service.</summary>
    public bool CanCollectCard { get; init; }

    /// <summary>How far the caller is with a card that this agent asked for; null when none was asked for.</summary>
    public CardProgress? Card { get; init; }

    public string Type { get; } = "contact";
}

/// <summary>Agents who serve a queue, of those who are logged in: idle = Available and Idle, busy = with a contact, away = the others.</summary>
internal sealed record AgentCounts(int Idle, int Busy, int Away)
{
    public static readonly AgentCounts None = new(0, 0, 0);
}

/// <summary>A queue's figures since midnight in its tenant's time zone.</summary>
/// <param name="ServiceLevel">0 to 1; null when there is none yet.</param>
internal sealed record TodayFigures(int Offered, int Answered, int Abandoned, double? ServiceLevel)
{
    public static readonly TodayFigures None = new(0, 0, 0, null);
}

/// <summary>A queue's goal: so many percent answered within so many seconds.</summary>
internal sealed record ServiceLevelGoal(int Percent, int Seconds);

/// <summary>A queue's figures now.</summary>
/// <param name="LongestWaitSince">When the oldest waiting contact began to wait; null when nobody does.</param>
/// <param name="ServiceLevel">What <see cref="TodayFigures.ServiceLevel"/> is to reach.</param>
/// <param name="Today">Null while Reporting does not tell.</param>
internal sealed record QueueMessage(
    Guid Id, Guid Tenant, string Name, int Waiting, DateTimeOffset? LongestWaitSince, ServiceLevelGoal ServiceLevel, AgentCounts Agents, TodayFigures? Today, DateTimeOffset At)
{
    public string Type { get; } = "queue";
}

/// <summary>The server's time, and when the queues' figures were last read from their owner.</summary>
internal sealed record ClockMessage(DateTimeOffset At, DateTimeOffset? AsOf)
{
    public string Type { get; } = "clock";
}
