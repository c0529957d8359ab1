using System.Text.Json.Serialization;

namespace CallCenter.Reporting.Contacts;

/// <summary>A contact in a list.</summary>
/// <param name="Queue">Id of the queue it was put into last.</param>
/// <param name="Agent">User id of the agent who talked with the caller last.</param>
/// <param name="Termination">"Completed", "Rejected(limit)", "Failed(gateway, ours)", …; null while it lives.</param>
/// <param name="Recordings">Ids, in the order they began.</param>
internal record ContactItem(
    Guid Id, Guid Tenant, string Channel, string? Caller, string? Called, DateTimeOffset StartedAt, DateTimeOffset? EndedAt,
    Guid? Queue, Guid? Agent, string? Termination, IReadOnlyList<Guid> Recordings);

/// <summary>A page of contacts, the newest first, and the cursor of the next; null on the last.</summary>
internal sealed record ContactPage(IReadOnlyList<ContactItem> Items, string? Next);

/// <summary>A leg as it is told: <see cref="LegHistory"/>.</summary>
internal sealed record LegItem(
    Guid Id, string Role, Guid? User, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Outcome, Phases Phases);

/// <summary>An event of the ledger without its body.</summary>
internal sealed record EventItem(Guid Id, string Type, string Source, long Sequence, DateTimeOffset At);

/// <summary>A contact with its legs and events.</summary>
internal sealed record ContactDetails : ContactItem
{
    public ContactDetails(ContactItem contact, IReadOnlyList<LegItem> legs, IReadOnlyList<EventItem> events) : base(contact)
    {
        Legs = legs;
        Events = events;
    }

    [JsonPropertyOrder(1)]
    public IReadOnlyList<LegItem> Legs { get; }

    [JsonPropertyOrder(2)]
    public IReadOnlyList<EventItem> Events { get; }
}
