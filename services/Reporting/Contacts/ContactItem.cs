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

/// <summary>A contact that calls a customer back: it goes on for the one whose caller asked for that, or for the last try.</summary>
/// <param name="First">The contact of the customer's own call, which entered the queue at <paramref name="FirstAt"/>.</param>
/// <param name="Try">1 for the first.</param>
internal sealed record CallbackItem(Guid First, DateTimeOffset FirstAt, Guid After, int Try, int Tries);

/// <summary>What a waiting caller heard. The estimate in milliseconds; null when only the position was said.</summary>
internal sealed record AnnouncementItem(DateTimeOffset At, Guid Queue, int Position, long? EstimatedWaitMs);

/// <summary>Who spoke when in the contact's conversations: <see cref="SpeechMeasured"/>.</summary>
internal sealed record SpeechItem(
    long ConversationMs, long CallerMs, long AgentMs, long TalkOverMs, long SilenceMs, long LongestSilenceMs, DateTimeOffset StartedAt, long SlotMs, string Slots)
{
    public static SpeechItem Of(SpeechMeasured e) =>
        new(e.ConversationMs, e.CallerMs, e.AgentMs, e.TalkOverMs, e.SilenceMs, e.LongestSilenceMs, e.StartedAt, e.SlotMs, e.Slots);
}

/// <summary>An event of the ledger without its body.</summary>
internal sealed record EventItem(Guid Id, string Type, string Source, long Sequence, DateTimeOffset At);

/// <summary>A contact with its legs, announcements and events.</summary>
internal sealed record ContactDetails : ContactItem
{
    public ContactDetails(ContactItem contact, CallOrigin? origin, SpeechItem? speech, IReadOnlyList<LegItem> legs, IReadOnlyList<AnnouncementItem> announcements, IReadOnlyList<EventItem> events) : base(contact)
    {
        Origin = origin;
        Speech = speech;
        Legs = legs;
        Announcements = announcements;
        Events = events;
    }

    /// <summary>What the trunk said of the caller and of the call's way; null when it said no more than the number.</summary>
    [JsonPropertyOrder(1)]
    public CallOrigin? Origin { get; }

    /// <summary>Who spoke when; null when nobody was talked with or it was not measured.</summary>
    [JsonPropertyOrder(1)]
    public SpeechItem? Speech { get; }

    /// <summary>Null for a contact that calls nobody back.</summary>
    [JsonPropertyOrder(1)]
    public CallbackItem? Callback { get; init; }

    [JsonPropertyOrder(1)]
    public IReadOnlyList<LegItem> Legs { get; }

    [JsonPropertyOrder(2)]
    public IReadOnlyList<AnnouncementItem> Announcements { get; }

    [JsonPropertyOrder(3)]
    public IReadOnlyList<EventItem> Events { get; }
}
