namespace CallCenter.Contracts.Telephony;

/// <summary>Which side of a contact a leg is.</summary>
public enum LegRole { Caller, Agent, Consulted, External, Supervisor }

/// <summary>Who controls the caller's leg: one service at a time.</summary>
public enum ControlHolder { None, Ivr, Routing, Fallback }

/// <summary>An INVITE for a tenant's number was admitted: the contact begins. OccurredAt is the arrival of the INVITE.</summary>
/// <param name="Gateway">The instance to send commands to.</param>
/// <param name="Caller">The caller's number as the trunk gave it; "anonymous" when withheld.</param>
/// <param name="Called">The tenant's number that was dialled.</param>
/// <param name="Flow">The call flow of the number.</param>
/// <param name="Epoch">The control epoch: 0, nobody has control yet.</param>
public sealed record CallArrived(string Gateway, string Caller, string Called, string Trunk, Guid Flow, long Epoch) : ContactEvent
{
    /// <summary>What the trunk said of the caller and of the call's way; absent when it said no more than the number.</summary>
    public CallOrigin? Origin { get; init; }
}

/// <summary>What a trusted trunk said of a call.</summary>
/// <param name="Name">The caller's display name; absent when there is none or it is withheld.</param>
/// <param name="Asserted">The number came from P-Asserted-Identity (RFC 3325), not from the caller's own From.</param>
/// <param name="Withheld">The caller asked for privacy (RFC 3323): the number was known to the carrier, not to us.</param>
/// <param name="Diversions">Who forwarded the call to us, the last one first: Diversion (RFC 5806) or History-Info (RFC 7044).</param>
/// <param name="Identity">The Identity header (RFC 8224), unverified, as it came; absent when it is longer than is kept.</param>
public sealed record CallOrigin(string? Name, bool Asserted, bool Withheld, IReadOnlyList<CallDiversion> Diversions, string? Identity);

/// <summary>A forwarding before the call came to us.</summary>
/// <param name="Number">The number that was called first and forwarded the call.</param>
/// <param name="Reason">"unconditional", "user-busy", "no-answer", …, or a SIP status; absent when not told.</param>
public sealed record CallDiversion(string Number, string? Reason);

/// <summary>The INVITE was refused (tenant's limit, no codec, no flow); no CallArrived precedes it. SIP status as sent.</summary>
/// <param name="Caller">The caller's number as the trunk gave it; "anonymous" when withheld.</param>
/// <param name="Called">The tenant's number that was dialled.</param>
public sealed record CallRejected(string Reason, int SipStatus, string Caller, string Called) : ContactEvent;

/// <summary>A call of ours began for the contact (PlaceCall): its other side is not dialled before an agent has accepted.</summary>
/// <param name="Gateway">The instance to send commands to.</param>
/// <param name="Number">Who is to be called.</param>
/// <param name="Shown">The tenant's number that is shown.</param>
/// <param name="Flow">The call flow of that number.</param>
/// <param name="Queue">Whose agents call.</param>
/// <param name="Epoch">The control epoch: 1, Routing has control.</param>
public sealed record CallPlaced(string Gateway, string Number, string Shown, Guid Flow, Guid Queue, long Epoch) : ContactEvent;

/// <summary>An INVITE left by the trunk for the other side of a placed call; the leg is the caller's.</summary>
public sealed record CallerDialled(string Number, string Trunk) : ContactEvent;

/// <summary>The other side of a placed call did not answer; LegEnded of the caller's leg follows.</summary>
/// <param name="SipStatus">The final answer of the trunk; 0 when nothing was sent.</param>
public sealed record CallerRefused(string Number, LegRefusal Refusal, int SipStatus) : ContactEvent;

/// <summary>The caller's leg was answered and media is open: our 200 was sent, or that of a placed call came.</summary>
public sealed record CallAnswered(string Codec) : ContactEvent;

/// <summary>Control of the caller's leg changed hands; commands with an older epoch are answered NotInControl.</summary>
public sealed record ControlChanged(ControlHolder Holder, long Epoch, string Cause) : ContactEvent;

/// <summary>How playing ended. Interrupted: by the caller's key.</summary>
public enum PlayOutcome { Finished, Stopped, Failed, Interrupted }

/// <summary>A Play command's audio ended.</summary>
public sealed record PlayFinished(Guid Command, PlayOutcome Outcome, long PlayedMs) : ContactEvent;

