using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Reporting.Contacts;
using CallCenter.Reporting.Facts;
using Npgsql;

namespace CallCenter.Reporting.Ledger;

/// <summary>
/// Takes every event of every service, in one transaction with the inbox's position (the SIP messages of calls go to a table of their own):
/// 1. into the ledger; 2. an event that may change a contact's history: the history folded anew and its rows rewritten;
/// an agent's change: a row of its time.
/// </summary>
internal sealed class EventRecorder : IEventHandler
{
    /// <summary>Beyond so many events of one source a history is only folded anew when something ends, so that its cost stays bounded.</summary>
    private const int FoldEachUpTo = 200;

    public Task Apply(DomainEvent e, InboxTransaction tx, CancellationToken ct) => Record(e, tx.Connection, tx.Transaction, ct);

    public static async Task Record(DomainEvent e, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        using var span = Telemetry.Record(e);
        if (e is SipMessagesSeen seen)
        {
            await SipMessageRows.Append(seen, connection, transaction, ct);
            return;
        }

        await EventLedger.Append(e, connection, transaction, ct);
        Telemetry.Recorded.Add(1, new KeyValuePair<string, object?>("type", e.GetType().Name));
        if (ContactFold.Uses.Contains(e.GetType()) && (e.Sequence <= FoldEachUpTo || e.Final || e is LegEnded))
        {
            await ContactProjection.Refresh(e.Tenant, e.Stream, connection, transaction, ct);
        }
        else if (e is AgentChanged change)
        {
            await AgentTimeRows.Append(change, connection, transaction, ct);
        }
    }
}
