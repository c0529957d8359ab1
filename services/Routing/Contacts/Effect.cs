using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Routing.Contacts;

/// <summary>
/// What others have to do for a contact. All but commands are done before the contact's own commit and change nothing when they are
/// repeated: a crash in between repeats the event that caused them. Commands leave after the commit.
/// </summary>
internal abstract record Effect;

/// <summary>An effect on the agent of a leg.</summary>
internal abstract record AgentEffect(AgentLeg Leg) : Effect;

/// <summary>A command to the gateway, without addressing; it is not waited for.</summary>
internal sealed record Command(CallCommand Body) : Effect;

/// <summary>Rings the agent's device.</summary>
internal sealed record Ring(AgentLeg Leg) : Effect;

/// <summary>Takes control of the caller's leg and bridges the accepted leg to it.</summary>
internal sealed record Connect(AgentLeg Leg) : Effect;

/// <summary>Lets the accepted leg speak with the agent who asked for it.</summary>
internal sealed record Consult(AgentLeg Leg) : Effect;

/// <summary>Dials the customer of a callback for the agent of the accepted leg.</summary>
internal sealed record DialCustomer(AgentLeg Leg, int RingMs) : Effect;

/// <summary>A contact of that id calls the customer back; once, however often it is asked.</summary>
internal sealed record PlanCallback(Guid Contact, Callbacks.CallbackPlan Plan) : Effect;

/// <summary>The pool keeps a place, first for that agent when one was cut off.</summary>
internal sealed record Enqueue(Guid Queue, DateTimeOffset EnteredAt, DateTimeOffset Since, Guid Cause, Guid? For = null, int? Priority = null) : Effect;

/// <summary>The pool ends the place, and the offer that was being made.</summary>
internal sealed record LeavePool : Effect;

/// <summary>The pool takes the offer back and looks for another agent after the pause.</summary>
internal sealed record EndOffer(AgentLeg Leg, OfferOutcome Outcome, TimeSpan Pause) : Effect;

/// <summary>The pool ends the contact's other offers: the leg's agent has accepted.</summary>
internal sealed record NarrowOffers(AgentLeg Leg) : Effect;

/// <summary>The pool ends the place: the agent has the caller.</summary>
internal sealed record AcceptOffer(AgentLeg Leg) : Effect;

/// <summary>The gateway ends the leg; its agent is released after that, so that no second leg rings beside it.</summary>
internal sealed record TakeBack(AgentLeg Leg) : Effect;

/// <summary>The agent's offer is over: its phone was never rung, or the gateway says that it rings no more.</summary>
internal sealed record ReleaseAgent(AgentLeg Leg, OfferOutcome Outcome) : AgentEffect(Leg);

/// <summary>The agent's state follows the leg.</summary>
internal sealed record AgentRings(AgentLeg Leg, DateTimeOffset At) : AgentEffect(Leg);

/// <inheritdoc cref="AgentRings"/>
internal sealed record AgentTalks(AgentLeg Leg, DateTimeOffset At) : AgentEffect(Leg);

/// <inheritdoc cref="AgentRings"/>
internal sealed record AgentConsults(AgentLeg Leg, DateTimeOffset At) : AgentEffect(Leg);

/// <inheritdoc cref="AgentRings"/>
internal sealed record AgentHolds(AgentLeg Leg, bool Held, DateTimeOffset At) : AgentEffect(Leg);

/// <inheritdoc cref="AgentRings"/>
internal sealed record AgentWrapsUp(AgentLeg Leg, DateTimeOffset At) : AgentEffect(Leg);

/// <inheritdoc cref="AgentRings"/>
internal sealed record FreeAgent(AgentLeg Leg, DateTimeOffset At) : AgentEffect(Leg);
