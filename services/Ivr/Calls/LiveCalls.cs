using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Ivr.Flows;
using Dapper;
using Npgsql;

namespace CallCenter.Ivr.Calls;

/// <summary>A live flow as it is stored.</summary>
internal sealed record LiveCall(Guid Tenant, Guid Contact, string Gateway, Guid Flow, int Version, FlowState State);

/// <summary>Rows of live flows. A row is locked while its flow decides, so that events, results and deadlines never meet.</summary>
internal static class LiveCalls
{
    private sealed record Row(Guid Tenant, Guid Contact, string Gateway, Guid Flow, int Version, string State)
    {
        public LiveCall Call => new(Tenant, Contact, Gateway, Flow, Version, JsonSerializer.Deserialize<FlowState>(State, EventCatalog.Json)!);
    }

    private const string Columns = "tenant, contact, gateway, flow, version, state::text AS state";

    /// <summary>The contact's live flow, locked to the end of the transaction; null when there is none.</summary>
    public static async Task<LiveCall?> Lock(NpgsqlConnection c, NpgsqlTransaction t, Guid contact) =>
        (await c.QuerySingleOrDefaultAsync<Row>($"SELECT {Columns} FROM calls WHERE contact = @contact FOR UPDATE", new { contact }, t))?.Call;

    /// <summary>The same, when its deadline has passed.</summary>
    public static async Task<LiveCall?> LockOverdue(NpgsqlConnection c, NpgsqlTransaction t, Guid contact, DateTimeOffset now) =>
        (await c.QuerySingleOrDefaultAsync<Row>(
            $"SELECT {Columns} FROM calls WHERE contact = @contact AND deadline <= @now FOR UPDATE", new { contact, now }, t))?.Call;

    /// <summary>Contacts whose deadline has passed, the longest first.</summary>
    public static async Task<IReadOnlyList<(Guid Tenant, Guid Contact)>> Overdue(NpgsqlConnection c, NpgsqlTransaction t, DateTimeOffset now, int limit) =>
        [.. await c.QueryAsync<(Guid, Guid)>("SELECT tenant, contact FROM calls WHERE deadline <= @now ORDER BY deadline LIMIT @limit", new { now, limit }, t)];

    /// <summary>Every live flow of the tenants that the transaction sees.</summary>
    public static async Task<IReadOnlyList<LiveCall>> All(NpgsqlConnection c, NpgsqlTransaction t) =>
        [.. (await c.QueryAsync<Row>($"SELECT {Columns} FROM calls", transaction: t)).Select(r => r.Call)];

    public static Task Save(NpgsqlConnection c, NpgsqlTransaction t, LiveCall call, DateTimeOffset? deadline)
    {
        const string sql = """
            INSERT INTO calls (tenant, contact, gateway, flow, version, state, deadline)
            VALUES (@Tenant, @Contact, @Gateway, @Flow, @Version, @state::json, @deadline)
            ON CONFLICT (contact) DO UPDATE SET state = excluded.state, deadline = excluded.deadline
            """;
        return c.ExecuteAsync(sql, new
        {
            call.Tenant, call.Contact, call.Gateway, call.Flow, call.Version,
            state = JsonSerializer.Serialize(call.State, EventCatalog.Json), deadline,
        }, t);
    }

    public static Task Remove(NpgsqlConnection c, NpgsqlTransaction t, Guid contact) =>
        c.ExecuteAsync("DELETE FROM calls WHERE contact = @contact", new { contact }, t);
}
