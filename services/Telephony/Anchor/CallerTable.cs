using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Anchor;

/// <summary>The caller's leg at work for a command: clips and digits; a message is <see cref="MessageTable"/>.</summary>
internal static class CallerTable
{
    public static void Play(Turn turn, Play play)
    {
        StopActivity(turn);
        turn.State = turn.State with { Activity = new Playing(play.CommandId, turn.Now, play.Interruptible) };
        if (play.Interruptible && turn.State.TypedAhead.Length > 0)
        {
            Finish(turn, new PlayFinished(play.CommandId, PlayOutcome.Interrupted, 0));
            return;
        }
        turn.Do(new StartPlaying(play.CommandId, play.Clips, play.Loop));
    }

    public static void Collect(Turn turn, Collect collect)
    {
        StopActivity(turn);
        var typed = collect.Clear ? "" : turn.State.TypedAhead;
        turn.State = turn.State with { TypedAhead = "", Activity = new Collecting(collect, "", Prompting: collect.Clips.Count > 0 && typed.Length == 0) };
        foreach (var digit in typed)
        {
            Press(turn, digit);
        }
        if (typed.Length > 0)
        {
            return;
        }
        if (collect.Clips.Count > 0)
        {
            turn.Do(new StartPlaying(collect.CommandId, collect.Clips, Loop: false));
        }
        else
        {
            Await(turn, collect.FirstDigitMs);
        }
    }

    /// <summary>Ends what the leg does for a command and tells so.</summary>
    public static void StopActivity(Turn turn)
    {
        turn.Do(new StopPlayback());
        switch (turn.State.Activity)
        {
            case Playing p:
                Finish(turn, new PlayFinished(p.Command, PlayOutcome.Stopped, Math.Max(0, (long)(turn.Now - p.Since).TotalMilliseconds)));
                break;
            case Collecting c:
                Finish(turn, new DigitsCollected(c.Command, CollectOutcome.Stopped, c.Digits));
                break;
            case Messaging m:
                MessageTable.End(turn, m);
                break;
        }
    }

    public static void PlaybackOver(Turn turn, PlaybackOver over)
    {
        switch (turn.State.Activity)
        {
            case Playing p when p.Command == over.Command:
                Finish(turn, new PlayFinished(p.Command, over.Outcome, over.PlayedMs));
                break;
            case Collecting { Prompting: true } c when c.Command == over.Command:
                turn.State = turn.State with { Activity = c with { Prompting = false } };
                Await(turn, c.Order.FirstDigitMs);
                break;
            case Messaging { Beeping: true } m when m.Command == over.Command:
                MessageTable.Record(turn, m);
                break;
        }
    }

    public static void Digit(Turn turn, DigitPressed pressed)
    {
        turn.State = turn.State with { DigitWay = turn.State.DigitWay ?? pressed.Way };
        if (turn.State.DigitWay != pressed.Way)
        {
            return;
        }
        if (turn.State.Card is { } card)
        {
            CardTable.Digit(turn, card, pressed.Digit);
        }
        else
        {
            Press(turn, pressed.Digit);
        }
    }

    /// <summary>A key for what the leg is at, or for what it will be asked next. Keys in a conversation are the other party's.</summary>
    private static void Press(Turn turn, char digit)
    {
        switch (turn.State.Activity)
        {
            case Collecting c:
                Collected(turn, c, digit);
                break;
            case Messaging m:
                MessageTable.Digit(turn, m, digit);
                break;
            case Playing { Interruptible: true } p:
                turn.Do(new StopPlayback());
                turn.State = turn.State with { TypedAhead = digit.ToString() };
                Finish(turn, new PlayFinished(p.Command, PlayOutcome.Interrupted, Math.Max(0, (long)(turn.Now - p.Since).TotalMilliseconds)));
                break;
            case var _ when turn.State is { Bridged: null, TypedAhead.Length: < CommandTable.DigitsMax }:
                turn.State = turn.State with { TypedAhead = turn.State.TypedAhead + digit };
                break;
        }
    }

    private static void Collected(Turn turn, Collecting c, char digit)
    {
        if (c.Prompting)
        {
            turn.Do(new StopPlayback());
        }
        if (c.Order.Terminators.Contains(digit, StringComparison.Ordinal))
        {
            Finish(turn, new DigitsCollected(c.Command, CollectOutcome.Complete, c.Digits));
            return;
        }
        var digits = c.Digits + digit;
        if (digits.Length >= c.Order.MaxDigits)
        {
            Finish(turn, new DigitsCollected(c.Command, CollectOutcome.Complete, digits));
            return;
        }
        turn.State = turn.State with { Activity = c with { Digits = digits, Prompting = false } };
        Await(turn, c.Order.NextDigitMs);
    }

    public static void DigitTimeout(Turn turn)
    {
        if (turn.State.Activity is Collecting { Prompting: false } c)
        {
            Finish(turn, new DigitsCollected(c.Command, c.Digits.Length == 0 ? CollectOutcome.NoInput : CollectOutcome.Incomplete, c.Digits));
        }
    }

    private static void Await(Turn turn, int milliseconds) =>
        turn.Do(new Arm(new(TimerKind.Digit), TimeSpan.FromMilliseconds(milliseconds)));

    private static void Finish(Turn turn, Contracts.ContactEvent result)
    {
        if (turn.State.Activity is Collecting)
        {
            turn.Do(new Disarm(new(TimerKind.Digit)));
        }
        var command = turn.State.Activity!.Command;
        turn.State = turn.State with { Activity = null };
        turn.Tell(result with { Leg = turn.State.CallerLeg }, command);
    }
}
