using CallCenter.Contracts.Telephony;
using CallCenter.Media;
using CallCenter.Telephony.Cards;

namespace CallCenter.Telephony.Anchor;

/// <summary>What the call listens for: keys that are kept away, who answered, who speaks.</summary>
internal sealed partial class Call
{
    private static readonly TimeSpan SpeechStopTime = TimeSpan.FromSeconds(3);
    private readonly CardDigits card = new();

    private void DoWithSound(CallAction action)
    {
        switch (action)
        {
            case ClampTones c:
                arrival.Media.Leg.ClampTones(c.Clamped);
                break;
            case KeepCardDigit k:
                card.Add(k.Field, k.Digit);
                break;
            case ForgetCard f:
                card.Forget(f.Field);
                break;
            case SendCard s:
                Send(s);
                break;
            case ListenForAnswer l:
                MediaOf(l.Leg).DetectAnswer(l.AtMost);
                break;
            case StopSpeech:
                _ = Measured();
                break;
            default:
                DoAsPlaced(action);
                break;
        }
    }

    private void Send(SendCard order)
    {
        if (!card.HasRightCheckDigit())
        {
            Apply(new CardAnswered(order.Order.Collection, CardOutcome.Mistyped, null));
            return;
        }
        var asked = services.Payments.Pay(arrival.Number.Tenant.Payment!, new(Tenant, Contact, order.Agent, order.Order), card);
        card.Forget(null);
        _ = Answered();

        async Task Answered()
        {
            var answer = await asked;
            Post(() => Apply(new CardAnswered(order.Order.Collection, answer.Outcome, answer.Reference)));
        }
    }

    internal static AnswerHeard Of(Guid leg, Answer heard) =>
        new(leg, Enum.Parse<Contracts.Telephony.AnswerKind>(heard.Kind.ToString()), (long)heard.After.TotalMilliseconds, heard.Confidence, heard.Hertz);

    /// <summary>A media thread that has no time for it costs the figures, not the end of the call.</summary>
    private async Task Measured()
    {
        SpeechMeasured? speech = null;
        try
        {
            var f = await voices.StopSpeech().WaitAsync(SpeechStopTime, services.Clock);
            speech = f is null ? null : new SpeechMeasured(
                (long)f.Conversation.TotalMilliseconds, (long)f.Caller.TotalMilliseconds, (long)f.Others.TotalMilliseconds, (long)f.TalkOver.TotalMilliseconds,
                (long)f.Silence.TotalMilliseconds, (long)f.LongestSilence.TotalMilliseconds, voices.SpeechSince, (long)f.Slot.TotalMilliseconds, f.Slots);
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            Log.SpeechLost(services.Logger, Contact, Tenant, e.Message);
        }
        Post(() => Apply(new SpeechStopped(speech)));
    }
}
