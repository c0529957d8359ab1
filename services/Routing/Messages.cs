using CallCenter.Contracts;
using Orleans;

namespace CallCenter.Routing;

/// <summary>An event of another service on its way to the grain that it is about: in its one JSON form where it leaves the process, as it is where it does not.</summary>
[GenerateSerializer]
internal sealed class EventMessage
{
    private DomainEvent? own;
    private string? body;

    [Id(0)]
    public string Type { get; private set; } = "";

    [Id(1)]
    public string Body
    {
        get => body ??= EventCatalog.Write(own!);
        private set => body = value;
    }

    public static EventMessage Of(DomainEvent e) => new() { Type = e.GetType().Name, own = e };

    public DomainEvent Read() => own ??= EventCatalog.Read(Type, Body);
}

/// <summary>The keys of grains. A tenant's grain has its tenant in the key.</summary>
internal static class Keys
{
    /// <summary>One pool an installation: all queues and agents of the operator.</summary>
    public const string Pool = "default";

    public static string OfTenant(Guid tenant, Guid id) => $"{tenant:D}/{id:D}";

    public static (Guid Tenant, Guid Id) Parse(string key) => (Guid.Parse(key.AsSpan(0, 36)), Guid.Parse(key.AsSpan(37)));
}
