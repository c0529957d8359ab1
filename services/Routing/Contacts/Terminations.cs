using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;

namespace CallCenter.Routing.Contacts;

/// <summary>The one termination of a contact, from its facts; the first row that fits.</summary>
internal static class Terminations
{
    public static Termination Of(ContactState contact) => contact switch
    {
        { Rejected: { } reason } => new Termination(TerminationKind.Rejected, reason),
        { Answered: true } => new Termination(TerminationKind.Completed),
        { Callback: { } plan } when Callbacks.CallbackRules.TerminationOf(plan) is { } ended => ended,
        { GatewayFailed: true } => new Termination(TerminationKind.Failed, "gateway", "ours"),
        { Callback.IsReached: true } => new Termination(TerminationKind.AbandonedByDialer),
        { Callback: not null } => new Termination(TerminationKind.NoAgent),
        { Flow: FlowOutcome.Closed } => new Termination(TerminationKind.Closed),
        { Flow: FlowOutcome.HungUp or FlowOutcome.CallerGone, GivenUpBy: { } rule } => new Termination(Of(rule)),
        { Flow: FlowOutcome.Deflected or FlowOutcome.HungUp } => new Termination(TerminationKind.Deflected),
        { Flow: FlowOutcome.Failed } => new Termination(TerminationKind.Failed, "flow", "ours"),
        _ when IsShort(contact) => new Termination(TerminationKind.ShortAbandon),
        _ => new Termination(TerminationKind.CallerAbandoned),
    };

    private static TerminationKind Of(QueueRule rule) => rule switch
    {
        QueueRule.MaxWait => TerminationKind.QueueTimeout,
        QueueRule.MaxLength => TerminationKind.QueueFull,
        _ => TerminationKind.NoAgent,
    };

    private static bool IsShort(ContactState contact) =>
        contact is { QueuedAt: { } queued, CallerGoneAt: { } gone } && (gone - queued).TotalMilliseconds < contact.ShortAbandonMs;
}
