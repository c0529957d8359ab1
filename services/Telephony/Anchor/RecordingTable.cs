using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Anchor;

/// <summary>
/// Which recording a conversation has. One that loses its agent (reload, killed page, cut network) goes on with the caller alone, and with
/// the agent who is back; it ends when somebody else has the caller, when a message begins, or after <see cref="ReturnTime"/>.
/// </summary>
internal static class RecordingTable
{
    /// <summary>Longer than Routing keeps the caller's place for the agent (20 s) with the prompt before it and the ring after it.</summary>
    public static readonly TimeSpan ReturnTime = TimeSpan.FromSeconds(60);

    /// <summary>What is asked to be recorded of a leg that gets the caller: null where the recording of the same agent goes on.</summary>
    public static Guid? Join(Turn turn, LegView leg, Guid? asked)
    {
        if (turn.State.Kept is not { } kept)
        {
            return asked;
        }
        if (asked is null || kept.Agent != leg.Agent)
        {
            StopKept(turn);
            return asked;
        }
        turn.Do(new Disarm(new(TimerKind.Return)));
        turn.State = turn.State with { Kept = null, Recordings = turn.State.Recordings.SetItem(kept.Recording, leg.Leg) };
        return null;
    }

    /// <summary>The leg is over. <paramref name="agentMayReturn"/>: it was lost, and the caller is alone.</summary>
    public static void Leave(Turn turn, LegView leg, bool agentMayReturn)
    {
        foreach (var (recording, _) in turn.State.Recordings.Where(one => one.Value == leg.Leg))
        {
            if (agentMayReturn && turn.State.Kept is null)
            {
                turn.State = turn.State with { Kept = new(recording, leg.Agent) };
                turn.Do(new Arm(new(TimerKind.Return), ReturnTime));
            }
            else
            {
                turn.Do(new StopRecording(recording));
            }
        }
    }

    /// <summary>The agent is not waited for any more.</summary>
    public static void StopKept(Turn turn)
    {
        if (turn.State.Kept is { } kept)
        {
            turn.Do(new Disarm(new(TimerKind.Return)));
            turn.State = turn.State with { Kept = null };
            turn.Do(new StopRecording(kept.Recording));
        }
    }
}
