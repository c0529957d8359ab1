using static CallCenter.Reporting.Reports.Metrics;

namespace CallCenter.Reporting.Reports;

/// <summary>Sums of the facts of contacts that entered a queue in a period. Times in milliseconds.</summary>
internal sealed record QueueSums
{
    public long Offered { get; init; }

    public long Answered { get; init; }

    public long Abandoned { get; init; }

    public long ShortAbandoned { get; init; }

    public long FlowOut { get; init; }

    public long TimedOut { get; init; }

    public long NoAgent { get; init; }

    public long Failed { get; init; }

    public long StillWaiting { get; init; }

    /// <summary>Answered not later than the queue's target.</summary>
    public long AnsweredWithin { get; init; }

    /// <summary>Abandoned, not short, not later than the queue's target.</summary>
    public long AbandonedWithin { get; init; }

    /// <summary>Of those answered.</summary>
    public long WaitMs { get; init; }

    public long LongestWaitMs { get; init; }

    /// <summary>Agent legs answered.</summary>
    public long Legs { get; init; }

    public long Held { get; init; }

    public long Transferred { get; init; }

    public long TalkMs { get; init; }

    public long HoldMs { get; init; }

    public long ConsultMs { get; init; }

    public long WrapUpMs { get; init; }

    /// <summary>Who spoke how long, of the contacts where it was measured.</summary>
    public long ConversationMs { get; init; }

    public long CallerSpeechMs { get; init; }

    public long AgentSpeechMs { get; init; }

    public long TalkOverMs { get; init; }

    public long SilenceMs { get; init; }

    public long LongestSilenceMs { get; init; }

    public long HandlingMs => TalkMs + HoldMs + ConsultMs + WrapUpMs;

    public static QueueSums operator +(QueueSums a, QueueSums b) => new()
    {
        Offered = a.Offered + b.Offered,
        Answered = a.Answered + b.Answered,
        Abandoned = a.Abandoned + b.Abandoned,
        ShortAbandoned = a.ShortAbandoned + b.ShortAbandoned,
        FlowOut = a.FlowOut + b.FlowOut,
        TimedOut = a.TimedOut + b.TimedOut,
        NoAgent = a.NoAgent + b.NoAgent,
        Failed = a.Failed + b.Failed,
        StillWaiting = a.StillWaiting + b.StillWaiting,
        AnsweredWithin = a.AnsweredWithin + b.AnsweredWithin,
        AbandonedWithin = a.AbandonedWithin + b.AbandonedWithin,
        WaitMs = a.WaitMs + b.WaitMs,
        LongestWaitMs = Math.Max(a.LongestWaitMs, b.LongestWaitMs),
        Legs = a.Legs + b.Legs,
        Held = a.Held + b.Held,
        Transferred = a.Transferred + b.Transferred,
        TalkMs = a.TalkMs + b.TalkMs,
        HoldMs = a.HoldMs + b.HoldMs,
        ConsultMs = a.ConsultMs + b.ConsultMs,
        WrapUpMs = a.WrapUpMs + b.WrapUpMs,
        ConversationMs = a.ConversationMs + b.ConversationMs,
        CallerSpeechMs = a.CallerSpeechMs + b.CallerSpeechMs,
        AgentSpeechMs = a.AgentSpeechMs + b.AgentSpeechMs,
        TalkOverMs = a.TalkOverMs + b.TalkOverMs,
        SilenceMs = a.SilenceMs + b.SilenceMs,
        LongestSilenceMs = Math.Max(a.LongestSilenceMs, b.LongestSilenceMs),
    };
}

/// <summary>
/// The metrics of queues. They belong to the period in which the contact first entered the queue; t is the queue's service
/// level target in seconds when it did, and a wait of exactly t is within it.
/// </summary>
internal static class QueueMetrics
{
    public static readonly IReadOnlyList<Metric<QueueSums>> All =
    [
        Count("offered", "contacts that entered the queue = answered + abandoned + short_abandoned + flow_out + timed_out + no_agent + failed + still_waiting", s => s.Offered),
        Count("answered", "contacts that an agent answered for this queue", s => s.Answered),
        Count("abandoned", "caller left before an answer, not before the queue's short-abandon threshold", s => s.Abandoned),
        Count("short_abandoned", "caller left before an answer and before the queue's short-abandon threshold", s => s.ShortAbandoned),
        Count("flow_out", "left unanswered for another queue, voicemail, callback or self-service", s => s.FlowOut),
        Count("timed_out", "taken out at the queue's longest wait", s => s.TimedOut),
        Count("no_agent", "taken out because no agent serves the queue", s => s.NoAgent),
        Count("failed", "ended by a failure on our side while it waited", s => s.Failed),
        Count("still_waiting", "neither answered nor gone yet", s => s.StillWaiting),
        new("service_level_answered", 1, "answered within t / answered", Units.Ratio, s => Ratio(s.AnsweredWithin, s.Answered)),
        new("service_level_default", 1, "answered within t / (answered + abandoned)", Units.Ratio, s => Ratio(s.AnsweredWithin, s.Answered + s.Abandoned)),
        new("service_level_offered", 1, "(answered within t + abandoned within t) / (offered - short_abandoned)", Units.Ratio,
            s => Ratio(s.AnsweredWithin + s.AbandonedWithin, s.Offered - s.ShortAbandoned)),
        new("abandon_rate", 1, "abandoned / offered", Units.Ratio, s => Ratio(s.Abandoned, s.Offered)),
        new("asa", 1, "sum of wait of answered / answered", Units.Milliseconds, s => Ratio(s.WaitMs, s.Answered)),
        new("longest_wait", 1, "longest wait that has ended, however it ended", Units.Milliseconds, s => s.LongestWaitMs),
        Count("handled", "agent legs answered", s => s.Legs),
        new("handling_time", 1, "talk + hold + consult + wrap-up of agent legs, as far as they have ended", Units.Milliseconds, s => s.HandlingMs),
        new("aht", 1, "handling_time / handled", Units.Milliseconds, s => Ratio(s.HandlingMs, s.Legs)),
        new("hold_rate", 1, "handled with at least one hold / handled", Units.Ratio, s => Ratio(s.Held, s.Legs)),
        new("transfer_rate", 1, "handled whose agent handed the contact on (to an agent, a number or a queue), or after which it entered another queue / handled", Units.Ratio, s => Ratio(s.Transferred, s.Legs)),
        new("agent_talk_share", 1, "time the agents' side spoke / (time it spoke + time the caller spoke), conversations without holds and consults", Units.Ratio,
            s => Ratio(s.AgentSpeechMs, s.AgentSpeechMs + s.CallerSpeechMs)),
        new("talk_over_rate", 1, "time both spoke / time in conversation", Units.Ratio, s => Ratio(s.TalkOverMs, s.ConversationMs)),
        new("silence_rate", 1, "time nobody spoke / time in conversation", Units.Ratio, s => Ratio(s.SilenceMs, s.ConversationMs)),
        new("longest_silence", 1, "longest stretch of a conversation in which nobody spoke", Units.Milliseconds, s => s.ConversationMs == 0 ? null : s.LongestSilenceMs),
    ];

    private static Metric<QueueSums> Count(string id, string formula, Func<QueueSums, long> count) => new(id, 1, formula, Units.Count, s => count(s));
}
