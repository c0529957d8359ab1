using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Reporting.Contacts;
using CallCenter.Reporting.Facts;
using Npgsql;

namespace CallCenter.Reporting.Ledger;

/// <summary>
/// Takes every event of every service, those that come together in one transaction with the inbox's position:
/// 1. the SIP messages of calls into a table of their own; 2. the others into the ledger; 3. each contact whose history may have
/// changed: folded anew, once, and its rows rewritten; 4. each agent's change: a row of its time.
/// </summary>
internal sealed class EventRecorder : IBatchHandler
{
    /// <summary>Beyond so many events of one source a history is only folded anew when something ends, so that its cost stays bounded.</summary>
    private const int FoldEachUpTo = 200;

    public Task Apply(IReadOnlyList<DomainEvent> events, InboxTransaction tx, CancellationToken ct)
    {
        tx.AfterCommit(() => Telemetry.CountEnded(events));
        return Record(events, tx.Connection, tx.Transaction, ct);
    }

    /// <summary>Records events of one tenant.</summary>
    public static async Task Record(IReadOnlyList<DomainEvent> events, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        using var spans = new Telemetry.RecordSpans(events);
        foreach (var seen in events.OfType<SipMessagesSeen>())
        {
            await SipMessageRows.Append(seen, connection, transaction, ct);
        }

        if (events.Where(e => e is not SipMessagesSeen).ToList() is { Count: > 0 } kept)
        {
            await EventLedger.Append(kept, connection, transaction, ct);
            await Project(kept, connection, transaction, ct);
        }
    }

    private static async Task Project(List<DomainEvent> events, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        foreach (var contact in events.Where(ChangesHistory).Select(e => e.Stream).Distinct())
        {
            await ContactProjection.Refresh(events[0].Tenant, contact, connection, transaction, ct);
        }

        foreach (var change in events.OfType<AgentChanged>())
        {
            await AgentTimeRows.Append(change, connection, transaction, ct);
        }

        events.ForEach(e => Telemetry.Recorded.Add(1, new KeyValuePair<string, object?>("type", e.GetType().Name)));
    }

    private static bool ChangesHistory(DomainEvent e) =>
        ContactFold.Uses.Contains(e.GetType()) && (e.Sequence <= FoldEachUpTo || e.Final || e is LegEnded);
}
