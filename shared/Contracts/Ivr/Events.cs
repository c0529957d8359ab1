namespace CallCenter.Contracts.Ivr;

/// <summary>A call flow began for the contact.</summary>
public sealed record FlowStarted(Guid Flow, int Version, string Language) : ContactEvent;

/// <summary>The caller chose in a menu.</summary>
public sealed record MenuChosen(string Menu, string Digit) : ContactEvent;

/// <summary>A menu was left without a choice: silence or wrong keys as often as it allows.</summary>
public sealed record MenuFailed(string Menu, int NoInput, int NoMatch) : ContactEvent;

/// <summary>
/// The flow asks Routing to queue the contact: the durable form of QueueContact, applied once through the inbox.
/// </summary>
/// <param name="Returning">The caller comes back from an agent's leg that was lost: the contact keeps its age and goes before its equals.</param>
/// <param name="Priority">Of the contact, 1 to 99, lower first; null for the queue's.</param>
public sealed record QueueRequested(Guid Queue, bool Returning, int? Priority = null) : ContactEvent;

/// <summary>The caller chose to leave the queue for another way: a message, another step of the flow.</summary>
public sealed record QueueExited(Guid Queue) : ContactEvent;

/// <summary>The caller wants to be called back instead of waiting on, and has confirmed the number. Routing keeps the place; the flow ends Deflected.</summary>
/// <param name="Number">Where to call: the caller's own, or another that was typed and read back.</param>
/// <param name="Language">Of the flow: the agent speaks it.</param>
public sealed record CallbackRequested(Guid Queue, string Number, string Language) : ContactEvent;

/// <summary>The caller left a message. A recording without a word is none.</summary>
/// <param name="LengthMs">Length of the recording.</param>
public sealed record VoicemailLeft(Guid Recording, long LengthMs) : ContactEvent;

/// <summary>Why a waiting caller was told a longer wait than before.</summary>
public enum LongerWait { AgentsLeft, PriorityTraffic }

/// <summary>A waiting caller has heard place and estimated wait, to the end.</summary>
/// <param name="Position">1 for the next.</param>
/// <param name="EstimatedWaitMs">What was forecast; null when nothing could be: then only the position was said.</param>
/// <param name="Longer">Set when the forecast is longer than the one told before.</param>
public sealed record WaitAnnounced(Guid Queue, int Position, long? EstimatedWaitMs, LongerWait? Longer) : ContactEvent;

/// <summary>How a flow ended.</summary>
public enum FlowOutcome { CallerGone, HungUp, Closed, Deflected, AgentEnded, Failed }

/// <summary>The flow is over (final).</summary>
public sealed record FlowEnded(FlowOutcome Outcome, string? Detail) : ContactEvent;
