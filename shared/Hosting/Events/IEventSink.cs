using CallCenter.Contracts;

namespace CallCenter.Hosting;

/// <summary>Where ordered events go: the PostgreSQL inbox around a handler, or a service's own store.</summary>
internal interface IEventSink
{
    /// <summary>The positions of those sources that have one.</summary>
    Task<IReadOnlyDictionary<SourceKey, long>> Positions(IReadOnlyList<SourceKey> sources, CancellationToken ct);

    /// <summary>How long more events are waited for right after a batch, as many at once cost less than one by one; zero where they do not.</summary>
    TimeSpan Gather { get; }

    /// <summary>Applies or parks all of them, in order a stream. Waits as long as the database is away.</summary>
    Task Apply(IReadOnlyList<DomainEvent> ready, CancellationToken ct);
}
