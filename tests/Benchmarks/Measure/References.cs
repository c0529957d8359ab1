namespace CallCenter.Benchmarks.Measure;

/// <summary>
/// Figures of Asterisk (master of August 2026), measured on the same kind of machine: 2 cores shared with the load tool.
/// Where a range was measured, its upper end.
/// </summary>
internal static class References
{
    public const string Source = "Asterisk, master of August 2026, same kind of machine";

    /// <summary>CPU milliseconds a call for queue set-up without media, history or database.</summary>
    public const double SetUpCpuMs = 7.5;

    /// <summary>CPU seconds for 1,000 call-seconds bridged and recorded (4.4 to 5.2).</summary>
    public const double RecordedTalkCpuSeconds = 5.2;

    /// <summary>CPU seconds for 1,000 call-seconds bridged, not recorded (2.1 to 2.3).</summary>
    public const double TalkCpuSeconds = 2.3;

    /// <summary>CPU seconds for 1,000 seconds of waiting with music.</summary>
    public const double MusicCpuSeconds = 1.5;

    /// <summary>Longest wait of a freed agent for the next call, milliseconds (59 to 993).</summary>
    public const double FreedAgentMs = 993;
}
