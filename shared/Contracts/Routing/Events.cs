namespace CallCenter.Contracts.Routing;

/// <summary>The contact has a place in the queue since OccurredAt.</summary>
/// <param name="AgeMs">Adjusted age it came with, in milliseconds.</param>
/// <param name="ShortAbandonMs">The queue's threshold at entry: a caller who leaves sooner is a short abandon.</param>
/// <param name="ServiceLevelMs">The queue's target at entry: an answer not later than this is within the service level.</param>
public sealed record ContactQueued(Guid Queue, long AgeMs, long? ShortAbandonMs = null, long? ServiceLevelMs = null) : ContactEvent;

/// <summary>A queue's rule that takes contacts out: waited too long, came when the queue was full, nobody who is logged in can ever serve it.</summary>
public enum QueueRule { MaxWait, MaxLength, NoAgent }

/// <summary>A rule of the queue has taken the contact out: the flow goes on, or the contact waits in another queue already.</summary>
/// <param name="To">The queue where it waits now; null when the flow has it.</param>
public sealed record QueueLeft(Guid Queue, QueueRule Rule, Guid? To = null) : ContactEvent;

/// <summary>The contact is offered to the agent until the deadline; the leg of the event is the offered one.</summary>
/// <param name="Why">The rule that decided, with its candidates.</param>
/// <param name="AskedBy">The agent who consults this one, or hands the caller on; null for an offer of the queue.</param>
public sealed record ContactOffered(Guid Queue, Guid Agent, DateTimeOffset Deadline, string Why, Guid? AskedBy = null) : ContactEvent;

/// <summary>A callback contact exists: the customer is called when its turn comes. Told first of the contact.</summary>
/// <param name="After">The contact that it follows: the one whose caller asked for it, or the last try.</param>
/// <param name="First">The contact of the customer's own call.</param>
/// <param name="FirstAt">When that one entered the queue.</param>
/// <param name="Number">Who is called.</param>
/// <param name="Shown">The tenant's number that is shown.</param>
/// <param name="Try">1 for the first.</param>
/// <param name="DueAt">Not before; it waits in the queue from then on.</param>
/// <param name="Until">Not called after that.</param>
public sealed record CallbackPlanned(
    Guid Queue, Guid After, Guid First, DateTimeOffset FirstAt, string Number, string Shown, int Try, int Tries, DateTimeOffset DueAt, DateTimeOffset Until, string Language) : ContactEvent;

/// <summary>How an offer ended. AnsweredElsewhere: another agent who was offered the contact at the same time accepted first.</summary>
public enum OfferOutcome { Accepted, NoAnswer, Rejected, Unreachable, AgentLoggedOut, CallerGone, Lapsed, Failed, AnsweredElsewhere }

/// <summary>The offer is over; unless accepted the contact is back at its place.</summary>
public sealed record OfferEnded(Guid Queue, Guid Agent, OfferOutcome Outcome) : ContactEvent;

/// <summary>The agent's work after the leg began.</summary>
public sealed record WrapUpStarted(Guid Agent, DateTimeOffset Deadline) : ContactEvent;

/// <summary>The agent's work after the leg ended: by a disposition code, by the deadline (no code) or by a restart that found the deadline passed.</summary>
public sealed record WrapUpEnded(Guid Agent, string? Disposition) : ContactEvent;

/// <summary>How a contact ended: exactly one.</summary>
public enum TerminationKind
{
    Completed, CallerAbandoned, ShortAbandon, NoAgent, QueueTimeout, QueueFull, Closed, Deflected, Rejected, Failed,
    NoAnswer, Busy, Machine, AbandonedByDialer,
}

/// <summary>A termination.</summary>
/// <param name="Reason">Rejected: why. Failed: where.</param>
/// <param name="Fault">Failed: whose fault: ours, caller, carrier.</param>
public sealed record Termination(TerminationKind Kind, string? Reason = null, string? Fault = null)
{
    /// <summary>As histories tell it: "Completed", "Rejected(limit)", "Failed(gateway, ours)".</summary>
    public string Text()
    {
        var details = string.Join(", ", new[] { Reason, Fault }.Where(d => !string.IsNullOrEmpty(d)));
        return details.Length == 0 ? Kind.ToString() : $"{Kind}({details})";
    }
}

/// <summary>The contact is over (final): told by its one owner, once. OccurredAt is the end of its last leg or wrap-up.</summary>
/// <param name="Revision">1; a correction of a provisional end has the next.</param>
public sealed record ContactEnded(Termination Termination, int Revision) : ContactEvent;

/// <summary>What was chosen for an agent.</summary>
public enum AgentStatus { LoggedOut, Available, Break, Training, Meeting, BackOffice }

/// <summary>What the system sees of an agent's voice slot.</summary>
public enum AgentState { Idle, Reserved, Ringing, Talking, Hold, Consulting, WrapUp, Unreachable }

/// <summary>An agent at one moment.</summary>
/// <param name="Contact">The owner of a state other than Idle and Unreachable.</param>
/// <param name="Deadline">When the state returns to the truth by itself.</param>
/// <param name="ContactTenant">The tenant of the contact: the agent's own events are the operator's.</param>
/// <param name="NextStatus">Chosen while busy; takes effect after the work.</param>
public sealed record AgentSnapshot(
    AgentStatus Status, string? Reason, DateTimeOffset StatusSince,
    AgentState State, DateTimeOffset StateSince, Guid? Contact, DateTimeOffset? Deadline, Guid? ContactTenant = null, AgentStatus? NextStatus = null)
{
    /// <summary>The agent's leg is to stay up for the shift: contacts are joined to it, nothing rings.</summary>
    public bool StandingLeg { get; init; }

    /// <summary>The agent's team at that moment, 1 to 60 characters; null in none.</summary>
    public string? Team { get; init; }
}

/// <summary>An agent's status, state or team changed.</summary>
/// <param name="Cause">Why: the command, event or rule.</param>
/// <param name="By">Who caused it: a user's id, "rule" or a service.</param>
public sealed record AgentChanged(AgentSnapshot Previous, AgentSnapshot Current, string Cause, string By) : AgentEvent;
