using Orleans;
using Orleans.Concurrency;

namespace CallCenter.Routing.Contacts;

/// <summary>One contact from arrival to termination: its one owner, the only one that ends it. Key: tenant/contact.</summary>
internal interface IContactGrain : IGrainWithStringKey
{
    /// <summary>Applies an event of another service; one that was applied before changes nothing.</summary>
    Task Apply(EventMessage message);

    /// <summary>The pool has committed an offer of this contact: ring the agent. Repeating it changes nothing.</summary>
    Task Offer(OfferMessage offer);

    /// <summary>The agent logged out before the answer.</summary>
    Task AgentLeft(Guid leg);

    /// <summary>A command for the leg was not carried out.</summary>
    Task CommandFailed(Guid leg);

    /// <summary>The agent ends the work after the conversation; false when there is none to end.</summary>
    Task<bool> EndWrapUp(Guid leg, string code);

    /// <summary>What is true of a leg; answered at once, whatever the grain is waiting for.</summary>
    [AlwaysInterleave]
    Task<LegTruth> TruthOf(Guid leg);

    /// <summary>Where its call is; answered at once.</summary>
    [AlwaysInterleave]
    Task<CallMessage> Call();

    /// <summary>Activates the contact, so that its deadlines are armed.</summary>
    Task Wake();
}

/// <summary>An offer as committed by the pool.</summary>
[GenerateSerializer]
internal sealed record OfferMessage(
    [property: Id(0)] Guid Leg,
    [property: Id(1)] Guid Agent,
    [property: Id(2)] Guid Queue,
    [property: Id(3)] DateTimeOffset Deadline,
    [property: Id(4)] int RingMs,
    [property: Id(5)] int WrapUpMs,
    [property: Id(6)] bool Record);

/// <summary>The gateway that holds the call and the control epoch that is known.</summary>
[GenerateSerializer]
internal sealed record CallMessage([property: Id(0)] string Gateway, [property: Id(1)] long Epoch);

/// <summary>Whether a leg still goes on, and until when it is known to.</summary>
[GenerateSerializer]
internal sealed record LegTruth([property: Id(0)] bool Goes, [property: Id(1)] DateTimeOffset Deadline);
