using System.Text.Json.Serialization;
using CallCenter.Contracts.Routing;

namespace CallCenter.Routing.Pools;

/// <summary>A waiting contact's place, with the offers that are being made; a row in the database.</summary>
/// <param name="EnteredAt">When it entered the queue; what is reported.</param>
/// <param name="Since">When it would have entered with its adjusted age; what counts for its turn.</param>
/// <param name="Trace">The contact's trace: an offer belongs to it, whoever became free.</param>
/// <param name="Cause">The event that asked for the place: a repetition changes nothing.</param>
internal sealed record Place(Guid Contact, Guid Tenant, Guid Queue, DateTimeOffset EnteredAt, DateTimeOffset Since, Guid Cause, string? Trace = null)
{
    /// <summary>The offers that stand: one; several in a round.</summary>
    public IReadOnlyList<PlaceOffer> Offers { get; init; } = [];

    /// <summary>Several agents are asked at once; null where one is.</summary>
    public RingRound? Round { get; init; }

    /// <summary>Of the contact itself, 1 to 99, lower first; null for the queue's.</summary>
    public int? Priority { get; init; }

    /// <summary>Who served this caller last, when the queue's strategy asks for it.</summary>
    public Guid? LastAgent { get; init; }

    /// <summary>The customer is to be called back: no rule of the queue takes it out, it has a time of its own.</summary>
    public bool IsCallback { get; init; }

    /// <summary>How it came here from another queue: the contact may not have heard of it yet.</summary>
    public PlaceMove? Moved { get; init; }

    /// <summary>The caller comes back soon after that conversation: the agent is the first choice, whatever the strategy.</summary>
    public bool Returns { get; init; }

    /// <summary>The agent it is kept for, for a while: the one who was cut off. Not in the database: after a restart the queue decides.</summary>
    [JsonIgnore]
    public Guid? For { get; init; }

    /// <summary>An agent is offered it, or is about to be while others are: it looks for nobody.</summary>
    [JsonIgnore]
    public bool IsOffered => Offers.Count > 0 || Round is { Reserving: > 0 };

    /// <summary>The same without that offer; with the last one the round is over.</summary>
    public Place Without(Guid leg)
    {
        var left = this with { Offers = [.. Offers.Where(offer => offer.Leg != leg)], Round = Round is { } round ? round with { IsAccepted = false } : null };
        return left.IsOffered ? left : left with { Round = null };
    }

    /// <summary>The same with that offer alone, which an agent has accepted. One that is not known here leaves none.</summary>
    public Place Narrow(Guid leg) => Offers.FirstOrDefault(offer => offer.Leg == leg) is { } kept
        ? this with { Offers = [kept], Round = Round! with { IsAccepted = true } }
        : this with { Offers = [], Round = null };
}

/// <summary>An offer to an agent; the leg is the reservation's id.</summary>
/// <param name="Choice">Why it is this agent.</param>
internal sealed record PlaceOffer(Guid Leg, Guid Agent, DateTimeOffset Deadline, Choice? Choice = null);

/// <summary>The queue that a place came from and the rule that took it out there.</summary>
internal sealed record PlaceMove(Guid From, QueueRule Rule);
