using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Trunks;

namespace CallCenter.Telephony.Anchor;

/// <summary>What can happen to a call: commands, what the caller does, what media and the agents' legs report, timers.</summary>
internal abstract record CallInput;

/// <summary>The INVITE was admitted.</summary>
internal sealed record Arrive(CallArrived Arrival) : CallInput;

/// <summary>A call of ours was asked for and may be made.</summary>
internal sealed record Place(CallPlaced Placing) : CallInput;

/// <summary>An INVITE left by the trunk for the other side of a placed call.</summary>
internal sealed record CallerInvited(string Number, string Trunk) : CallInput;

/// <summary>The other side answered, and its audio fits.</summary>
internal sealed record CallerTook(string Codec) : CallInput;

/// <summary>The other side did not answer.</summary>
internal sealed record CallerDeclined(string Number, LegRefusal Refusal, int SipStatus) : CallInput;

/// <summary>The day's cost does not pay another minute of the placed call.</summary>
internal sealed record CallerUnpaid : CallInput;

/// <param name="Refusal">Why the gateway cannot do it now, whatever the call's state: no trunk, a limit; null when it can.</param>
internal sealed record Command(CallCommand Order, DialRefusal? Refusal = null) : CallInput;

/// <summary>BYE or CANCEL of the caller.</summary>
internal sealed record CallerHungUp : CallInput;

/// <summary>The caller's media or signalling is silent.</summary>
internal sealed record CallerLost : CallInput;

internal sealed record DigitPressed(char Digit, DigitWay Way) : CallInput
{
    /// <summary>What is printed of it never holds the digit.</summary>
    public override string ToString() => $"DigitPressed({Way})";
}

/// <summary>The payment service's word.</summary>
internal sealed record CardAnswered(Guid Collection, CardOutcome Outcome, string? Reference) : CallInput;

internal sealed record AnswerHeard(Guid Leg, AnswerKind Kind, long AfterMs, double Confidence, double? Hertz) : CallInput;

/// <param name="Speech">Null when it could not be had.</param>
internal sealed record SpeechStopped(SpeechMeasured? Speech) : CallInput;

/// <summary>The clips of a Play or Collect ended by themselves or could not be played.</summary>
internal sealed record PlaybackOver(Guid Command, PlayOutcome Outcome, long PlayedMs) : CallInput;

/// <summary>An INVITE left for the agent's devices.</summary>
internal sealed record LegInvited(Guid Leg) : CallInput;

/// <summary>An INVITE left by the trunk.</summary>
internal sealed record NumberInvited(Guid Leg, string Trunk) : CallInput;

internal sealed record LegRings(Guid Leg) : CallInput;

internal sealed record LegTaken(Guid Leg) : CallInput;

internal sealed record LegFailed(Guid Leg, LegRefusal Refusal, int SipStatus) : CallInput;

/// <summary>The agent's side of an accepted leg is over.</summary>
internal sealed record LegGone(Guid Leg, LegEnd End) : CallInput;

internal sealed record LegHeld(Guid Leg) : CallInput;

internal sealed record LegRetrieved(Guid Leg) : CallInput;

/// <summary>The phone of the leg sent a key by INFO.</summary>
internal sealed record LegPressed(Guid Leg, char Digit) : CallInput;

/// <summary>The phone of the leg asks to hand the caller on.</summary>
internal sealed record LegRefers(Guid Leg, Guid? ToAgent, string? Number, bool Attended) : CallInput;

/// <param name="SoundMs">Of a message: how much was not silence.</param>
internal sealed record RecordingStopped(Guid Recording, long Blocks, long LengthMs, long? SoundMs = null) : CallInput;

/// <summary>The caller has been silent in a message for as long as its order allows.</summary>
internal sealed record MessageSilent(Guid Recording) : CallInput;

internal sealed record TimerFired(CallTimer Timer) : CallInput;

/// <summary>The gateway stops: everything ends now.</summary>
internal sealed record GatewayStops : CallInput;

/// <summary>What a timer guards.</summary>
internal enum TimerKind
{
    /// <summary>The controller has to show itself.</summary>
    Control,

    /// <summary>The fallback's longest hold.</summary>
    Hold,

    /// <summary>The next digit.</summary>
    Digit,

    /// <summary>An accepted leg has to be connected.</summary>
    Connect,

    /// <summary>A message's greatest length.</summary>
    Message,

    /// <summary>A card's digits have to come.</summary>
    Card,

    /// <summary>The next digit of a card's field.</summary>
    CardPause,

    /// <summary>An agent who was lost has to be back, or its recording ends.</summary>
    Return,
}

/// <summary>A timer of a call; arming it again replaces it.</summary>
internal readonly record struct CallTimer(TimerKind Kind, Guid? Leg = null);
