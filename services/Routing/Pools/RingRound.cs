using System.Text.Json.Serialization;

namespace CallCenter.Routing.Pools;

/// <summary>A contact is offered to several agents at once: from the first who is asked until one has it or no phone rings any more. Nobody is asked twice.</summary>
/// <param name="Asked">In their order; those too who have refused since.</param>
internal sealed record RingRound(IReadOnlyList<Guid> Asked)
{
    /// <summary>So many agents are asked; a gateway lets 15 legs of a call live at once.</summary>
    public const int AgentsMax = 10;

    /// <summary>One has accepted and is being connected: nobody else is asked.</summary>
    public bool IsAccepted { get; init; }

    /// <summary>How many are being reserved. Not in the database: after a restart a reservation without an offer lapses.</summary>
    [JsonIgnore]
    public int Reserving { get; init; }

    [JsonIgnore]
    public bool IsOpen => !IsAccepted && Asked.Count < AgentsMax;
}
