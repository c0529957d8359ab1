using CallCenter.Simulator.Wire;

namespace CallCenter.Simulator.Tally;

/// <summary>One ringing of an agent's phone, as the phone and the agent's own API calls saw it.</summary>
internal sealed class OfferRecord(Guid agent, string user, CallWire wire)
{
    public Guid Agent { get; } = agent;

    public string User { get; } = user;

    public CallWire Wire { get; } = wire;

    /// <summary>The agent let it ring on purpose.</summary>
    public bool Missed { get; set; }

    /// <summary>A colleague asked for this agent, or handed the caller on to it; null of an offer of the queue.</summary>
    public AskRecord? AskedIn { get; set; }

    /// <summary>The contact as the agent's own screen had it when the phone rang; null when it was not looked at.</summary>
    public Guid? Contact { get; set; }

    /// <summary>What the agent asked for in this conversation.</summary>
    public AskRecord? Asks { get; set; }

    /// <summary>When the agent first heard the caller's voice.</summary>
    public DateTimeOffset? VoiceHeardAt { get; set; }

    /// <summary>When the disposition was first sent, and when the system confirmed it; null when none was.</summary>
    public DateTimeOffset? DisposedFrom { get; set; }

    public DateTimeOffset? DisposedTo { get; set; }

    /// <summary>The last sign of life when the system went away in it; null when it did not.</summary>
    public DateTimeOffset? LostAt { get; set; }

    /// <summary>The phone said 200 and was not refused by then.</summary>
    public bool Answered => Wire.AnsweredAt is not null;

    private DateTimeOffset RingsUntil => Wire.AnsweredAt ?? EndsAt;

    private DateTimeOffset EndsAt => Wire.EndedAt ?? DateTimeOffset.MaxValue;

    /// <summary>Both phones rang at the same moment, and the queue had them ring.</summary>
    public bool RingsWith(OfferRecord other) => IsOfQueueAs(other) && Wire.InvitedAt < other.RingsUntil && other.Wire.InvitedAt < RingsUntil;

    /// <summary>As above, or one began to ring when the other had just been answered.</summary>
    public bool IsBeside(OfferRecord other) => IsOfQueueAs(other) && Wire.InvitedAt < other.EndsAt && other.Wire.InvitedAt < EndsAt;

    private bool IsOfQueueAs(OfferRecord other) => other != this && AskedIn is null && other.AskedIn is null;
}
