using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Schema {Service}: applied migration {Name}")]
    public static partial void Migrated(ILogger logger, string service, string name);

    [LoggerMessage(2, LogLevel.Warning, "Schema {Service}: the database does not answer yet ({Reason})")]
    public static partial void WaitingForDatabase(ILogger logger, string service, string reason);
}
