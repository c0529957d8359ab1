using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Anchor;

/// <summary>A supervisor in an agent's conversation. What is heard by whom is <see cref="VoiceTable"/>'s.</summary>
internal static class MonitorTable
{
    public static void Offer(Turn turn, MonitorLeg order)
    {
        turn.State = turn.State with { LegIds = turn.State.LegIds.Add(order.Leg) };
        LegTable.Set(turn, new(order.Leg, order.Supervisor, order.CommandId, LegPhase.Offered)
        {
            Role = LegRole.Supervisor, Mode = order.Mode, Target = order.Target,
        });
        turn.Do(new InviteAgent(order.Leg, order.Supervisor, LegTable.RingTime(turn, order.RingMs)));
    }

    /// <summary>The supervisor's phone answered, or the mode changed.</summary>
    public static void Join(Turn turn, LegView supervisor)
    {
        if (LegTable.Find(turn, supervisor.Target) is not { HasVoice: true } target)
        {
            LegTable.End(turn, supervisor, LegEnd.Ended);
            return;
        }
        LegTable.Set(turn, supervisor with { Phase = LegPhase.Connected });
        if (supervisor.Mode == MonitorMode.TakeOver)
        {
            turn.State = turn.State with { Bridged = supervisor.Leg };
        }
        VoiceTable.Arrange(turn);
        turn.Tell(supervisor, new MonitorStarted(supervisor.Agent, target.Agent, supervisor.Mode));
        if (supervisor.Mode == MonitorMode.TakeOver)
        {
            LegTable.End(turn, target, LegEnd.Ended);
        }
    }

    /// <summary>The watched leg is over: who looked in goes too. One who had barged in keeps the caller when nobody else does.</summary>
    public static void Leave(Turn turn, LegView gone)
    {
        foreach (var supervisor in turn.State.Legs.Values.Where(leg => leg.Role == LegRole.Supervisor && leg.Target == gone.Leg && !leg.IsWithCaller).ToList())
        {
            LegTable.Withdraw(turn, supervisor);
        }
    }

    /// <summary>Whom the caller stays with when the last leg leaves that had it: one who had barged in there.</summary>
    public static LegView? Heir(Turn turn, LegView gone)
    {
        if (turn.State.Legs.Values.FirstOrDefault(leg => leg.LooksIn && leg.Target == gone.Leg && leg.Mode == MonitorMode.Barge) is not { } supervisor)
        {
            return null;
        }
        LegTable.Set(turn, supervisor with { Mode = MonitorMode.TakeOver });
        turn.Tell(supervisor, new MonitorStarted(supervisor.Agent, gone.Agent, MonitorMode.TakeOver));
        return supervisor;
    }
}
