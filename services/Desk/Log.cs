namespace CallCenter.Desk;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "A tab of user {User} is closed: {Waiting} messages waited for it")]
    public static partial void TooSlow(ILogger logger, Guid user, int waiting);

    [LoggerMessage(2, LogLevel.Error, "There are {Max} open tabs: a new one was refused")]
    public static partial void TooManyConnections(ILogger logger, int max);

    [LoggerMessage(3, LogLevel.Warning, "User {User} did not get a message '{Type}' of tenant {Tenant}, agent {Agent}, to which it has no right: give the user the tenant or team, or take the queue from the agent")]
    public static partial void NoRight(ILogger logger, Guid user, string type, Guid? tenant, Guid? agent);

    [LoggerMessage(4, LogLevel.Warning, "{What} could not be read: {Error}; screens show what was known, with its time")]
    public static partial void ReadFailed(ILogger logger, string what, string error);

    [LoggerMessage(5, LogLevel.Information, "{What} is read again")]
    public static partial void ReadAgain(ILogger logger, string what);

    [LoggerMessage(6, LogLevel.Warning, "More than {Max} contacts are live: the oldest are read from their owners when they are needed")]
    public static partial void TooManyContacts(ILogger logger, int max);
}
