using Orleans;
using Orleans.Concurrency;

namespace CallCenter.Routing.Contacts;

/// <summary>One contact from arrival to termination: its one owner, the only one that ends it. Key: tenant/contact.</summary>
internal interface IContactGrain : IGrainWithStringKey
{
    /// <summary>Applies events of other services that came together, with one commit; one that was applied before changes nothing. They are durable when the change that it answers is.</summary>
    Task<Guid?> Apply(List<EventMessage> messages);

    /// <summary>The pool offers this contact: ring the agent once that is durable, with the change that it answers. Repeating it changes nothing.</summary>
    Task<Guid?> Offer(OfferMessage offer);

    /// <summary>A rule takes the contact out of the queue that it entered then; false when it does not wait there, null while an agent rings. The place may end after that.</summary>
    Task<bool?> GiveUp(Guid queue, DateTimeOffset enteredAt, string rule);

    /// <summary>The pool has moved the contact's place; false when the contact does not wait. Repeating it changes nothing.</summary>
    Task<bool> Moved(MoveMessage move);

    /// <summary>The agent logged out before the answer.</summary>
    Task AgentLeft(Guid leg);

    /// <summary>The gateway did not answer that it rings the leg: taken back, unless it has told so since.</summary>
    Task RingFailed(Guid leg);

    /// <summary>A command for the accepted leg was not carried out.</summary>
    Task CommandFailed(Guid leg);

    /// <summary>An agent asks for a second party, to consult or to hand the caller on to: its leg rings, or why not.</summary>
    Task<AskAnswer> Ask(AskMessage ask);

    /// <summary>Takes back the consult that the leg asked for and nobody has answered; false when there is none.</summary>
    Task<bool> CancelConsult(Guid leg);

    /// <summary>The caller goes to the queue when the leg has ended as transferred; why not, or null.</summary>
    Task<string?> TransferToQueue(Guid leg, Guid queue);

    /// <summary>The gateway did not let the leg go.</summary>
    Task CancelTransfer(Guid leg);

    /// <summary>The agent's phone asks to hand the caller on: done as the desk would.</summary>
    Task HandOn(HandOnMessage asked);

    /// <summary>The supervisor's leg in the conversation of the agent's leg, the same while it lasts.</summary>
    Task<Guid> Watch(Guid supervisor, Guid target);

    /// <summary>The supervisor's leg in this contact, null when there is none.</summary>
    Task<Guid?> WatchedBy(Guid supervisor);

    /// <summary>The gateway knows no such leg of a supervisor.</summary>
    Task Unwatch(Guid leg);

    /// <summary>The agent ends the work after the conversation; false when there is none to end.</summary>
    Task<bool> EndWrapUp(Guid leg, string code);

    /// <summary>Makes this the contact that calls a customer back by that <see cref="Callbacks.CallbackPlan"/> (JSON); a repetition changes nothing.</summary>
    Task BeginCallback(string plan);

    /// <summary>A supervisor ends the callback; why not, or null.</summary>
    Task<string?> CancelCallback();

    /// <summary>The gateway may not dial the customer.</summary>
    Task CallbackNotAllowed(string reason);

    /// <summary>What is true of a leg, durably; waits for no other work of the contact's.</summary>
    [AlwaysInterleave]
    Task<LegTruth> TruthOf(Guid leg);

    /// <summary>Where its call is; answered at once.</summary>
    [AlwaysInterleave]
    Task<CallMessage> Call();

    /// <summary>Activates the contact, so that its deadlines are armed.</summary>
    Task Wake();
}

/// <summary>An offer as the pool has given it to be committed.</summary>
/// <param name="Choice">Why it is this agent: a <see cref="Pools.Choice"/> in JSON.</param>
/// <param name="Change">The pool's; null when the offer is durable since long.</param>
/// <param name="Together">Others are offered the contact at the same time.</param>
[GenerateSerializer]
internal sealed record OfferMessage(
    [property: Id(0)] Guid Leg,
    [property: Id(1)] Guid Agent,
    [property: Id(2)] Guid Queue,
    [property: Id(3)] DateTimeOffset Deadline,
    [property: Id(4)] int RingMs,
    [property: Id(5)] int WrapUpMs,
    [property: Id(6)] bool Record,
    [property: Id(7)] string? Choice,
    [property: Id(8)] Guid? Change = null,
    [property: Id(9)] bool Together = false);

/// <summary>A <see cref="QueueMove"/>.</summary>
[GenerateSerializer]
internal sealed record MoveMessage(
    [property: Id(0)] Guid From,
    [property: Id(1)] Guid To,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] string Rule,
    [property: Id(4)] int ShortAbandonMs);

/// <summary>Whom an agent asks for: an agent, or a number outside.</summary>
/// <param name="By">The asking agent's leg.</param>
[GenerateSerializer]
internal sealed record AskMessage(
    [property: Id(0)] Guid By,
    [property: Id(1)] bool IsTransfer,
    [property: Id(2)] Guid Agent,
    [property: Id(3)] string? Number);

/// <summary>A phone's transfer.</summary>
/// <param name="By">The asking agent's leg.</param>
/// <param name="Attended">Whom the agent consults has the caller.</param>
[GenerateSerializer]
internal sealed record HandOnMessage(
    [property: Id(0)] Guid By,
    [property: Id(1)] Guid? ToAgent,
    [property: Id(2)] string? Number,
    [property: Id(3)] bool Attended);

/// <summary>The leg that rings, or why none does.</summary>
[GenerateSerializer]
internal sealed record AskAnswer([property: Id(0)] Guid? Leg, [property: Id(1)] string? Refusal, [property: Id(2)] string? Reason = null);

/// <summary>The gateway that holds the call and the control epoch that is known.</summary>
[GenerateSerializer]
internal sealed record CallMessage([property: Id(0)] string Gateway, [property: Id(1)] long Epoch);

/// <summary>Whether a leg still goes on, and until when it is known to.</summary>
[GenerateSerializer]
internal sealed record LegTruth([property: Id(0)] bool Goes, [property: Id(1)] DateTimeOffset Deadline);
