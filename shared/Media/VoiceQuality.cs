namespace CallCenter.Media;

/// <summary>How well a voice was heard, by the E-model (ITU-T G.107) from what a leg has counted: narrowband, with G.711's values for every codec.</summary>
public static class VoiceQuality
{
    /// <summary>A leg that has received fewer packets (a second) says nothing.</summary>
    public const long PacketsMin = 50;

    // R0 - Is of G.107's defaults; Bpl of G.711 without concealment (G.113, appendix I): we pass on what came.
    private const double Undisturbed = 93.2, LossRobustness = 4.3, WorstImpairment = 95;

    // A packet, and what a phone keeps back at the least.
    private const double PacketMs = 20, PlayoutMs = 20, DelayThresholdMs = 177.3;

    /// <summary>Mean opinion score, 1 (bad) to 4.41 (undisturbed G.711), of what the leg has received; null when it was too little.</summary>
    public static double? Mos(LegStatistics leg) =>
        leg.PacketsReceived < PacketsMin ? null : Mos(100.0 * leg.PacketsLost / (leg.PacketsReceived + leg.PacketsLost), leg.JitterMs, leg.RoundTripMs ?? 0);

    /// <param name="lossPercent">Of the packets that were expected, at random.</param>
    /// <param name="jitterMs">Interarrival jitter (RFC 3550); a phone keeps twice as much back.</param>
    /// <param name="roundTripMs">0 when it is not known.</param>
    public static double Mos(double lossPercent, double jitterMs, double roundTripMs)
    {
        var delay = (roundTripMs / 2) + PacketMs + PlayoutMs + (2 * jitterMs);
        var delayed = (0.024 * delay) + (delay > DelayThresholdMs ? 0.11 * (delay - DelayThresholdMs) : 0);
        var lost = WorstImpairment * lossPercent / (lossPercent + LossRobustness);
        var r = Math.Clamp(Undisturbed - delayed - lost, 0, 100);
        return Math.Max(1, 1 + (0.035 * r) + (r * (r - 60) * (100 - r) * 7e-6)); // the polynomial dips below 1 near R = 3
    }
}
