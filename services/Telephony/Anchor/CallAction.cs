using CallCenter.Contracts.Telephony;
using CallCenter.Contracts;

namespace CallCenter.Telephony.Anchor;

/// <summary>What the call does as a consequence of an input, in this order.</summary>
internal abstract record CallAction;

/// <summary>Stores and publishes an event.</summary>
internal sealed record Tell(ContactEvent Event) : CallAction;

/// <summary>Answers the command of this input.</summary>
internal sealed record Reply(CommandResult Result) : CallAction;

/// <summary>180 to the caller.</summary>
internal sealed record RingCaller : CallAction;

/// <summary>200 to the caller, media opened.</summary>
internal sealed record AnswerCaller : CallAction;

/// <summary>Dials the other side of a placed call; CallerInvited, CallerTook or CallerDeclined follow.</summary>
internal sealed record DialOtherSide(TimeSpan RingTime) : CallAction;

/// <summary>The leg hears that the other side rings, or no more.</summary>
internal sealed record RingBack(Guid Leg, bool Rings) : CallAction;

/// <summary>BYE, or the final answer when there was none; nothing when the caller went by itself.</summary>
internal sealed record EndCaller : CallAction;

/// <summary>Plays to the caller instead of what plays; the end is reported as PlaybackOver of the command.</summary>
internal sealed record StartPlaying(Guid Command, IReadOnlyList<Clip> Clips, bool Loop) : CallAction;

internal sealed record StopPlayback : CallAction;

/// <summary>The number's fallback: prompt once, then music for ever.</summary>
internal sealed record PlayFallback : CallAction;

internal sealed record Arm(CallTimer Timer, TimeSpan After) : CallAction;

internal sealed record Disarm(CallTimer Timer) : CallAction;

/// <summary>Rings the agent's devices.</summary>
/// <param name="Resumes">The agent was cut off from this caller: a browser answers by itself.</param>
internal sealed record InviteAgent(Guid Leg, Guid Agent, TimeSpan RingTime, bool Resumes = false) : CallAction;

/// <summary>Calls a number outside by a trunk; the same is reported as of an agent's devices.</summary>
internal sealed record DialOut(Guid Leg, string Number, TimeSpan RingTime) : CallAction;

/// <summary>CANCEL or BYE to the agent's devices, whatever state they are in. Nothing more is reported of the leg.</summary>
internal sealed record DropAgent(Guid Leg, bool Transferred = false) : CallAction;

/// <summary>Caller and leg hear each other.</summary>
internal sealed record Bridge(Guid Leg) : CallAction;

/// <summary>The caller is alone.</summary>
internal sealed record Unbridge : CallAction;

/// <summary>The caller hears music, the leg silence; neither hears the other.</summary>
internal sealed record HoldBridge(Guid Leg) : CallAction;

/// <summary>A speaker and the legs that hear it, the caller's among them.</summary>
internal sealed record Voice(Guid Leg, IReadOnlyList<Guid> HeardBy);

/// <summary>Who hears whom, when it is more than caller and one leg. A leg that has a voice and is not named hears silence; a caller who is not named hears music.</summary>
internal sealed record Mix(IReadOnlyList<Voice> Voices) : CallAction;

/// <summary>Sends key presses to the leg, which may be the caller's.</summary>
internal sealed record SendKeys(Guid Leg, string Digits) : CallAction;

/// <summary>From now on both channels hold silence, or sound again.</summary>
internal sealed record MuteRecording(Guid Recording, bool Muted) : CallAction;

/// <summary>Keys of the caller's reach no other leg and no recording, or again they do.</summary>
internal sealed record ClampTones(bool Clamped) : CallAction;

internal sealed record KeepCardDigit(CardField Field, char Digit) : CallAction
{
    /// <summary>What is printed of it never holds the digit.</summary>
    public override string ToString() => $"KeepCardDigit({Field})";
}

/// <summary>Wipes a field's digits, or all.</summary>
internal sealed record ForgetCard(CardField? Field) : CallAction;

/// <summary>Asks the payment service; CardAnswered follows, unless the collection is over by then.</summary>
internal sealed record SendCard(CollectCard Order, Guid Agent) : CallAction;

/// <summary>Listens who answered on the leg, which may be the caller's; AnswerHeard follows.</summary>
internal sealed record ListenForAnswer(Guid Leg, TimeSpan AtMost) : CallAction;

/// <summary>Ends the measuring of speech; SpeechStopped follows in any case.</summary>
internal sealed record StopSpeech : CallAction;

internal sealed record StartRecording(Guid Recording, Guid Leg, Guid Agent) : CallAction;

/// <summary>Plays the beep before a message; its end is reported as PlaybackOver of the command.</summary>
internal sealed record Beep(Guid Command) : CallAction;

/// <summary>Records the caller alone; so much silence is reported once as MessageSilent.</summary>
internal sealed record StartMessage(Guid Recording, TimeSpan Silence) : CallAction;

/// <summary>RecordingStopped follows in any case.</summary>
internal sealed record StopRecording(Guid Recording) : CallAction;

/// <summary>Everything is over: the call leaves the registry of live calls.</summary>
internal sealed record Close : CallAction;
