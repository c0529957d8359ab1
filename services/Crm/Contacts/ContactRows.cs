using CallCenter.Contracts;
using CallCenter.Hosting;
using Npgsql;

namespace CallCenter.Crm.Contacts;

/// <summary>A customer's contact as its card tells it.</summary>
/// <param name="Queue">Id of the queue it was put into last.</param>
/// <param name="Agent">User id of the agent who talked with the customer last.</param>
/// <param name="Termination">"Completed", "Failed(gateway, ours)", …; null while it lives.</param>
/// <param name="Disposition">The code that the last wrap-up with one chose.</param>
internal sealed record ContactItem(Guid Id, DateTimeOffset StartedAt, string Channel, Guid? Queue, Guid? Agent, string? Termination, string? Disposition);

/// <summary>Rows of contacts; each event writes its own columns, whichever came first.</summary>
internal static class ContactRows
{
    public static Task Began(InboxTransaction tx, ContactEvent e, Guid customer, string channel, CancellationToken ct) => tx.Transaction.Execute(
        """
        INSERT INTO contacts (tenant, id, customer, started_at, channel) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant, id) DO UPDATE SET customer = excluded.customer, started_at = excluded.started_at, channel = excluded.channel
        """,
        ct, e.Tenant, e.Contact, customer, e.OccurredAt.ToUniversalTime(), channel);

    public static Task Queued(InboxTransaction tx, ContactEvent e, Guid queue, CancellationToken ct) => Put(tx, "queue", e, queue, ct);

    public static Task Talked(InboxTransaction tx, ContactEvent e, Guid agent, CancellationToken ct) => Put(tx, "agent", e, agent, ct);

    public static Task Disposed(InboxTransaction tx, ContactEvent e, string code, CancellationToken ct) => Put(tx, "disposition", e, code, ct);

    public static Task Ended(InboxTransaction tx, ContactEvent e, string termination, CancellationToken ct) => Put(tx, "termination", e, termination, ct);

    /// <summary>Whose contact it is; null when it is nobody's, or not there.</summary>
    public static async Task<Guid?> CustomerOf(NpgsqlTransaction t, Guid contact, CancellationToken ct) =>
        (await t.Query("SELECT customer FROM contacts WHERE id = $1 AND customer IS NOT NULL", r => r.GetGuid(0), ct, contact)) is [var customer, ..] ? customer : null;

    /// <summary>The customer's contacts after the cursor, the newest first.</summary>
    public static Task<List<ContactItem>> Of(NpgsqlTransaction t, Guid customer, ContactCursor after, int limit, CancellationToken ct) => t.Query(
        """
        SELECT id, started_at, channel, queue, agent, termination, disposition FROM contacts
        WHERE customer = $1 AND (started_at, id) < ($2, $3) ORDER BY started_at DESC, id DESC LIMIT $4
        """,
        r => new ContactItem(r.GetGuid(0), r.GetFieldValue<DateTimeOffset>(1), r.GetString(2), r.IdOrNull(3), r.IdOrNull(4), r.TextOrNull(5), r.TextOrNull(6)),
        ct, customer, after.StartedAt, after.Contact, limit);

    private static Task<int> Put(InboxTransaction tx, string column, ContactEvent e, object value, CancellationToken ct) => tx.Transaction.Execute(
        $"INSERT INTO contacts (tenant, id, {column}) VALUES ($1, $2, $3) ON CONFLICT (tenant, id) DO UPDATE SET {column} = excluded.{column}",
        ct, e.Tenant, e.Contact, value);
}
