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
[JsonDerivedType(typeof(DialNumber), nameof(DialNumber))]
[JsonDerivedType(typeof(ConsultLeg), nameof(ConsultLeg))]
[JsonDerivedType(typeof(EndConsult), nameof(EndConsult))]
[JsonDerivedType(typeof(SwitchConsult), nameof(SwitchConsult))]
[JsonDerivedType(typeof(StartConference), nameof(StartConference))]
[JsonDerivedType(typeof(CompleteTransfer), nameof(CompleteTransfer))]
[JsonDerivedType(typeof(TransferLeg), nameof(TransferLeg))]
[JsonDerivedType(typeof(MonitorLeg), nameof(MonitorLeg))]
[JsonDerivedType(typeof(PauseRecording), nameof(PauseRecording))]
[JsonDerivedType(typeof(ResumeRecording), nameof(ResumeRecording))]
[JsonDerivedType(typeof(SendDigits), nameof(SendDigits))]
[JsonDerivedType(typeof(CollectCard), nameof(CollectCard))]
[JsonDerivedType(typeof(CancelCard), nameof(CancelCard))]
[JsonDerivedType(typeof(DetectAnswer), nameof(DetectAnswer))]
[JsonDerivedType(typeof(PlaceCall), nameof(PlaceCall))]
[JsonDerivedType(typeof(DialCaller), nameof(DialCaller))]
[JsonDerivedType(typeof(CheckNumber), nameof(CheckNumber))]
public abstract record CallCommand
{
    /// <summary>UUIDv7 of the command; the same at every repetition.</summary>
    public Guid CommandId { get; init; }

    /// <summary>Owner of the contact.</summary>
    public Guid Tenant { get; init; }

    /// <summary>The contact.</summary>
    public Guid Contact { get; init; }

    /// <summary>Control epoch the sender holds; looked at by those that order the caller's leg alone and by ConnectAgent, not by those that are about another leg.</summary>
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
public sealed record Clip(string Hash, string Url)
{
    /// <summary>The gateway's own: so much silence, 1 to 10,000 ms.</summary>
    public static Clip Silence(int milliseconds) => new("", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"silence:{milliseconds}"));

    /// <summary>The gateway's own: a soft short tone each five seconds, for who waits without music and is to know that the line is there.</summary>
    public static Clip ComfortTone { get; } = new("", "tone:comfort");
}

/// <summary>Plays clips in turn to the caller, once or for ever; ends what played before. PlayFinished tells the end.</summary>
public sealed record Play(IReadOnlyList<Clip> Clips, bool Loop) : CallCommand
{
    /// <summary>A key of the caller's ends it (Interrupted) and is kept for the next Collect; so does one that was pressed before.</summary>
    public bool Interruptible { get; init; }
}

/// <summary>Stops playing and collecting.</summary>
public sealed record StopPlaying : CallCommand;

/// <summary>
/// Plays clips (a digit interrupts them) and collects digits; the waiting time for the first counts from the end of the clips. DigitsCollected tells the result.
/// Keys that the caller pressed before, since the last Collect or agent, count first: who knows the menu need not hear it.
/// </summary>
/// <param name="Terminators">Digits that end the collection and are not part of it, such as "#".</param>
public sealed record Collect(IReadOnlyList<Clip> Clips, int MaxDigits, string Terminators, int FirstDigitMs, int NextDigitMs) : CallCommand
{
    /// <summary>Keys pressed before are thrown away: after a wrong choice the caller has not heard what comes next.</summary>
    public bool Clear { get; init; }
}

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
public sealed record OfferLeg(Guid Leg, Guid Agent, int RingMs) : CallCommand
{
    /// <summary>The agent was cut off from this caller: the browser answers by itself and the conversation goes on.</summary>
    public bool Resumes { get; init; }
}

