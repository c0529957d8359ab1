using System.Text.Json.Serialization;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Reporting.Contacts;

/// <summary>A customer as known when the contact began; the name is empty until somebody has given one.</summary>
internal sealed record CustomerItem(Guid Id, string Name);

/// <summary>A contact in a list.</summary>
/// <param name="Queue">Id of the queue it was put into last.</param>
/// <param name="Agent">User id of the agent who talked with the caller last.</param>
/// <param name="Termination">"Completed", "Rejected(limit)", "Failed(gateway, ours)", …; null while it lives.</param>
/// <param name="Recordings">Ids, in the order they began.</param>
/// <param name="Disposition">The code of the last agent who gave one.</param>
internal record ContactItem(
    Guid Id, Guid Tenant, string Channel, string? Caller, string? Called, DateTimeOffset StartedAt, DateTimeOffset? EndedAt,
    Guid? Queue, Guid? Agent, string? Termination, IReadOnlyList<Guid> Recordings, string? Disposition, CustomerItem? Customer);

/// <summary>A page of contacts, the newest first, and the cursor of the next; null on the last.</summary>
internal sealed record ContactPage(IReadOnlyList<ContactItem> Items, string? Next);

/// <summary>A leg as it is told: <see cref="LegHistory"/>.</summary>
internal sealed record LegItem(
    Guid Id, string Role, Guid? User, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Outcome, Phases Phases,
    Guid? Queue, DateTimeOffset? AnsweredAt, int Holds);

/// <summary>What a waiting caller heard. The estimate in milliseconds; null when only the position was said.</summary>
internal sealed record AnnouncementItem(DateTimeOffset At, Guid Queue, int Position, long? EstimatedWaitMs);

/// <summary>An event of the ledger without its body.</summary>
internal sealed record EventItem(Guid Id, string Type, string Source, long Sequence, DateTimeOffset At);

/// <summary>A contact with its legs, announcements and events.</summary>
internal sealed record ContactDetails : ContactItem
{
    public ContactDetails(ContactItem contact, CallOrigin? origin, IReadOnlyList<LegItem> legs, IReadOnlyList<AnnouncementItem> announcements, IReadOnlyList<EventItem> events) : base(contact)
    {
        Origin = origin;
        Legs = legs;
        Announcements = announcements;
        Events = events;
    }

    /// <summary>What the trunk said of the caller and of the call's way; null when it said no more than the number.</summary>
    [JsonPropertyOrder(1)]
    public CallOrigin? Origin { get; }

    [JsonPropertyOrder(1)]
    public IReadOnlyList<LegItem> Legs { get; }

    [JsonPropertyOrder(2)]
    public IReadOnlyList<AnnouncementItem> Announcements { get; }

    [JsonPropertyOrder(3)]
    public IReadOnlyList<EventItem> Events { get; }
}
