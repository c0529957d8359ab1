using CallCenter.Contracts;
using Orleans;

namespace CallCenter.Routing;

/// <summary>An event of another service on its way to the grain that it is about, in its one JSON form.</summary>
[GenerateSerializer]
internal sealed record EventMessage([property: Id(0)] string Type, [property: Id(1)] string Body, [property: Id(2)] long Sequence)
{
    public static EventMessage Of(DomainEvent e) => new(e.GetType().Name, EventCatalog.Write(e), e.Sequence);

    public DomainEvent Read() => EventCatalog.Read(Type, Body);
}

/// <summary>The keys of grains. A tenant's grain has its tenant in the key.</summary>
internal static class Keys
{
    /// <summary>One pool an installation: all queues and agents of the operator.</summary>
    public const string Pool = "default";

    public static string OfTenant(Guid tenant, Guid id) => $"{tenant:D}/{id:D}";

    public static (Guid Tenant, Guid Id) Parse(string key) => (Guid.Parse(key.AsSpan(0, 36)), Guid.Parse(key.AsSpan(37)));
}