/// <summary>Takes an offer back: CANCEL, or BYE when the device accepted meanwhile. LegRefused(Withdrawn) or LegEnded follows. An offer that it has overtaken is refused.</summary>
public sealed record WithdrawLeg(Guid Leg) : CallCommand;

/// <summary>Bridges the accepted leg to the caller; needs control. AgentAnswered follows. Records under the id, when there is one.</summary>
public sealed record ConnectAgent(Guid Leg, Guid? Recording) : CallCommand;

/// <summary>Ends an agent's leg; the caller stays and control returns to Ivr.</summary>
public sealed record EndLeg(Guid Leg) : CallCommand;

/// <summary>Holds the connected leg, as the agent's phone may do itself: the caller hears music, the agent silence. CallHeld follows, unless it was held already.</summary>
public sealed record HoldLeg(Guid Leg) : CallCommand;

/// <summary>Ends the hold that HoldLeg began. CallResumed follows; refused while the agent's phone holds the call itself.</summary>
public sealed record RetrieveLeg(Guid Leg) : CallCommand;

/// <summary>
/// Dials a number outside by a trunk, as a leg of the contact; the tenant's number is shown. NumberDialled, then NumberAnswered or
/// NumberRefused follow; what is refused here (no trunk, a destination that is not allowed, a limit) is Refused with the reason.
/// </summary>
/// <param name="Number">2 to 32 of 0-9 * #, a leading + allowed.</param>
public sealed record DialNumber(Guid Leg, string Number, int RingMs) : CallCommand;

/// <summary>
/// The leg that has the caller speaks apart with an accepted leg, an agent's or a dialled number's; the caller hears music. ConsultStarted
/// follows for each agent's leg. One consult at a time.
/// </summary>
/// <param name="Recording">Under this id the second leg is recorded once it has the caller alone; null for not.</param>
public sealed record ConsultLeg(Guid Leg, Guid With, Guid? Recording) : CallCommand;

/// <summary>Ends the leg that was consulted, also in the conference; the leg is with the caller again: ConsultEnded.</summary>
public sealed record EndConsult(Guid Leg) : CallCommand;

/// <summary>
/// The leg that consults is with the caller again while the consulted one waits (ConsultEnded), or with that one again while the caller
/// hears music (ConsultStarted). The consulted leg stays as it is.
/// </summary>
public sealed record SwitchConsult(Guid Leg) : CallCommand;

/// <summary>Caller, leg and the consulted one hear each other: ConferenceStarted, and AgentAnswered or NumberConnected for the consulted leg.</summary>
public sealed record StartConference(Guid Leg) : CallCommand;

/// <summary>The attended transfer: the consulted leg has the caller (AgentAnswered or NumberConnected), the leg ends as Transferred.</summary>
public sealed record CompleteTransfer(Guid Leg) : CallCommand;

/// <summary>The blind transfer's first half: the leg ends as Transferred, the caller stays and control returns to Ivr, which lets the caller wait.</summary>
public sealed record TransferLeg(Guid Leg) : CallCommand;

/// <summary>What a supervisor does in a conversation. Listen: hears all, says nothing. Whisper: the agent alone hears the supervisor. Barge: all do. TakeOver: the agent's leg ends.</summary>
public enum MonitorMode { Listen, Whisper, Barge, TakeOver }

/// <summary>
/// Rings a supervisor's phone to join the conversation of an agent's leg: MonitorStarted or MonitorRefused follows. With the leg of a
/// supervisor who is there already it changes the mode. The leg ends with the agent's, but after Barge the supervisor stays with the caller.
/// </summary>
public sealed record MonitorLeg(Guid Leg, Guid Supervisor, Guid Target, MonitorMode Mode, int RingMs) : CallCommand;

/// <summary>Silence is written into both channels of the leg's recording until ResumeRecording; its time goes on. RecordingPaused follows.</summary>
public sealed record PauseRecording(Guid Leg) : CallCommand;

/// <summary>Sound is recorded again. RecordingResumed follows.</summary>
public sealed record ResumeRecording(Guid Leg) : CallCommand;

