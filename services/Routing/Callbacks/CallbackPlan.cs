using System.Text.Json.Serialization;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Routing.Callbacks;

/// <summary>What a contact that calls a customer back is to do, and how far it is. Part of the contact's row.</summary>
internal sealed record CallbackPlan
{
    /// <summary>The contact that it follows.</summary>
    public required Guid After { get; init; }

    /// <summary>The contact of the customer's own call.</summary>
    public required Guid First { get; init; }

    /// <summary>When that one entered its queue.</summary>
    public required DateTimeOffset FirstAt { get; init; }

    public required Guid Queue { get; init; }

    public required string Number { get; init; }

    /// <summary>The tenant's number that is shown.</summary>
    public required string Shown { get; init; }

    public string Language { get; init; } = "en";

    public int? Priority { get; init; }

    /// <summary>Age, in milliseconds, that it has in the queue at <see cref="DueAt"/>; it grows only while it waits there.</summary>
    public long AgeMs { get; init; }

    /// <summary>When it takes its place.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>Not called after that.</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>1 for the first.</summary>
    public int Try { get; init; } = 1;

    /// <summary>Of the queue when the callback was accepted.</summary>
    public CallbackOffer Offer { get; init; } = new();

    /// <summary>IANA name of the tenant's zone: in it the hours are told.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>The customer was dialled for an agent who had accepted.</summary>
    public DateTimeOffset? DialledAt { get; init; }

    /// <summary>The customer answered; from then on it is a call like every other.</summary>
    public bool IsReached { get; init; }

    /// <summary>Why the customer did not answer.</summary>
    public LegRefusal? Refusal { get; init; }

    /// <summary>What ended it before a call could: cancelled, too late, not allowed.</summary>
    public Termination? End { get; init; }

    /// <summary>Nobody waits in a line of its own yet.</summary>
    [JsonIgnore]
    public bool IsOpen => End is null && !IsReached && Refusal is null;
}

/// <summary>A queue's callback: settings as they are stored.</summary>
internal sealed record CallbackOffer
{
    /// <summary>How often the customer is dialled at most.</summary>
    public int Tries { get; init; } = 3;

    /// <summary>From a try that nobody answered to the next, in milliseconds.</summary>
    public int PauseMs { get; init; } = 300_000;

    /// <summary>How long the customer's phone rings, in milliseconds.</summary>
    public int RingMs { get; init; } = 30_000;

    /// <summary>A callback that was not made after this time is given up, in milliseconds.</summary>
    public int WithinMs { get; init; } = 14_400_000;

    /// <summary>Callbacks of the queue that may be pending at once.</summary>
    public int PendingMax { get; init; } = 100;

    /// <summary>The first minute of the tenant's day in which customers are called.</summary>
    public int FromMinute { get; init; }

    /// <summary>The minute before which they are.</summary>
    public int ToMinute { get; init; } = 1440;
}
