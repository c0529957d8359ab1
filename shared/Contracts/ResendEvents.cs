namespace CallCenter.Contracts;

/// <summary>A consumer misses events of a stream: their source sends those of the range (inclusive) again, as far as it still has them.</summary>
public sealed record ResendEvents(Guid Tenant, Guid Stream, string Source, long From, long To);
