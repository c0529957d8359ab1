using System.Text.Json;
using System.Text.Json.Serialization;

namespace CallCenter.Contracts;

/// <summary>Every event type by its wire name (the type's name), and the one JSON form they are stored and sent in.</summary>
public static class EventCatalog
{
    /// <summary>JSON of contracts: camelCase, enums by name, absent instead of null.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Event types by wire name.</summary>
    public static IReadOnlyDictionary<string, Type> Types { get; } = typeof(DomainEvent).Assembly.GetTypes()
        .Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(DomainEvent)))
        .ToDictionary(t => t.Name, StringComparer.Ordinal);

    /// <summary>The events a service tells, by its folder here: "Telephony", "Ivr", "Routing", "Recording", "Crm". Without its traces.</summary>
    public static IEnumerable<Type> From(string service) => ToldBy(service).Where(t => !t.IsSubclassOf(typeof(TraceEvent)));

    /// <summary>The traces a service tells.</summary>
    public static IEnumerable<Type> TracesFrom(string service) => ToldBy(service).Where(t => t.IsSubclassOf(typeof(TraceEvent)));

    private static IEnumerable<Type> ToldBy(string service) =>
        Types.Values.Where(t => t.Namespace == $"{typeof(DomainEvent).Namespace}.{service}");

    /// <summary>The event's JSON body.</summary>
    public static string Write(DomainEvent e) => JsonSerializer.Serialize(e, e.GetType(), Json);

    /// <summary>Reads a stored event. Throws <see cref="JsonException"/> when the name is unknown or the body is not of its form.</summary>
    public static DomainEvent Read(string type, string body) =>
        Types.TryGetValue(type, out var clr)
            ? (DomainEvent)(JsonSerializer.Deserialize(body, clr, Json) ?? throw new JsonException($"event {type} is null"))
            : throw new JsonException($"unknown event type {type}");
}
