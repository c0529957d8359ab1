using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Reporting.Ledger;
using Npgsql;
using NpgsqlTypes;

namespace CallCenter.Reporting.Contacts;

/// <summary>The SIP messages of a contact in the order they passed the gateway.</summary>
/// <param name="Dropped">How many more there were: beyond the gateway's bound.</param>
internal sealed record SipLadder(IReadOnlyList<SipMessageSeen> Messages, int Dropped);

/// <summary>
/// The SIP messages of calls, for looking into a call that went wrong. Not part of the ledger and of no projection: kept for
/// <see cref="Kept"/>, then deleted, some with each call that ends.
/// </summary>
internal sealed class SipMessageRows(ServiceDatabase database)
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>Rows deleted at once: more than one call adds.</summary>
    private const int DeletedAtOnce = 100;

    public static async Task Append(SipMessagesSeen seen, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        var messages = JsonSerializer.Serialize(seen.Messages, EventCatalog.Json).Replace("\\u0000", "\\ufffd", StringComparison.Ordinal);
        batch.Add(
            "insert into sip_messages (tenant, contact, ladder, sequence, told_at, dropped, messages) values ($1, $2, $3, $4, $5, $6, $7)",
            seen.Tenant, seen.Contact, seen.Stream, seen.Sequence, seen.OccurredAt.ToUniversalTime(), seen.Dropped,
            new NpgsqlParameter { Value = messages, NpgsqlDbType = NpgsqlDbType.Jsonb });
        if (seen.Final)
        {
            batch.Add(
                """
                delete from sip_messages where tenant = $1 and (contact, ladder, sequence) in
                  (select contact, ladder, sequence from sip_messages where tenant = $1 and told_at < $2 order by told_at limit $3)
                """,
                seen.Tenant, (seen.OccurredAt - Kept).ToUniversalTime(), DeletedAtOnce);
        }
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Empty for a contact without any; the contact's tenant must be in sight.</summary>
    public Task<SipLadder> Of(Sight sight, Guid contact, CancellationToken ct) => database.InTenants(sight.Tenants, async (connection, transaction) =>
    {
        const string select = "select messages, dropped from sip_messages where tenant = any($1) and contact = $2 order by sequence";
        await using var command = connection.Sql(transaction, select, sight.Tenants.ToArray(), contact);
        var (messages, dropped) = (new List<SipMessageSeen>(), 0);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            messages.AddRange(JsonSerializer.Deserialize<List<SipMessageSeen>>(rows.GetString(0), EventCatalog.Json)!);
            dropped = Math.Max(dropped, rows.GetInt32(1));
        }

        return new SipLadder([.. messages.OrderBy(m => m.At)], dropped);
    }, ct);
}
