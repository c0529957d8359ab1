using CallCenter.Contracts;

namespace CallCenter.Hosting;

/// <summary>A service's durable queue of events: quorum, with one consumer at a time, so that a second instance is a standby.</summary>
/// <param name="Name">As the service's endpoint is named: <c>routing.events</c>.</param>
/// <param name="Sources">Whose events it takes, by the folders of contracts: "Telephony", "Ivr", …</param>
public sealed record EventQueue(string Name, IReadOnlyList<string> Sources);

/// <summary>
/// What the broker holds that outlives a process, in one place: an exchange a telling service, a queue an applying service. Every process
/// declares all of it at its start, so that what is told before a service's first start waits for it.
/// What is not here is each process's own and goes with it: its commands, notices and screens.
/// </summary>
public static class Topology
{
    /// <summary>Services that tell events.</summary>
    public static IReadOnlyList<string> Sources { get; } = ["Telephony", "Ivr", "Routing", "Recording", "Crm"];

    /// <summary>Queues of the services that apply them.</summary>
    public static IReadOnlyList<EventQueue> Queues { get; } =
    [
        new("routing.events", ["Telephony", "Ivr"]),
        new("ivr.events", ["Telephony", "Routing"]),
        new("recording.events", ["Telephony"]),
        new("crm.events", ["Telephony", "Routing"]),
        new("reporting.events", ["Telephony", "Ivr", "Routing", "Recording", "Crm"]),
    ];

    /// <summary>The exchange (fanout, durable) to which a service tells its events.</summary>
    public static string ExchangeOf(string source) => $"callcenter.events.{source.ToLowerInvariant()}";

    /// <summary>The service that tells events of this type.</summary>
    public static string SourceOf(Type e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return e.Namespace![(typeof(DomainEvent).Namespace!.Length + 1)..];
    }

    /// <summary>Where messages go that cannot be read; kept until someone looks.</summary>
    public static string DeadLettersOf(string queue) => $"{queue}.dead";
}
