using CallCenter.Contracts.Telephony;

namespace CallCenter.Routing;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "{Count} changes were not written; their grains load what is true")]
    public static partial void CommitFailed(ILogger logger, int count, Exception failure);

    [LoggerMessage(2, LogLevel.Information, "Pool {Pool}, epoch {Epoch}: {Places} waiting, {Contacts} contacts and {Agents} agents at work")]
    public static partial void PoolLoaded(ILogger logger, string pool, long epoch, int places, int contacts, int agents);

    /// <summary>A warning, unless call or leg have ended meanwhile: that is a call's usual end.</summary>
    public static void CommandNotDone(ILogger logger, string command, Guid tenant, Guid contact, CommandResult result) => CommandNotDone(
        logger, result.Outcome is CommandOutcome.NoSuchCall or CommandOutcome.NoSuchLeg ? LogLevel.Information : LogLevel.Warning,
        command, contact, tenant, result.Outcome, result.Detail);

    [LoggerMessage(EventId = 3, Message = "{Command} for contact {Contact} of {Tenant}: {Outcome} ({Detail})")]
    private static partial void CommandNotDone(ILogger logger, LogLevel level, string command, Guid contact, Guid tenant, CommandOutcome outcome, string? detail);

    [LoggerMessage(4, LogLevel.Warning, "Work for contact {Contact} of {Tenant} failed; its deadline takes it up")]
    public static partial void CallWorkFailed(ILogger logger, Guid tenant, Guid contact, Exception failure);

    [LoggerMessage(5, LogLevel.Warning, "Contact {Contact} of {Tenant} could not be told; it is tried again")]
    public static partial void ContactNotTold(ILogger logger, Guid tenant, Guid contact, Exception failure);

    [LoggerMessage(6, LogLevel.Warning, "The pool could not be told of agent {Agent}; it is tried again")]
    public static partial void PoolNotTold(ILogger logger, Guid agent, Exception failure);

    [LoggerMessage(11, LogLevel.Warning, "{Grain} could not be read anew after a commit that failed (attempt {Attempt}); it is tried again")]
    public static partial void NotAwake(ILogger logger, string grain, int attempt, Exception failure);

    [LoggerMessage(7, LogLevel.Warning, "Agent {Agent} could not be reserved for contact {Contact} of {Tenant}; another is looked for")]
    public static partial void ReserveFailed(ILogger logger, Guid agent, Guid tenant, Guid contact, Exception failure);

    [LoggerMessage(9, LogLevel.Warning, "The pool could not be loaded; it is tried again")]
    public static partial void PoolNotStarted(ILogger logger, Exception failure);

    [LoggerMessage(8, LogLevel.Warning, "The pool's work for {About} of {Tenant} failed")]
    public static partial void PoolWorkFailed(ILogger logger, Guid tenant, Guid about, Exception failure);

    [LoggerMessage(11, LogLevel.Warning, "Saved settings could not be given to the pool or an agent; it is tried again")]
    public static partial void SettingsNotTaken(ILogger logger, Exception failure);

    [LoggerMessage(12, LogLevel.Information, "Queue {Queue}: agents of {AgentsOf} help: {IsIn} ({Measure} {Load})")]
    public static partial void OverflowSwitched(ILogger logger, Guid queue, Guid agentsOf, bool isIn, string measure, double? load);

    [LoggerMessage(10, LogLevel.Error, "contact {Contact} of tenant {Tenant}: the transfer that the agent's phone asked for failed")]
    public static partial void HandOnFailed(ILogger logger, Exception e, Guid tenant, Guid contact);

    [LoggerMessage(12, LogLevel.Information, "{Count} contacts that ended more than a month ago were dropped")]
    public static partial void ContactsDropped(ILogger logger, int count);

    [LoggerMessage(14, LogLevel.Information, "This process leads with epoch {Epoch} ({Milliseconds} ms after it looked)")]
    public static partial void Leads(ILogger logger, long epoch, long milliseconds);

    [LoggerMessage(20, LogLevel.Information, "This process stands by for the one that leads, warmed up ({Methods} methods in {Milliseconds} ms)")]
    public static partial void StandsBy(ILogger logger, int methods, long milliseconds);

    [LoggerMessage(21, LogLevel.Warning, "This process stands by, but could not be warmed up: its first offers will be slow")]
    public static partial void NotWarmedUp(ILogger logger, Exception failure);

    [LoggerMessage(15, LogLevel.Warning, "This process cannot lead now; it is tried again")]
    public static partial void NotLeading(ILogger logger, Exception failure);

    [LoggerMessage(16, LogLevel.Warning, "Another Routing process has taken the lead from this one, which had epoch {Epoch}: this one stands by")]
    public static partial void LeadTaken(ILogger logger, long epoch);

    [LoggerMessage(17, LogLevel.Warning, "The lead with epoch {Epoch} could not be renewed and has lapsed: this process stands by until the database answers")]
    public static partial void LeadLapsed(ILogger logger, long epoch, Exception failure);

    [LoggerMessage(18, LogLevel.Warning, "{Service} did not stop in time; what it still does cannot be written")]
    public static partial void LedNotStopped(ILogger logger, string service, Exception failure);

    [LoggerMessage(19, LogLevel.Warning, "The lead could not be given back; the next process takes it when this one's sessions have ended")]
    public static partial void LeaseNotReleased(ILogger logger, Exception failure);

    [LoggerMessage(13, LogLevel.Warning, "Contacts that ended more than a month ago could not be dropped; it is tried again in an hour")]
    public static partial void ContactsNotDropped(ILogger logger, Exception failure);
}
