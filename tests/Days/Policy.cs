namespace CallCenter.Days;

/// <summary>By what rules a day is played.</summary>
internal enum Policy
{
    /// <summary>As the trace has it: the longest idle agent, the priorities of queues and profiles.</summary>
    AsConfigured,

    /// <summary>The longest idle agent, the oldest contact; no priorities.</summary>
    LongestIdle,

    /// <summary>The longest idle agent, the contact of the queue that goes strictly before the others.</summary>
    StrictPriority,

    /// <summary>By the risk of missing service levels; no priorities.</summary>
    ServiceLevelRisk,
}
