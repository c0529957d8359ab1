namespace CallCenter.Reporting.Reports;

/// <summary>A queue's figures of a period; the period in the report's time zone.</summary>
internal sealed record QueueReportItem(Guid Queue, DateTimeOffset From, DateTimeOffset To, IReadOnlyDictionary<string, MetricValue> Metrics);

/// <summary>An agent's figures of a period; the period in the report's time zone.</summary>
internal sealed record AgentReportItem(Guid Agent, DateTimeOffset From, DateTimeOffset To, IReadOnlyDictionary<string, MetricValue> Metrics);

/// <summary>Figures by period and then by queue or agent; one without facts in a period has no item there.</summary>
/// <param name="Definitions">By metric id.</param>
/// <param name="TimeZone">IANA name of the zone whose wall clock makes the periods.</param>
internal sealed record Report<TItem>(IReadOnlyList<TItem> Items, IReadOnlyDictionary<string, MetricDefinition> Definitions, string TimeZone);

/// <summary>The present day so far, from local midnight.</summary>
/// <param name="Metrics">Of all queues together: a contact that entered two queues counts in both.</param>
internal sealed record TodayReport(
    Guid Tenant, DateTimeOffset From, DateTimeOffset To, IReadOnlyDictionary<string, MetricValue> Metrics,
    IReadOnlyList<QueueReportItem> Items, IReadOnlyDictionary<string, MetricDefinition> Definitions, string TimeZone);
