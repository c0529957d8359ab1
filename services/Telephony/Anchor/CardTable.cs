using System.Collections.Immutable;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Anchor;

/// <summary>A card's digits are being typed; the digits themselves are not in the state.</summary>
/// <param name="Field">Place in the order's fields.</param>
/// <param name="Count">Digits of it so far.</param>
/// <param name="Sent">The payment service has been asked.</param>
/// <param name="Muted">Recordings that are silent for it and were not before.</param>
internal sealed record CardCollection(CollectCard Order, int Field, int Count, bool Sent, ImmutableHashSet<Guid> Muted)
{
    public CardField Typing => Order.Fields[Field];
}

/// <summary>
/// Secure digits while a payment is taken: from the clamp on the caller's leg to the payment service's word.
/// <code>
///   CollectCard ──> typing field 1 .. n ──last field complete──> sent ──CardAnswered──> over
///                        └── CancelCard, either party gone, 3 min ─────────────────────────┘
/// </code>
/// A field is complete at its greatest length, at '#', or 4 s after the last key, when it is long enough. '*' begins it anew.
/// </summary>
internal static class CardTable
{
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(3), Pause = TimeSpan.FromSeconds(4);

    public const int ReferenceMax = 64;

    public static (int Min, int Max) LengthOf(CardField field) => field switch
    {
        CardField.Number => (12, 19),
        CardField.Expiry => (4, 4),
        _ => (3, 4),
    };

    public static void Begin(Turn turn, LegView leg, CollectCard order)
    {
        turn.Do(new ClampTones(true));
        ImmutableHashSet<Guid> muted = [.. turn.State.Recordings.Keys.Where(id => !turn.State.Paused.Contains(id))];
        foreach (var recording in muted)
        {
            turn.Do(new MuteRecording(recording, true));
            turn.Tell(new RecordingPaused(recording) { Leg = turn.State.Recordings[recording] });
        }
        turn.State = turn.State with { Card = new(order, 0, 0, Sent: false, muted), Paused = turn.State.Paused.Union(muted) };
        turn.Do(new Arm(new(TimerKind.Card), Longest));
        turn.Tell(new CardCollectionStarted(order.Collection, leg.Agent, order.Fields) { Leg = leg.Leg });
    }

    public static void Digit(Turn turn, CardCollection card, char digit)
    {
        if (card.Sent)
        {
            return;
        }
        var (min, max) = LengthOf(card.Typing);
        switch (digit)
        {
            case '*' or '#' when digit == '*' || card.Count < min:
                turn.Do(new ForgetCard(card.Typing));
                Typed(turn, card with { Count = 0 });
                break;
            case '#':
                Complete(turn, card);
                break;
            case >= '0' and <= '9':
                turn.Do(new KeepCardDigit(card.Typing, digit));
                Typed(turn, card with { Count = card.Count + 1 });
                if (card.Count + 1 == max)
                {
                    Complete(turn, turn.State.Card!);
                }
                break;
        }
    }

    /// <summary>No key for a while: whoever has typed enough is done with the field.</summary>
    public static void PauseIsOver(Turn turn)
    {
        if (turn.State.Card is { Sent: false } card && card.Count >= LengthOf(card.Typing).Min)
        {
            Complete(turn, card);
        }
    }

    private static void Typed(Turn turn, CardCollection card)
    {
        turn.State = turn.State with { Card = card };
        turn.Do(new Arm(new(TimerKind.CardPause), Pause));
        Tell(turn, card, sent: false);
    }

    private static void Complete(Turn turn, CardCollection card)
    {
        turn.Do(new Disarm(new(TimerKind.CardPause)));
        if (card.Field + 1 < card.Order.Fields.Count)
        {
            var next = card with { Field = card.Field + 1, Count = 0 };
            turn.State = turn.State with { Card = next };
            Tell(turn, next, sent: false);
            return;
        }
        turn.State = turn.State with { Card = card with { Sent = true } };
        turn.Do(new Disarm(new(TimerKind.Card)));
        Tell(turn, card, sent: true);
        turn.Do(new SendCard(card.Order, LegTable.Find(turn, card.Order.Leg)!.Agent));
    }

    /// <summary>The one end: whatever was clamped and muted for the collection is as before.</summary>
    public static void End(Turn turn, CardOutcome outcome, string? reference = null)
    {
        if (turn.State.Card is not { } card)
        {
            return;
        }
        turn.Do(new ForgetCard(null));
        turn.Do(new ClampTones(false));
        turn.Do(new Disarm(new(TimerKind.Card)));
        turn.Do(new Disarm(new(TimerKind.CardPause)));
        turn.State = turn.State with { Card = null, Paused = turn.State.Paused.Except(card.Muted) };
        foreach (var recording in card.Muted.Where(turn.State.Recordings.ContainsKey))
        {
            turn.Do(new MuteRecording(recording, false));
            turn.Tell(new RecordingResumed(recording) { Leg = turn.State.Recordings[recording] });
        }
        turn.Tell(new CardCollectionEnded(card.Order.Collection, outcome, reference) { Leg = card.Order.Leg });
    }

    private static void Tell(Turn turn, CardCollection card, bool sent) =>
        turn.Tell(new CardDigitsEntered(card.Order.Collection, card.Typing, card.Count, sent) { Leg = card.Order.Leg });
}
