using CallCenter.Contracts.Telephony;
using Microsoft.Extensions.Logging;

namespace CallCenter.Ivr;

internal static partial class Log
{
    /// <summary>A warning, unless the caller has gone or another service has taken the call over meanwhile: that is a call's usual end.</summary>
    public static void CommandNotDone(ILogger logger, CallCommand command, CommandResult result) => CommandNotDone(
        logger, result.Outcome is CommandOutcome.NoSuchCall or CommandOutcome.NotInControl ? LogLevel.Information : LogLevel.Warning,
        command.GetType().Name, result.Outcome, result.Detail, command.Tenant, command.Contact);

    [LoggerMessage(EventId = 1, Message = "{Command} was not done: {Outcome} {Detail} (tenant {Tenant}, contact {Contact})")]
    private static partial void CommandNotDone(ILogger logger, LogLevel level, string command, CommandOutcome outcome, string? detail, Guid tenant, Guid contact);

    [LoggerMessage(2, LogLevel.Error, "{Command} was not sent: too many wait for the contact (tenant {Tenant}, contact {Contact})")]
    public static partial void CommandDropped(ILogger logger, string command, Guid tenant, Guid contact);

    [LoggerMessage(3, LogLevel.Error, "A command's result could not be acted on (contact {Contact}); the flow's deadline or next event goes on")]
    public static partial void ResultLost(ILogger logger, Exception e, Guid contact);

    [LoggerMessage(4, LogLevel.Error, "Live flows could not be looked after; trying again in a second")]
    public static partial void OverdueFailed(ILogger logger, Exception e);

    [LoggerMessage(5, LogLevel.Information, "Prompt {Prompt} of tenant {Tenant} spoken: {Milliseconds} ms of {Language}")]
    public static partial void PromptSpoken(ILogger logger, Guid prompt, Guid tenant, long milliseconds, string language);

    [LoggerMessage(6, LogLevel.Information, "Flow {Flow} of tenant {Tenant} has version {Version}")]
    public static partial void FlowPut(ILogger logger, Guid flow, Guid tenant, int version);

    [LoggerMessage(7, LogLevel.Warning, "A caller's place could not be told (tenant {Tenant}, contact {Contact}); the music goes on")]
    public static partial void PlaceUnknown(ILogger logger, Exception e, Guid tenant, Guid contact);

    [LoggerMessage(8, LogLevel.Warning, "A caller's place was not asked for: too many wait to be told (tenant {Tenant}, contact {Contact})")]
    public static partial void PlaceNotAsked(ILogger logger, Guid tenant, Guid contact);

    [LoggerMessage(9, LogLevel.Warning, "What a caller chose in the queue was not answered in speech (tenant {Tenant}, contact {Contact}); the music goes on")]
    public static partial void NotSpoken(ILogger logger, Exception e, Guid tenant, Guid contact);
}
