using System.Text.Json.Serialization;

namespace CallCenter.Routing.Queues;

/// <summary>What says that a queue needs help.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OverflowMeasure>))]
internal enum OverflowMeasure
{
    /// <summary>Contacts that have a place.</summary>
    Waiting,

    /// <summary>Seconds that the longest has waited.</summary>
    LongestWait,

    /// <summary>Seconds that the next caller would be told to wait.</summary>
    EstimatedWait,

    /// <summary>Percent of the last quarter of an hour answered within the queue's target.</summary>
    ServiceLevel,
}

/// <summary>
/// Agents of another queue who help this one while its load is high. Two thresholds, so that help does not come and go with every contact:
/// it comes when the measure has reached <paramref name="On"/> and goes when it is back at <paramref name="Off"/>.
/// </summary>
/// <param name="AgentsOf">The queue whose agents help; those who meet what this queue asks for.</param>
/// <param name="On">In the measure's unit. The service level comes in when it is below.</param>
/// <param name="Off">Less than <paramref name="On"/>; for the service level more.</param>
/// <param name="Priority">This queue's in the helpers' profiles, 1 to 99.</param>
internal sealed record OverflowGroup(Guid AgentsOf, OverflowMeasure Measure, int On, int Off, int Priority = 60)
{
    /// <summary>Whether the group helps from now on.</summary>
    /// <param name="isIn">Whether it does now.</param>
    public bool Helps(bool isIn, in QueueLoad load) => (Measure, isIn) switch
    {
        (OverflowMeasure.ServiceLevel, false) => load.ServiceLevel < On,
        (OverflowMeasure.ServiceLevel, true) => load.ServiceLevel < Off,
        (_, false) => load.Of(Measure) >= On,
        (_, true) => load.Of(Measure) > Off,
    };
}

/// <summary>A queue's load at a moment.</summary>
/// <param name="EstimatedWait">In seconds; null when nothing can be said.</param>
/// <param name="ServiceLevel">In percent; null when nobody was served and nobody left.</param>
internal readonly record struct QueueLoad(int Waiting, double LongestWait, double? EstimatedWait, double? ServiceLevel)
{
    public double? Of(OverflowMeasure measure) => measure switch
    {
        OverflowMeasure.Waiting => Waiting,
        OverflowMeasure.LongestWait => LongestWait,
        OverflowMeasure.EstimatedWait => EstimatedWait,
        _ => ServiceLevel,
    };
}
