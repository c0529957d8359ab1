using Microsoft.Extensions.Logging;

namespace CallCenter.Recording;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "Recording {Recording} of tenant {Tenant} was told started, but its id belongs to another tenant; it is not kept")]
    public static partial void ForeignRecording(ILogger logger, Guid recording, Guid tenant);

    [LoggerMessage(2, LogLevel.Error, "Recording {Recording} of tenant {Tenant} was told ended, but nothing of it is known; it will not be sealed")]
    public static partial void UnknownRecording(ILogger logger, Guid recording, Guid tenant);

    [LoggerMessage(4, LogLevel.Error, "Blocks of recording {Recording} of tenant {Tenant} were not stored; the gateway sends them again. {Reason}")]
    public static partial void ObjectNotStored(ILogger logger, Guid recording, Guid tenant, string reason);

    [LoggerMessage(5, LogLevel.Error, "Recording {Recording} of tenant {Tenant} cannot be read from object storage. {Reason}")]
    public static partial void ObjectNotRead(ILogger logger, Guid recording, Guid tenant, string reason);

    [LoggerMessage(3, LogLevel.Error, "Recording {Recording} of tenant {Tenant} is damaged")]
    public static partial void Damaged(ILogger logger, Exception e, Guid recording, Guid tenant);
}
