using CallCenter.Contracts;

namespace CallCenter.Hosting;

/// <summary>What a service does with the events it subscribes to; around it Hosting's PostgreSQL inbox.</summary>
public interface IEventHandler
{
    /// <summary>
    /// Applies one event, in its source's order, one at a time a stream, in the transaction that advances the inbox's position:
    /// effect and position are there both or neither. An exception repeats it a few times, then parks the event in <c>dead_events</c>.
    /// </summary>
    Task Apply(DomainEvent e, InboxTransaction tx, CancellationToken ct);
}

/// <summary>An <see cref="IEventHandler"/> that takes what came together together, for work that is done once for many events.</summary>
public interface IBatchHandler
{
    /// <summary>
    /// Applies up to 128 events of one tenant, each source's in its order, in the transaction that advances their positions. After
    /// an exception they come again one by one, so that only the one that fails is parked.
    /// </summary>
    Task Apply(IReadOnlyList<DomainEvent> events, InboxTransaction tx, CancellationToken ct);
}

/// <summary>A service that commits position and effect by its own store (Routing, through its group committer).</summary>
public interface IEventStore
{
    /// <summary>The last sequence applied of the source in the stream; 0 when none was.</summary>
    Task<long> Position(Guid tenant, Guid stream, string source, CancellationToken ct);

    /// <summary>
    /// Applies events of one stream that came together, each source's in its order, and advances their positions; completes after the commit. Streams run beside
    /// each other. After an exception they come again one by one, so that only the one that fails is parked.
    /// </summary>
    Task Apply(IReadOnlyList<DomainEvent> events, CancellationToken ct);

    /// <summary>The event failed again and again: keeps it in <c>dead_events</c> with the error and advances the position past it. See <see cref="DeadEvents"/>.</summary>
    Task Park(DomainEvent e, string error, CancellationToken ct);
}

/// <summary>Takes messages that need no inbox: idempotent by version or id. A failure is logged and the message is gone; order is not kept.</summary>
public interface ITransientHandler
{
    /// <summary>Handles one message.</summary>
    Task Handle(object message, CancellationToken ct);

    /// <summary>The way to the broker is there, for the first time or after a cut in which messages were missed: whoever can asks for what they told.</summary>
    void Connected()
    {
    }
}
