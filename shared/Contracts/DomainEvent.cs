using System.Text.Json.Serialization;

namespace CallCenter.Contracts;

/// <summary>
/// One fact that happened, in the past tense. Events of a stream (a contact or an agent) that come from one source are
/// numbered densely from 1; the source's last one is final. Consumers apply a source's events in order; across sources
/// order is by causation, never by clock.
/// </summary>
/// <remarks>
/// Domain code creates an event with its facts only; the identity (<see cref="EventId"/>, <see cref="Source"/>,
/// <see cref="Sequence"/>, <see cref="TraceParent"/>) is stamped where the event is stored to be sent: the outbox, or
/// the gateway's spool.
/// </remarks>
public abstract record DomainEvent
{
    /// <summary>UUIDv7 of this event; the same at every repetition.</summary>
    public Guid EventId { get; init; }

    /// <summary>The tenant that owns the fact; the operator's id for facts of the operator (agents, devices).</summary>
    public Guid Tenant { get; init; }

    /// <summary>What the event is about: a contact's id or an agent's id.</summary>
    public Guid Stream { get; init; }

    /// <summary>The event or command that caused this one.</summary>
    public Guid? Causation { get; init; }

    /// <summary>When it happened, in whole milliseconds UTC.</summary>
    public DateTimeOffset OccurredAt { get; init; }

    /// <summary>Who tells it: a service ("routing"), with its incarnation where it keeps no database ("telephony/7f3a…").</summary>
    public string Source { get; init; } = "";

    /// <summary>Position among the events of this stream from this source: 1, 2, 3, …</summary>
    public long Sequence { get; init; }

    /// <summary>True on the source's last event of the stream.</summary>
    public bool Final { get; init; }

    /// <summary>W3C trace context of the work that caused the event.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>An event of one contact.</summary>
public abstract record ContactEvent : DomainEvent
{
    /// <summary>The contact; the stream of the event.</summary>
    [JsonIgnore]
    public Guid Contact => Stream;

    /// <summary>The leg it is about, where it is about one.</summary>
    public Guid? Leg { get; init; }
}

/// <summary>An event of one agent; the tenant is the operator.</summary>
public abstract record AgentEvent : DomainEvent
{
    /// <summary>The agent; the stream of the event.</summary>
    [JsonIgnore]
    public Guid Agent => Stream;
}

/// <summary>
/// What was seen on the way, for who looks into a contact afterwards: bulk that changes nothing. Its stream is its own, so that it may be told after the
/// contact's final event. Only who asks for it takes it (<see cref="EventCatalog.TracesFrom"/>).
/// </summary>
public abstract record TraceEvent : DomainEvent;
