using Microsoft.Extensions.Logging;

namespace CallCenter.Hosting;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Schema {Service}: applied migration {Name}")]
    public static partial void Migrated(ILogger logger, string service, string name);

    [LoggerMessage(2, LogLevel.Warning, "Schema {Service}: the database does not answer yet ({Reason})")]
    public static partial void WaitingForDatabase(ILogger logger, string service, string reason);

    [LoggerMessage(3, LogLevel.Warning, "{Service}: the database is away, trying again ({Reason})")]
    public static partial void DatabaseAway(ILogger logger, string service, string reason);

    [LoggerMessage(4, LogLevel.Error, "Outbox of {Service}: a step failed, trying again; no event is lost")]
    public static partial void OutboxFailed(ILogger logger, Exception error, string service);

    [LoggerMessage(5, LogLevel.Error, "{Service} could not apply {Type} {EventId} of tenant {Tenant}, stream {Stream}: it lies in dead_events")]
    public static partial void EventParked(ILogger logger, Exception error, string service, string type, Guid eventId, Guid tenant, Guid stream);

    [LoggerMessage(6, LogLevel.Error, "{Endpoint}: events lost: tenant {Tenant}, stream {Stream}, source {Source}, {From} to {To} did not come in 10 s; going on without them")]
    public static partial void EventsLost(ILogger logger, string endpoint, Guid tenant, Guid stream, string source, long from, long to);

    [LoggerMessage(7, LogLevel.Warning, "{Endpoint}: more than {Max} events wait for earlier ones; those of a stream are dropped, to be sent again")]
    public static partial void HeldTooMany(ILogger logger, string endpoint, int max);

    [LoggerMessage(8, LogLevel.Error, "{Endpoint}: a lane failed; its events are dropped, to be sent again")]
    public static partial void LaneFailed(ILogger logger, Exception error, string endpoint);

    [LoggerMessage(9, LogLevel.Error, "{Endpoint}: handling {Type} failed")]
    public static partial void TransientFailed(ILogger logger, Exception error, string endpoint, string type);

    [LoggerMessage(10, LogLevel.Warning, "The configuration could not be fetched from Tenancy, trying again: {Reason}")]
    public static partial void SnapshotFailed(ILogger logger, string reason);

    [LoggerMessage(11, LogLevel.Error, "A listener failed on the new configuration of {Id}")]
    public static partial void SnapshotListenerFailed(ILogger logger, Exception error, Guid id);

    [LoggerMessage(12, LogLevel.Warning, "{File} cannot be read; the snapshot is fetched again")]
    public static partial void SnapshotUnreadable(ILogger logger, Exception error, string file);

    [LoggerMessage(13, LogLevel.Warning, "RabbitMQ at {Host}:{Port} does not answer yet ({Reason})")]
    public static partial void BrokerAway(ILogger logger, string host, int port, string reason);

    [LoggerMessage(14, LogLevel.Warning, "The broker did not confirm {Count} events: they go again in {Seconds} s, and those after them wait")]
    public static partial void NotConfirmed(ILogger logger, int count, double seconds);

    [LoggerMessage(15, LogLevel.Warning, "Waiting for the Dapr sidecar. {Reason}")]
    public static partial void WaitingForSidecar(ILogger logger, string reason);
}
