using CallCenter.Contracts.Telephony;

namespace CallCenter.Routing.Tests.Standby;

/// <summary>A call as its caller, flow and gateway know it.</summary>
internal sealed class PlayedCall(Guid id, Guid queue)
{
    public Guid Id => id;

    public Guid Queue => queue;

    public Guid CallerLeg { get; } = Guid.NewGuid();

    /// <summary>When it asked for its place: its age counts from here.</summary>
    public DateTimeOffset? QueuedAt { get; set; }

    /// <summary>When its place was being committed: from then on Routing knew it, and before that it may not have.</summary>
    public DateTimeOffset? KnownAt { get; set; }

    public DateTimeOffset? HungUpAt { get; set; }

    /// <summary>The agent's leg that rings or speaks.</summary>
    public OfferLeg? Leg { get; set; }

    public bool IsAccepted { get; set; }

    public bool IsTalking { get; set; }

    /// <summary>Of control over the caller's leg.</summary>
    public long Epoch { get; set; } = 1;

    public long GatewaySequence { get; set; }

    public long FlowSequence { get; set; }
}
