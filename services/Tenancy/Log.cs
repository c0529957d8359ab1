namespace CallCenter.Tenancy;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "First start: operator {Operator} with SIP realm {Realm}")]
    public static partial void OperatorMade(ILogger logger, Guid @operator, string realm);

    [LoggerMessage(2, LogLevel.Information, "First start: administrator {User}")]
    public static partial void AdministratorMade(ILogger logger, string user);

    [LoggerMessage(3, LogLevel.Warning, "Nobody can sign in: there is no user; set Tenancy:Administrator:User and Tenancy:Administrator:Password and start again")]
    public static partial void NoAdministrator(ILogger logger);

    [LoggerMessage(4, LogLevel.Warning, "Sign-in of {User} from {Address} refused")]
    public static partial void SignInRefused(ILogger logger, string user, string address);

    [LoggerMessage(5, LogLevel.Error, "That the configuration of {Id} changed could not be told; services see it within a minute")]
    public static partial void NoticeFailed(ILogger logger, Exception error, Guid id);
}