/// <summary>How a collection ended: enough digits or a terminator, the first or the next digit did not come, or control changed.</summary>
public enum CollectOutcome { Complete, NoInput, Incomplete, Stopped }

/// <summary>A Collect command's result.</summary>
public sealed record DigitsCollected(Guid Command, CollectOutcome Outcome, string Digits) : ContactEvent;

/// <summary>An INVITE left for the agent's device.</summary>
public sealed record LegOffered(Guid Agent) : ContactEvent;

/// <summary>The agent's device rings.</summary>
public sealed record LegRinging(Guid Agent) : ContactEvent;

/// <summary>The agent accepted: the phone's 200. Routing takes control and connects.</summary>
public sealed record LegAccepted(Guid Agent) : ContactEvent;

/// <summary>Why an offered leg did not become a conversation.</summary>
public enum LegRefusal { NoAnswer, Busy, Rejected, Unreachable, Withdrawn, Failed }

/// <summary>The offered leg ended without acceptance.</summary>
public sealed record LegRefused(Guid Agent, LegRefusal Refusal, int SipStatus) : ContactEvent;

/// <summary>Caller and agent hear each other from OccurredAt on.</summary>
public sealed record AgentAnswered(Guid Agent) : ContactEvent;

/// <summary>The agent put the caller on hold.</summary>
public sealed record CallHeld(Guid Agent) : ContactEvent;

/// <summary>The agent took the caller back.</summary>
public sealed record CallResumed(Guid Agent) : ContactEvent;

/// <summary>The agent's leg speaks apart with another; the caller hears music, when there is a caller's conversation to leave.</summary>
/// <param name="With">The other leg.</param>
public sealed record ConsultStarted(Guid Agent, Guid With) : ContactEvent;

/// <summary>The agent who consulted is with the caller again, the consulted party is not there any more.</summary>
public sealed record ConsultEnded(Guid Agent) : ContactEvent;

/// <summary>The agent who consulted has let the consulted party in: all hear each other.</summary>
/// <param name="With">The consulted leg.</param>
public sealed record ConferenceStarted(Guid Agent, Guid With) : ContactEvent;

/// <summary>An INVITE left by the trunk for a number outside.</summary>
public sealed record NumberDialled(string Number, string Trunk) : ContactEvent;

/// <summary>
/// The agent's phone asks to hand the caller on (REFER, RFC 3515). Routing decides; the phone is told that it did not happen when the leg has not
/// ended as Transferred in ten seconds.
/// </summary>
/// <param name="ToAgent">Whose phone was named; null for a number.</param>
/// <param name="Number">The number that was named; null for an agent's phone and when attended.</param>
/// <param name="Attended">The party that is consulted is to have the caller (Replaces, RFC 3891).</param>
public sealed record TransferAsked(Guid Agent, Guid? ToAgent, string? Number, bool Attended) : ContactEvent;

/// <summary>The number outside answered; nobody speaks with it yet.</summary>
public sealed record NumberAnswered(string Number) : ContactEvent;

/// <summary>The number outside did not become a conversation.</summary>
/// <param name="SipStatus">The final answer of the trunk; 0 when nothing was sent.</param>
public sealed record NumberRefused(string Number, LegRefusal Refusal, int SipStatus) : ContactEvent;

/// <summary>Caller and the number outside hear each other from OccurredAt on.</summary>
public sealed record NumberConnected(string Number) : ContactEvent;

/// <summary>A supervisor is in the agent's conversation, or does something else in it than before; LegEnded of the supervisor's leg tells the end.</summary>
/// <param name="Agent">Whose conversation.</param>
public sealed record MonitorStarted(Guid Supervisor, Guid Agent, MonitorMode Mode) : ContactEvent;

/// <summary>The supervisor's phone did not answer.</summary>
public sealed record MonitorRefused(Guid Supervisor, LegRefusal Refusal, int SipStatus) : ContactEvent;

/// <summary>Why a leg ended. PartyHungUp: BYE or CANCEL of that party. Ended: by our command. Lost: media or signalling silent. Transferred: the agent handed the caller on. DayCost: the day's cost limit of tenant or trunk does not pay another minute of the call outside.</summary>
public enum LegEnd { PartyHungUp, Ended, Lost, GatewayStopped, GatewayDied, Transferred, DayCost }

/// <summary>A leg is over.</summary>
/// <param name="Agent">The agent of an agent's leg.</param>
public sealed record LegEnded(LegRole Role, Guid? Agent, LegEnd End) : ContactEvent;

