using CallCenter.Contracts;

namespace CallCenter.Hosting;

/// <summary>Where ordered events go: the PostgreSQL inbox around a handler, or a service's own store.</summary>
internal interface IEventSink
{
    /// <summary>The positions of those sources that have one.</summary>
    Task<IReadOnlyDictionary<SourceKey, long>> Positions(IReadOnlyList<SourceKey> sources, CancellationToken ct);

    /// <summary>Whether many events at once cost much less than one by one.</summary>
    bool LikesMany { get; }

    /// <summary>Applies or parks all of them, in order a stream. Waits as long as the database is away.</summary>
    Task Apply(IReadOnlyList<DomainEvent> ready, CancellationToken ct);
}
