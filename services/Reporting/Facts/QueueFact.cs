namespace CallCenter.Reporting.Facts;

/// <summary>How a contact's time in a queue ended: exactly one, so that they add up to the contacts offered.</summary>
internal enum QueueOutcome { StillWaiting, Answered, Abandoned, ShortAbandoned, FlowOut, TimedOut, NoAgent, Failed }

/// <summary>What agents did for a contact that a queue brought them. Times in milliseconds; a phase counts when it has ended.</summary>
/// <param name="Legs">Agent legs answered.</param>
/// <param name="Held">Of them, those with at least one hold.</param>
/// <param name="Transferred">Of them, those whose agent handed the contact on, or after which it entered another queue.</param>
internal sealed record Handling(int Legs, int Held, int Transferred, long TalkMs, long HoldMs, long ConsultMs, long WrapUpMs);

/// <summary>A contact in one of its queues, however often it entered it.</summary>
/// <param name="EnteredAt">The first entry: what is told of the contact in this queue belongs to the interval of this moment.</param>
/// <param name="WaitMs">Time in this queue until the first answer or until it left for good; 0 while it waits.</param>
/// <param name="ServiceLevelMs">The queue's target at the first entry.</param>
internal sealed record QueueFact(Guid Queue, DateTimeOffset EnteredAt, QueueOutcome Outcome, long WaitMs, long ServiceLevelMs, Handling Handling)
{
    public Speech Speech { get; init; } = Speech.None;
}

/// <summary>Who spoke how long in the contact's conversations, in milliseconds; all 0 where it was not measured.</summary>
internal sealed record Speech(long ConversationMs, long CallerMs, long AgentMs, long TalkOverMs, long SilenceMs, long LongestSilenceMs)
{
    public static readonly Speech None = new(0, 0, 0, 0, 0, 0);
}
