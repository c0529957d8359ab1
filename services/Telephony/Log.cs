namespace CallCenter.Telephony;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "gateway {Gateway}: SIP at {Uri}, media at {Address} ports {From}-{To}")]
    public static partial void Started(ILogger logger, string gateway, string uri, string address, int from, int to);

    [LoggerMessage(2, LogLevel.Information, "gateway {Gateway} stopped: {Calls} calls ended, {Events} events and {Blocks} recording blocks stay on disk for the next start")]
    public static partial void Stopped(ILogger logger, string gateway, int calls, long events, long blocks);

    [LoggerMessage(43, LogLevel.Information, "gateway {Gateway} takes no more calls and gives the {Calls} that it has {Seconds} s to end")]
    public static partial void Draining(ILogger logger, string gateway, int calls, int seconds);

    [LoggerMessage(3, LogLevel.Warning, "an earlier run {Gateway} left {Events} events, {Contacts} open contacts and {Blocks} recording blocks; last sign of life {LastSign}")]
    public static partial void EarlierRun(ILogger logger, string gateway, long events, int contacts, long blocks, DateTimeOffset? lastSign);

    [LoggerMessage(4, LogLevel.Error, "{File} is damaged: its last {Bytes} bytes hold no whole record and are lost")]
    public static partial void SpoolDamaged(ILogger logger, string file, long bytes);

    [LoggerMessage(5, LogLevel.Error, "the disk refused an event: {Fault}. New calls are refused until it takes events again")]
    public static partial void SpoolFailed(ILogger logger, string fault);

    [LoggerMessage(6, LogLevel.Warning, "{Event} of {Stream} could not be put on the bus, trying again")]
    public static partial void PublishFailed(ILogger logger, Exception e, string @event, Guid stream);

    [LoggerMessage(7, LogLevel.Warning, "call from {Source} to {Called} refused with {Status}: {Reason}")]
    public static partial void CallRefused(ILogger logger, string source, string called, int status, string reason);

    [LoggerMessage(8, LogLevel.Information, "contact {Contact} of tenant {Tenant}: call to {Called} by trunk {Trunk}")]
    public static partial void CallArrived(ILogger logger, Guid contact, Guid tenant, string called, string trunk);

    [LoggerMessage(9, LogLevel.Information, "contact {Contact} of tenant {Tenant} closed")]
    public static partial void CallClosed(ILogger logger, Guid contact, Guid tenant);

    [LoggerMessage(10, LogLevel.Error, "contact {Contact} of tenant {Tenant}: a step failed, the call is ended")]
    public static partial void CallFailed(ILogger logger, Exception e, Guid contact, Guid tenant);

    [LoggerMessage(11, LogLevel.Warning, "contact {Contact} of tenant {Tenant}: mailbox full, {What} dropped")]
    public static partial void MailboxFull(ILogger logger, Guid contact, Guid tenant, string what);

    [LoggerMessage(12, LogLevel.Warning, "clip {Hash} cannot be played: {Fault}")]
    public static partial void ClipFailed(ILogger logger, string hash, string fault);

    [LoggerMessage(13, LogLevel.Error, "recording {Recording} of tenant {Tenant} cannot begin: {Fault}")]
    public static partial void RecordingFailed(ILogger logger, Guid recording, Guid tenant, string fault);

    [LoggerMessage(14, LogLevel.Error, "recording {Recording}: the media engine did not end it in time, its length is that of the blocks on disk")]
    public static partial void RecordingStopLate(ILogger logger, Guid recording);

    [LoggerMessage(15, LogLevel.Warning, "block {Number} of recording {Recording} not accepted yet: {Fault}")]
    public static partial void BlockNotAccepted(ILogger logger, Guid recording, long number, string fault);

    [LoggerMessage(16, LogLevel.Error, "block {Number} of recording {Recording} of tenant {Tenant} was refused: kept as {Path}")]
    public static partial void BlockRefused(ILogger logger, Guid tenant, Guid recording, long number, string path);

    [LoggerMessage(17, LogLevel.Error, "a recording block in segment {Segment} at {Offset} is damaged and lost")]
    public static partial void BlockDamaged(ILogger logger, long segment, long offset);

    [LoggerMessage(18, LogLevel.Error, "a SIP handler failed")]
    public static partial void SipHandlerFailed(ILogger logger, Exception e);

    [LoggerMessage(19, LogLevel.Error, "media: {Fault}")]
    public static partial void MediaFault(ILogger logger, Exception e, string fault);

    [LoggerMessage(20, LogLevel.Information, "agent {Agent}: {Kind} {Contact} until {Until}")]
    public static partial void DeviceChanged(ILogger logger, Guid agent, string kind, string contact, DateTimeOffset until);

    [LoggerMessage(21, LogLevel.Information, "configuration: {Tenants} tenants, {Trunks} trunks, {Phones} phones")]
    public static partial void Configured(ILogger logger, int tenants, int trunks, int phones);

    [LoggerMessage(22, LogLevel.Error, "the configuration cannot be used, the one before stays: {Fault}")]
    public static partial void ConfigurationRefused(ILogger logger, string fault);

    [LoggerMessage(23, LogLevel.Error, "background work failed: {What}")]
    public static partial void WorkFailed(ILogger logger, Exception e, string what);

    [LoggerMessage(24, LogLevel.Warning, "the registrations file {File} cannot be read ({Fault}): phones have to register again")]
    public static partial void RegistrationsUnreadable(ILogger logger, string file, string fault);

    [LoggerMessage(25, LogLevel.Warning, "a browser's socket from {Source} was refused: {Reason}")]
    public static partial void SocketRefused(ILogger logger, string source, string reason);

    [LoggerMessage(26, LogLevel.Warning, "{Address} is not answered until {Until}: {Offence}")]
    public static partial void Banned(ILogger logger, string address, DateTimeOffset until, string offence);

    [LoggerMessage(27, LogLevel.Warning, "trunk {Trunk} is {State}: OPTIONS {Code}, REGISTER {Registration}")]
    public static partial void TrunkChanged(ILogger logger, string trunk, string state, int code, int? registration);

    [LoggerMessage(28, LogLevel.Warning, "trunk {Trunk} could not take a call; the next one is tried, if there is one")]
    public static partial void TrunkFailed(ILogger logger, string trunk);

    [LoggerMessage(30, LogLevel.Error, "what calls outside have cost today cannot be read from {File} ({Fault}): the day begins at nothing")]
    public static partial void DayCostsUnreadable(ILogger logger, string file, string fault);

    [LoggerMessage(29, LogLevel.Error, "the password of trunk {Trunk}'s account cannot be opened, it does not register: {Fault}")]
    public static partial void TrunkPasswordFailed(ILogger logger, string trunk, string fault);

    [LoggerMessage(32, LogLevel.Error, "contact {Contact} of tenant {Tenant}: the payment service could not be asked: {Fault}. Whether a card was charged is known there alone")]
    public static partial void PaymentFailed(ILogger logger, Guid contact, Guid tenant, string fault);

    [LoggerMessage(33, LogLevel.Warning, "contact {Contact} of tenant {Tenant}: who spoke when is lost: {Fault}")]
    public static partial void SpeechLost(ILogger logger, Guid contact, Guid tenant, string fault);

    [LoggerMessage(34, LogLevel.Information, "agent {Agent}: a leg stands")]
    public static partial void StandingLegBegan(ILogger logger, Guid agent);

    [LoggerMessage(35, LogLevel.Information, "agent {Agent}: the standing leg is over")]
    public static partial void StandingLegEnded(ILogger logger, Guid agent);

    [LoggerMessage(36, LogLevel.Warning, "agent {Agent}: the standing leg could not be joined to a caller: {Fault}")]
    public static partial void JoinFailed(ILogger logger, Guid agent, string fault);

    [LoggerMessage(38, LogLevel.Warning, "agent {Agent}: too much waits on the phone's line for the shift; the rest is lost")]
    public static partial void PhoneLineFull(ILogger logger, Guid agent);

    [LoggerMessage(39, LogLevel.Error, "agent {Agent}: a fault on the phone's line for the shift")]
    public static partial void PhoneLineFailed(ILogger logger, Exception e, Guid agent);

    [LoggerMessage(40, LogLevel.Warning, "who is at work cannot be read from Routing: {Fault}. It is asked again; phones' lines for the shift follow what is known")]
    public static partial void DutiesUnread(ILogger logger, string fault);

    [LoggerMessage(43, LogLevel.Warning, "the other gateways cannot be told which devices are here: {Fault}. They are told when the broker is there again; until then they do not call those that came meanwhile")]
    public static partial void NoticeFailed(ILogger logger, string fault);

    [LoggerMessage(44, LogLevel.Debug, "the other gateways cannot be told how many calls there are: {Fault}")]
    public static partial void BeatFailed(ILogger logger, string fault);

    [LoggerMessage(41, LogLevel.Information, "agent {Agent}: the phone is not called for the shift again until the agent is Available anew ({Why})")]
    public static partial void PhoneGivenUp(ILogger logger, Guid agent, string why);

    [LoggerMessage(37, LogLevel.Warning, "tenant {Tenant}: its name is not spoken to who is joined: {Fault}")]
    public static partial void NameNotSpoken(ILogger logger, Guid tenant, string fault);

    [LoggerMessage(42, LogLevel.Information, "contact {Contact} of tenant {Tenant}: a call of ours that shows {Shown}")]
    public static partial void CallPlaced(ILogger logger, Guid contact, Guid tenant, string shown);
}
