using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Reporting.Ledger;
using Npgsql;

namespace CallCenter.Reporting.Contacts;

/// <summary>Reads histories and events.</summary>
internal sealed class ContactQueries(ServiceDatabase database)
{
    /// <summary>Events told with a contact; a call has some 50.</summary>
    private const int MostEvents = 1_000;

    private const string Columns = "id, tenant, channel, caller, called, started_at, ended_at, queue, agent, termination, recordings, disposition, customer, customer_name";

    private const int MostAnnouncements = 200;

    /// <summary>True for a contact with a leg of the agent, when one is given.</summary>
    private const string HasLegOf = "(select from legs l where l.tenant = c.tenant and l.contact = c.id and l.agent =";

    public Task<ContactPage> Page(Sight sight, ContactFilter filter, CancellationToken ct) => database.Within(sight.Tenants, async (connection, transaction) =>
    {
        const string select = $"""
            select {Columns} from contacts c
            where tenant = any($1) and started_at >= $2 and started_at < $3 and (started_at, id) < ($4, $5)
              and ($6::uuid is null or exists {HasLegOf} $6)) and ($7::uuid is null or exists {HasLegOf} $7))
              and ($8::uuid is null or exists (select from queue_facts q where q.tenant = c.tenant and q.contact = c.id and q.queue = $8))
              and ($9::text is null or termination = $9 or starts_with(termination, $9 || '('))
              and ($10::text is null or strpos(caller, $10) > 0)
              and ($11::int is null or ended_at - started_at >= make_interval(secs => $11))
            order by started_at desc, id desc limit $12
            """;
        var after = filter.After ?? new Cursor(filter.To, new Guid(Enumerable.Repeat(byte.MaxValue, 16).ToArray()));
        await using var command = connection.Sql(transaction, select, sight.Tenants.ToArray(), filter.From, filter.To,
            after.StartedAt, after.Contact, sight.OnlyOfAgent, filter.Agent,
            filter.Queue, filter.Termination, filter.Caller, filter.MinSeconds, filter.Limit + 1);
        var found = await All(command, Contact, ct);
        var items = found.Take(filter.Limit).ToList();
        return new ContactPage(items, found.Count > items.Count ? new Cursor(items[^1].StartedAt, items[^1].Id).Text() : null);
    }, ct);

    /// <summary>Null when there is none that may be seen.</summary>
    public Task<ContactDetails?> Find(Sight sight, Guid id, CancellationToken ct) => database.InTenants(sight.Tenants, async (connection, transaction) =>
    {
        const string select = $"select {Columns} from contacts c where tenant = any($1) and id = $2 and ($3::uuid is null or exists {HasLegOf} $3))";
        await using var command = connection.Sql(transaction, select, sight.Tenants.ToArray(), id, sight.OnlyOfAgent);
        return (await All(command, Contact, ct)) is [var contact, ..]
            ? new ContactDetails(contact, await Told<CallOrigin>("origin", contact, connection, transaction, ct), await Told<SpeechItem>("speech", contact, connection, transaction, ct), await Legs(contact, connection, transaction, ct),
                await Announcements(contact, connection, transaction, ct), await Events(contact, connection, transaction, ct))
            {
                Callback = await Callback(contact, connection, transaction, ct),
            }
            : null;
    }, ct);

    /// <summary>What is kept of the contact as it was told, in a column of JSON.</summary>
    private static async Task<T?> Told<T>(string column, ContactItem contact, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct) where T : class
    {
        await using var command = connection.Sql(transaction, $"select {column} from contacts where tenant = $1 and id = $2 and {column} is not null", contact.Tenant, contact.Id);
        return await command.ExecuteScalarAsync(ct) is string json ? JsonSerializer.Deserialize<T>(json, EventCatalog.Json) : null;
    }

    private static async Task<List<LegItem>> Legs(ContactItem contact, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string select = """
            select id, role, agent, started_at, ended_at, outcome, alerting_ms, ivr_ms, queue_ms, ring_ms, talk_ms, hold_ms, consult_ms, wrap_up_ms,
              queue, answered_at, holds
            from legs where tenant = $1 and contact = $2 order by ordinal
            """;
        await using var command = connection.Sql(transaction, select, contact.Tenant, contact.Id);
        return await All(command, Leg, ct);
    }

    private static async Task<List<AnnouncementItem>> Announcements(ContactItem contact, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string select = """
            select body from events where tenant = $1 and stream = $2 and kind = 'contact' and type = 'WaitAnnounced'
            order by occurred_at, source, sequence limit $3
            """;
        await using var command = connection.Sql(transaction, select, contact.Tenant, contact.Id, MostAnnouncements);
        var told = await All(command, r => (WaitAnnounced)EventCatalog.Read(nameof(WaitAnnounced), r.GetString(0)), ct);
        return told.ConvertAll(e => new AnnouncementItem(e.OccurredAt, e.Queue, e.Position, e.EstimatedWaitMs));
    }

    private static async Task<CallbackItem?> Callback(ContactItem contact, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string select = "select body from events where tenant = $1 and stream = $2 and kind = 'contact' and type = 'CallbackPlanned' limit 1";
        await using var command = connection.Sql(transaction, select, contact.Tenant, contact.Id);
        var planned = await All(command, r => (CallbackPlanned)EventCatalog.Read(nameof(CallbackPlanned), r.GetString(0)), ct);
        return planned is [var plan] ? new CallbackItem(plan.First, plan.FirstAt, plan.After, plan.Try, plan.Tries) : null;
    }

    private static async Task<List<EventItem>> Events(ContactItem contact, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string select = """
            select event_id, type, source, sequence, occurred_at
            from events where tenant = $1 and stream = $2 and kind = 'contact' order by occurred_at, source, sequence limit $3
            """;
        await using var command = connection.Sql(transaction, select, contact.Tenant, contact.Id, MostEvents);
        return await All(command, r => new EventItem(r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetInt64(3), r.GetFieldValue<DateTimeOffset>(4)), ct);
    }

    private static async Task<List<T>> All<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken ct)
    {
        var items = new List<T>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            items.Add(read(rows));
        }

        return items;
    }

    private static ContactItem Contact(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetGuid(1), r.GetString(2), Text(r, 3), Text(r, 4), r.GetFieldValue<DateTimeOffset>(5), Time(r, 6),
        Id(r, 7), Id(r, 8), Text(r, 9), r.GetFieldValue<Guid[]>(10), Text(r, 11), Id(r, 12) is { } customer ? new CustomerItem(customer, r.GetString(13)) : null);

    private static LegItem Leg(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetString(1), Id(r, 2), r.GetFieldValue<DateTimeOffset>(3), Time(r, 4), Text(r, 5),
        new Phases(r.GetInt64(6), r.GetInt64(7), r.GetInt64(8), r.GetInt64(9), r.GetInt64(10), r.GetInt64(11), r.GetInt64(12), r.GetInt64(13)),
        Id(r, 14), Time(r, 15), r.GetInt32(16));

    private static string? Text(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    private static Guid? Id(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetGuid(column);

    private static DateTimeOffset? Time(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetFieldValue<DateTimeOffset>(column);
}
