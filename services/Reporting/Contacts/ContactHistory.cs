using CallCenter.Contracts.Telephony;
using CallCenter.Reporting.Facts;

namespace CallCenter.Reporting.Contacts;

/// <summary>What a leg's time is spent on. Wrap-up follows an agent's leg; the others partition a leg.</summary>
internal enum Phase { Alerting, Ivr, Queue, Ring, Talk, Hold, Consult, WrapUp }

/// <summary>Milliseconds a leg spent in each phase, so far; a phase counts when it has ended.</summary>
internal sealed record Phases(
    long Alerting, long Ivr, long Queue, long Ring, long Talk, long Hold, long Consult, long WrapUp)
{
    /// <summary>Everything but wrap-up: the leg's length once it has ended.</summary>
    public long OnTheLine() => Alerting + Ivr + Queue + Ring + Talk + Hold + Consult;
}

/// <summary>One party's part in a contact.</summary>
/// <param name="User">The agent's user id; null for the caller.</param>
/// <param name="Outcome">
/// Caller, and an agent's leg that became a conversation: how it ended (a <see cref="LegEnd"/>, or Rejected). An offer
/// that did not: why (an OfferOutcome, or a <see cref="LegRefusal"/> as long as Routing has not told). Unknown when
/// the contact closed without a word on the leg; null while it lives.
/// </param>
internal sealed record LegHistory(
    Guid Id, LegRole Role, Guid? User, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Outcome, Phases Phases)
{
    /// <summary>The queue that brought the contact to the agent; null for the caller.</summary>
    public Guid? Queue { get; init; }

    /// <summary>When an agent's leg became a conversation; null when it did not.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>How often the caller was put on hold.</summary>
    public int Holds { get; init; }

    /// <summary>The agent handed the contact on, or it went on to another queue after this conversation.</summary>
    public bool Transferred { get; init; }
}

/// <summary>A contact as its events tell it.</summary>
/// <param name="Caller">Null until CallArrived is known.</param>
/// <param name="EndedAt">End of the last leg or wrap-up; null while the contact lives.</param>
/// <param name="Queue">The queue it was put into last.</param>
/// <param name="Agent">The agent who talked with the caller last.</param>
/// <param name="Termination">As told by the contact's owner, "Kind(reason, fault)"; null while the contact lives.</param>
/// <param name="Recordings">In the order they began.</param>
internal sealed record ContactHistory(
    Guid Id, Guid Tenant, string Channel, string? Caller, string? Called, DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt, Guid? Queue, Guid? Agent, string? Termination,
    IReadOnlyList<Guid> Recordings, IReadOnlyList<LegHistory> Legs)
{
    /// <summary>Who called, when Crm knows; the name as it was then, empty until somebody has given one.</summary>
    public CustomerItem? Customer { get; init; }

    /// <summary>What came of the contact, in the code that the last agent who gave one chose.</summary>
    public string? Disposition { get; init; }

    /// <summary>What the trunk said of the caller and of the call's way; null when it said no more than the number.</summary>
    public CallOrigin? Origin { get; init; }

    /// <summary>Who spoke when; null when nobody was talked with or it was not measured.</summary>
    public SpeechItem? Speech { get; init; }

    /// <summary>What is counted in queues' figures, in the order of entry.</summary>
    public IReadOnlyList<QueueFact> Queues { get; init; } = [];
}
