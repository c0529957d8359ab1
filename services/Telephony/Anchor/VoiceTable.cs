using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Anchor;

/// <summary>
/// Who hears whom, derived from the state alone. There are two conversations: the caller's, and one apart while an agent consults.
/// A supervisor hears that of the watched leg; who hears the supervisor is the mode.
/// </summary>
internal static class VoiceTable
{
    /// <summary>Arranges the voices as the state now wants them.</summary>
    public static void Arrange(Turn turn) => turn.Do(Of(turn.State));

    private static CallAction Of(CallState state)
    {
        var voices = state.Legs.Values.Where(leg => leg.HasVoice).ToList();
        return voices switch
        {
            [] => new Unbridge(),
            [{ Phase: LegPhase.Connected } one] when one.Leg == state.Bridged => one.IsHeld ? new HoldBridge(one.Leg) : new Bridge(one.Leg),
            _ => new Mix([.. Voices(state, voices)]),
        };
    }

    private static IEnumerable<Voice> Voices(CallState state, List<LegView> voices)
    {
        List<Guid> apart = [.. voices.Where(leg => leg.Phase == LegPhase.Consulting && !leg.IsHeld).Select(leg => leg.Leg)];
        List<Guid> callers = [.. voices.Where(leg => leg.IsWithCaller && !leg.IsHeld).Select(leg => leg.Leg)];
        if (callers.Count > 0)
        {
            callers.Insert(0, state.CallerLeg);
        }
        foreach (var conversation in (List<Guid>[])[callers, apart])
        {
            var watching = voices.Where(leg => leg.LooksIn && !leg.IsHeld && conversation.Contains(leg.Target)).ToList();
            List<Guid> hearing = [.. conversation, .. watching.Select(leg => leg.Leg)];
            foreach (var speaker in conversation)
            {
                yield return new Voice(speaker, [.. hearing.Where(leg => leg != speaker)]);
            }
            foreach (var supervisor in watching)
            {
                yield return new Voice(supervisor.Leg, supervisor.Mode switch
                {
                    MonitorMode.Listen => [],
                    MonitorMode.Whisper => [supervisor.Target],
                    _ => [.. hearing.Where(leg => leg != supervisor.Leg)],
                });
            }
        }
    }
}
