using Microsoft.Extensions.Logging;

namespace CallCenter.Grains;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "{Grain} could not be activated; its callers get the failure")]
    public static partial void ActivationFailed(ILogger logger, GrainId grain, Exception failure);

    [LoggerMessage(2, LogLevel.Warning, "{Grain} failed while it was deactivated; it is gone all the same")]
    public static partial void DeactivationFailed(ILogger logger, GrainId grain, Exception failure);

    [LoggerMessage(3, LogLevel.Error, "A timer of {Grain} failed; it ticks on")]
    public static partial void TimerFailed(ILogger logger, GrainId grain, Exception failure);

    [LoggerMessage(4, LogLevel.Error, "Reminder {Reminder} of {GrainType}/{GrainKey} failed; it comes again")]
    public static partial void ReminderFailed(ILogger logger, string reminder, string grainType, string grainKey, Exception failure);

    [LoggerMessage(5, LogLevel.Warning, "Stopped with {Count} grains still busy, among them {Examples}")]
    public static partial void DrainIncomplete(ILogger logger, int count, string examples);
}
