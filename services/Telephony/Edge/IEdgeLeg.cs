namespace CallCenter.Telephony.Edge;

/// <summary>The far side of a leg as its call sees it: a device that is rung (<see cref="AgentLeg"/>), or a leg that is up and was joined (<see cref="JoinedLeg"/>).</summary>
internal interface IEdgeLeg
{
    /// <summary>Its audio; null before it was accepted.</summary>
    LegMedia? Media { get; }

    /// <summary>Sends a key by INFO; null before it was accepted.</summary>
    Action<char, int>? Keys { get; }

    /// <summary>Ends the call's part in it; <paramref name="transferred"/>: what its phone asked for has happened.</summary>
    void Drop(bool transferred = false);
}