/// <summary>A recording began; its first block starts at OccurredAt.</summary>
/// <param name="Agent">Who speaks in the second channel; absent for a caller's message, whose second channel is silent.</param>
public sealed record RecordingStarted(Guid Recording, Guid? Agent) : ContactEvent;

/// <summary>From OccurredAt on both channels of the recording hold silence.</summary>
public sealed record RecordingPaused(Guid Recording) : ContactEvent;

/// <summary>The recording holds sound again.</summary>
public sealed record RecordingResumed(Guid Recording) : ContactEvent;

/// <summary>A recording ended after so many blocks (numbers 0 to Blocks - 1); when all have arrived it can be sealed.</summary>
/// <param name="SoundMs">Of a caller's message: how much of it was not silence; absent where nobody listened.</param>
public sealed record RecordingEnded(Guid Recording, long Blocks, long LengthMs, long? SoundMs = null) : ContactEvent;

/// <summary>The caller types a card's digits from OccurredAt on: keys reach nobody, recordings are silent.</summary>
public sealed record CardCollectionStarted(Guid Collection, Guid Agent, IReadOnlyList<CardField> Fields) : ContactEvent;

/// <summary>How far the caller is; the digits themselves are in no event.</summary>
/// <param name="Count">Digits of the field so far; 0 when it begins or the caller began it anew.</param>
/// <param name="Sent">It was the last field and is complete: the payment service has been asked.</param>
public sealed record CardDigitsEntered(Guid Collection, CardField Field, int Count, bool Sent) : ContactEvent;

/// <summary>
/// How a collection ended. Accepted, Declined: as the payment service said. Failed: it could not be asked or gave no answer. Mistyped: the number's check digit is
/// wrong, nothing was sent. Cancelled: by the agent, or one of the two left. TimedOut: the digits did not come.
/// </summary>
public enum CardOutcome { Accepted, Declined, Failed, Mistyped, Cancelled, TimedOut }

/// <summary>A collection is over: keys are keys again, recordings go on.</summary>
/// <param name="Reference">The payment service's own, when it gave one.</param>
public sealed record CardCollectionEnded(Guid Collection, CardOutcome Outcome, string? Reference) : ContactEvent;

/// <summary>Who or what is on a leg, by its sound. Beep: a machine's, or one after a greeting: speak now. Tone: the network's (ringing, busy).</summary>
public enum AnswerKind { Human, Machine, Beep, Fax, Tone, Silence }

/// <summary>What DetectAnswer found.</summary>
/// <param name="AfterMs">Time listened until then.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Hertz">Of a tone or beep.</param>
public sealed record AnswerDetected(AnswerKind Kind, long AfterMs, double Confidence, double? Hertz) : ContactEvent;

/// <summary>
/// Who spoke when, of all the caller's conversations with agents, numbers outside and supervisors together; told before CallClosed. A party's speech includes 200 ms after its last word.
/// </summary>
/// <param name="ConversationMs">Time in which caller and agent heard each other: holds and consults are not in it.</param>
/// <param name="CallerMs">Of it, the caller spoke.</param>
/// <param name="AgentMs">Of it, somebody else spoke.</param>
/// <param name="TalkOverMs">Of it, both.</param>
/// <param name="SilenceMs">Of it, nobody.</param>
/// <param name="LongestSilenceMs">The longest stretch of nobody.</param>
/// <param name="StartedAt">When the first conversation began.</param>
/// <param name="SlotMs">Length of a place of <paramref name="Slots"/>.</param>
/// <param name="Slots">From StartedAt on, at most 600 places: ' ' nobody spoke, 'c' the caller, 'o' others, 'b' both, '-' no conversation.</param>
public sealed record SpeechMeasured(
    long ConversationMs, long CallerMs, long AgentMs, long TalkOverMs, long SilenceMs, long LongestSilenceMs,
    DateTimeOffset StartedAt, long SlotMs, string Slots) : ContactEvent;

/// <summary>Every leg is over: the gateway's last word on the contact (final).</summary>
public sealed record CallClosed : ContactEvent;

/// <summary>A device of the agent can be rung until the time given (its registration's expiry).</summary>
public sealed record DeviceReachable(string Gateway, DateTimeOffset Until) : AgentEvent;

/// <summary>No device of the agent can be rung.</summary>
public sealed record DeviceUnreachable(string Cause) : AgentEvent;