/// <summary>Sends key presses to whom the leg speaks with: the consulted party while there is one, else the caller.</summary>
/// <param name="Digits">1 to 32 of 0-9 * # A-D.</param>
public sealed record SendDigits(Guid Leg, string Digits) : CallCommand;

/// <summary>What a payment needs of a card.</summary>
public enum CardField { Number, Expiry, SecurityCode }

/// <summary>
/// Secure digits: the caller types a card's digits while the agent's leg stays on the line. From here on keys, however they come, reach neither an agent nor a
/// supervisor nor a recording (which is silent meanwhile), nor any event or log: the gateway sends them to the tenant's payment service alone.
/// CardCollectionStarted, CardDigitsEntered (how many) and CardCollectionEnded follow. One collection at a time.
/// </summary>
/// <param name="Leg">The agent's leg that has the caller.</param>
/// <param name="Collection">A new id; the payment service gets it and takes a repetition for one.</param>
/// <param name="Fields">What is asked for, in this order, each once.</param>
/// <param name="Reference">What the payment is for, as the payment service knows it; at most 64 characters, never digits of a card.</param>
public sealed record CollectCard(Guid Leg, Guid Collection, IReadOnlyList<CardField> Fields, string? Reference) : CallCommand;

/// <summary>Ends the collection without a payment, as long as the digits have not been sent; they are forgotten.</summary>
public sealed record CancelCard(Guid Leg) : CallCommand;

/// <summary>
/// Listens who or what answered on the leg (the caller's, or an accepted one): AnswerDetected follows, after Machine once more for its beep.
/// Give it as soon as the leg has answered: what is said before is missed.
/// </summary>
/// <param name="MaxMs">1,000 to 120,000; without a verdict by then the best guess is told.</param>
public sealed record DetectAnswer(Guid Leg, int MaxMs) : CallCommand;

/// <summary>
/// Begins a call of ours for a contact that has none: CallPlaced follows, Routing has control. Nobody is called yet: agents are offered the contact first (OfferLeg), and
/// DialCaller calls the other side once one has accepted. Refused where the number may not be dialled; a repetition is Done. A call that nobody dials for ends after ten minutes.
/// </summary>
/// <param name="Number">Who is to be called.</param>
/// <param name="Shown">The tenant's number that is shown; its flow and fallback are the call's.</param>
/// <param name="Queue">Whose agents call: the flow goes on at that queue's step.</param>
public sealed record PlaceCall(string Number, string Shown, Guid Queue) : CallCommand;

/// <summary>
/// Dials the other side of a placed call; needs control and an accepted agent's leg, which hears the ringing and waits meanwhile. CallerDialled, then CallAnswered or
/// CallerRefused follow. When the agent leaves before the answer the call ends.
/// </summary>
/// <param name="RingMs">How long it rings; the agent's leg need not be connected before.</param>
public sealed record DialCaller(int RingMs) : CallCommand;

/// <summary>Asks whether the tenant may dial the number now: Done, or Refused with the reason. Needs no control and does nothing.</summary>
public sealed record CheckNumber(string Number) : CallCommand;

/// <summary>What became of a command.</summary>
public enum CommandOutcome { Done, NotInControl, Expired, NoSuchCall, NoSuchLeg, Refused }

/// <summary>The gateway's answer: the same for every repetition of a command.</summary>
/// <param name="Epoch">The epoch in force after the command.</param>
/// <param name="Detail">For Refused: what was wrong and what to do.</param>
public sealed record CommandResult(Guid CommandId, CommandOutcome Outcome, long Epoch, string? Detail)
{
    /// <summary>For a call outside that is Refused: one word that screens have in their languages, such as "TenantDayCost"; else null.</summary>
    public string? Reason { get; init; }
}

/// <summary>The command as it travels.</summary>
public sealed record GatewayCommand(CallCommand Command);
