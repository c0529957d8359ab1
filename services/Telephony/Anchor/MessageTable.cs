using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Anchor;

/// <summary>
/// A message that the caller leaves: beep -> recording -> terminator, silence, greatest length or another order. Like every recording
/// it is told as ended when its last block is on disk; a message is over before that.
/// </summary>
internal static class MessageTable
{
    public static void Begin(Turn turn, RecordMessage order)
    {
        CallerTable.StopActivity(turn);
        RecordingTable.StopKept(turn);
        turn.State = turn.State with { Activity = new Messaging(order, Beeping: true) };
        turn.Do(new Beep(order.CommandId));
    }

    /// <summary>The beep is over: from here on the caller is recorded.</summary>
    public static void Record(Turn turn, Messaging message)
    {
        var order = message.Order;
        turn.State = turn.State with
        {
            Activity = message with { Beeping = false },
            Recordings = turn.State.Recordings.Add(order.Recording, turn.State.CallerLeg),
        };
        turn.Do(new StartMessage(order.Recording, TimeSpan.FromMilliseconds(order.SilenceMs)));
        turn.Tell(new RecordingStarted(order.Recording, null) { Leg = turn.State.CallerLeg }, order.CommandId);
        turn.Do(new Arm(new(TimerKind.Message), TimeSpan.FromMilliseconds(order.MaxMs)));
    }

    public static void Digit(Turn turn, Messaging message, char digit)
    {
        if (!message.Beeping && message.Order.Terminators.Contains(digit, StringComparison.Ordinal))
        {
            End(turn, message);
        }
    }

    /// <summary>The caller said nothing for as long as the order allows.</summary>
    public static void Silent(Turn turn, Guid recording)
    {
        if (turn.State.Activity is Messaging { Beeping: false } message && message.Order.Recording == recording)
        {
            End(turn, message);
        }
    }

    public static void GreatestLength(Turn turn)
    {
        if (turn.State.Activity is Messaging { Beeping: false } message)
        {
            End(turn, message);
        }
    }

    /// <summary>Whatever ends the message: RecordingEnded follows, but for one that was still beeping.</summary>
    public static void End(Turn turn, Messaging message)
    {
        turn.State = turn.State with { Activity = null };
        if (!message.Beeping)
        {
            turn.Do(new Disarm(new(TimerKind.Message)));
            turn.Do(new StopRecording(message.Order.Recording));
        }
    }
}
