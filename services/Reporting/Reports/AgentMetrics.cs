using static CallCenter.Reporting.Reports.Metrics;

namespace CallCenter.Reporting.Reports;

/// <summary>Sums of the facts of an agent in a period. Times in milliseconds, split at the period's borders.</summary>
internal sealed record AgentSums
{
    /// <summary>Legs answered in the period.</summary>
    public long Legs { get; init; }

    public long Held { get; init; }

    /// <summary>Offers that ended in the period by no answer or by refusal.</summary>
    public long Missed { get; init; }

    /// <summary>Talk, hold, consult and wrap-up for the tenants asked for.</summary>
    public long TalkMs { get; init; }

    public long HoldMs { get; init; }

    public long ConsultMs { get; init; }

    public long WrapUpMs { get; init; }

    /// <summary>Talk, hold, consult and wrap-up for every tenant.</summary>
    public long BusyMs { get; init; }

    /// <summary>Idle while Available.</summary>
    public long IdleMs { get; init; }

    /// <summary>Idle in any other status.</summary>
    public long AwayMs { get; init; }

    /// <summary>Reserved and ringing.</summary>
    public long RingMs { get; init; }

    public long UnreachableMs { get; init; }

    public long HandlingMs => TalkMs + HoldMs + ConsultMs + WrapUpMs;

    public long LoggedInMs => BusyMs + IdleMs + AwayMs + RingMs + UnreachableMs;
}

/// <summary>The metrics of agents. Times are split at the periods' borders; the present state counts up to now.</summary>
internal static class AgentMetrics
{
    public static readonly IReadOnlyList<Metric<AgentSums>> All =
    [
        new("handled", 1, "agent legs answered in the period", Units.Count, s => s.Legs),
        new("missed_offers", 1, "offers that the agent did not answer or refused, in the period in which they ended", Units.Count, s => s.Missed),
        Time("talk_time", "time in state Talking", s => s.TalkMs),
        Time("hold_time", "time in state Hold", s => s.HoldMs),
        Time("consult_time", "time in state Consulting", s => s.ConsultMs),
        Time("wrap_up_time", "time in state WrapUp", s => s.WrapUpMs),
        Time("handling_time", "talk + hold + consult + wrap-up", s => s.HandlingMs),
        new("aht", 1, "handling_time / handled", Units.Milliseconds, s => Ratio(s.HandlingMs, s.Legs)),
        Time("idle_time", "time Idle while Available", s => s.IdleMs),
        Time("away_time", "time Idle in a status other than Available and LoggedOut", s => s.AwayMs),
        Time("ring_time", "time Reserved or Ringing", s => s.RingMs),
        Time("unreachable_time", "time logged in without a phone that can be rung", s => s.UnreachableMs),
        Time("logged_in_time", "handling time for all tenants + idle_time + away_time + ring_time + unreachable_time", s => s.LoggedInMs),
        new("occupancy", 1, "handling time for all tenants / (that + idle_time)", Units.Ratio, s => Ratio(s.BusyMs, s.BusyMs + s.IdleMs)),
        new("utilisation", 1, "handling time for all tenants / logged_in_time", Units.Ratio, s => Ratio(s.BusyMs, s.LoggedInMs)),
        new("hold_rate", 1, "handled with at least one hold / handled", Units.Ratio, s => Ratio(s.Held, s.Legs)),
    ];

    private static Metric<AgentSums> Time(string id, string formula, Func<AgentSums, long> milliseconds) => new(id, 1, formula, Units.Milliseconds, s => milliseconds(s));
}
