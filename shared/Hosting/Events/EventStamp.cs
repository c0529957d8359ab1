using System.Diagnostics;
using CallCenter.Contracts;

namespace CallCenter.Hosting;

/// <summary>Gives an event its identity, where it is stored to be sent.</summary>
public static class EventStamp
{
    /// <summary>
    /// The event with id (UUIDv7), source, sequence, the time it happened (now, unless set) and the trace of the present work.
    /// Throws <see cref="ArgumentException"/> when it names no tenant or no stream.
    /// </summary>
    public static DomainEvent Stamped(this DomainEvent e, string source, long sequence, TimeProvider clock)
    {
        RequireNames(e);
        return e with
        {
            EventId = e.EventId == Guid.Empty ? Guid.CreateVersion7(clock.GetUtcNow()) : e.EventId,
            Source = source,
            Sequence = sequence,
            OccurredAt = e.OccurredAt == default ? clock.Now() : e.OccurredAt,
            TraceParent = e.TraceParent ?? Activity.Current?.Id,
        };
    }

    internal static void RequireNames(DomainEvent e)
    {
        if (e.Tenant == Guid.Empty || e.Stream == Guid.Empty)
        {
            throw new ArgumentException($"{e.GetType().Name} names no {(e.Tenant == Guid.Empty ? "tenant" : "stream")}.", nameof(e));
        }
    }
}
