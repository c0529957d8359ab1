using System.Text.Json.Serialization;

namespace CallCenter.Contracts.Telephony;

/// <summary>
/// A command to the gateway that holds the call, sent to its queue <c>telephony.&lt;Gateway&gt;</c>. The sender repeats it, the
/// same command id, until the reply or the expiry; the gateway answers a repetition with its first answer.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TakeControl), nameof(TakeControl))]
[JsonDerivedType(typeof(AnswerCall), nameof(AnswerCall))]
[JsonDerivedType(typeof(Play), nameof(Play))]
[JsonDerivedType(typeof(StopPlaying), nameof(StopPlaying))]
[JsonDerivedType(typeof(Collect), nameof(Collect))]
[JsonDerivedType(typeof(RecordMessage), nameof(RecordMessage))]
[JsonDerivedType(typeof(HangUp), nameof(HangUp))]
[JsonDerivedType(typeof(OfferLeg), nameof(OfferLeg))]
[JsonDerivedType(typeof(WithdrawLeg), nameof(WithdrawLeg))]
[JsonDerivedType(typeof(ConnectAgent), nameof(ConnectAgent))]
[JsonDerivedType(typeof(EndLeg), nameof(EndLeg))]
[JsonDerivedType(typeof(HoldLeg), nameof(HoldLeg))]
[JsonDerivedType(typeof(RetrieveLeg), nameof(RetrieveLeg))]
public abstract record CallCommand
{
    /// <summary>UUIDv7 of the command; the same at every repetition.</summary>
    public Guid CommandId { get; init; }

    /// <summary>Owner of the contact.</summary>
    public Guid Tenant { get; init; }

    /// <summary>The contact.</summary>
    public Guid Contact { get; init; }

    /// <summary>Control epoch the sender holds; not looked at by OfferLeg, WithdrawLeg, EndLeg, HoldLeg and RetrieveLeg, which are about an agent's leg.</summary>
    public long Epoch { get; init; }

    /// <summary>After this the gateway answers Expired; default 5 s after sending.</summary>
    public DateTimeOffset Expires { get; init; }

    /// <summary>The gateway's instance, from CallArrived: a new incarnation has another name.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>The event that made the sender decide.</summary>
    public Guid? Causation { get; init; }

    /// <summary>W3C trace context of the sender.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>Takes control of the caller's leg: raises the epoch by one when the command's epoch is the present one; playing and collecting stop.</summary>
public sealed record TakeControl(ControlHolder Holder) : CallCommand;

/// <summary>Answers the caller's leg (200 OK).</summary>
public sealed record AnswerCall : CallCommand;

/// <summary>Audio by content: the gateway fetches the URL (absolute, or a path of Ivr) once and keeps it by the hash (SHA-256, hex). A WAV, 16 bit mono.</summary>
public sealed record Clip(string Hash, string Url);

/// <summary>Plays clips in turn to the caller, once or for ever; ends what played before. PlayFinished tells the end.</summary>
public sealed record Play(IReadOnlyList<Clip> Clips, bool Loop) : CallCommand;

/// <summary>Stops playing and collecting.</summary>
public sealed record StopPlaying : CallCommand;

/// <summary>Plays clips (a digit interrupts them) and collects digits; the waiting time for the first counts from the end of the clips. DigitsCollected tells the result.</summary>
/// <param name="Terminators">Digits that end the collection and are not part of it, such as "#".</param>
public sealed record Collect(IReadOnlyList<Clip> Clips, int MaxDigits, string Terminators, int FirstDigitMs, int NextDigitMs) : CallCommand;

/// <summary>
/// Beeps, then records the caller's channel alone: RecordingStarted without an agent. The message ends by a terminator, by silence,
/// at its greatest length, when the caller hangs up or by the next order; RecordingEnded tells it. Before the beep is over nothing is
/// recorded and nothing told.
/// </summary>
/// <param name="MaxMs">Greatest length, 1,000 to 600,000.</param>
/// <param name="SilenceMs">So much silence ends the message, 1,000 to 60,000; told in steps of a recording's block.</param>
/// <param name="Terminators">Digits that end the message, such as "#".</param>
public sealed record RecordMessage(Guid Recording, int MaxMs, int SilenceMs, string Terminators) : CallCommand;

/// <summary>Ends the whole call: BYE, or the final answer when it was never answered.</summary>
public sealed record HangUp(string Cause) : CallCommand;

/// <summary>Rings the agent's device for the contact; needs no control of the caller's leg. LegRinging, LegAccepted or LegRefused follow.</summary>
public sealed record OfferLeg(Guid Leg, Guid Agent, int RingMs) : CallCommand;

/// <summary>Takes an offer back: CANCEL, or BYE when the device accepted meanwhile. LegRefused(Withdrawn) or LegEnded follows.</summary>
public sealed record WithdrawLeg(Guid Leg) : CallCommand;

/// <summary>Bridges the accepted leg to the caller; needs control. AgentAnswered follows. Records under the id, when there is one.</summary>
public sealed record ConnectAgent(Guid Leg, Guid? Recording) : CallCommand;

/// <summary>Ends an agent's leg; the caller stays and control returns to Ivr.</summary>
public sealed record EndLeg(Guid Leg) : CallCommand;

/// <summary>Holds the connected leg, as the agent's phone may do itself: the caller hears music, the agent silence. CallHeld follows, unless it was held already.</summary>
public sealed record HoldLeg(Guid Leg) : CallCommand;

/// <summary>Ends the hold that HoldLeg began. CallResumed follows; refused while the agent's phone holds the call itself.</summary>
public sealed record RetrieveLeg(Guid Leg) : CallCommand;

/// <summary>What became of a command.</summary>
public enum CommandOutcome { Done, NotInControl, Expired, NoSuchCall, NoSuchLeg, Refused }

/// <summary>The gateway's answer: the same for every repetition of a command.</summary>
/// <param name="Epoch">The epoch in force after the command.</param>
/// <param name="Detail">For Refused: what was wrong and what to do.</param>
public sealed record CommandResult(Guid CommandId, CommandOutcome Outcome, long Epoch, string? Detail);

/// <summary>The command as it travels.</summary>
public sealed record GatewayCommand(CallCommand Command);
