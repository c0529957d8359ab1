using CallCenter.Contracts.Routing;
using CallCenter.Reporting.Ledger;
using Npgsql;
using NpgsqlTypes;

namespace CallCenter.Reporting.Facts;

/// <summary>The rows of agents' time: one is added at each change, a rebuild writes them all anew.</summary>
internal static class AgentTimeRows
{
    private const int Page = 500;

    private const string Columns = "tenant, agent, sequence, status, state, contact_tenant, started_at, ended_at, team";

    public static async Task Append(AgentChanged e, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        var (ended, begun) = AgentTime.Next(await Present(e.Tenant, e.Agent, connection, transaction, ct), e);
        await using var batch = new NpgsqlBatch(connection, transaction);
        if (ended is not null)
        {
            batch.Add("update agent_time set ended_at = $4 where tenant = $1 and agent = $2 and sequence = $3", ended.Operator, ended.Agent, ended.Sequence, ended.EndedAt);
        }

        batch.Add($"insert into agent_time ({Columns}) values ($1, $2, $3, $4, $5, $6, $7, null, $8)",
            begun.Operator, begun.Agent, begun.Sequence, begun.Status.ToString(), begun.State.ToString(), begun.ContactTenant, begun.StartedAt, begun.Team);
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Folds all changes of the tenant's agents in the ledger; returns how many agents there are.</summary>
    public static async Task<int> Replay(Guid tenant, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using (var drop = connection.Sql(transaction, "delete from agent_time where tenant = $1", tenant))
        {
            await drop.ExecuteNonQueryAsync(ct);
        }

        var (replayed, last) = (0, Guid.Empty);
        while (await EventLedger.StreamsAfter("agent", tenant, last, Page, connection, transaction, ct) is { Count: > 0 } agents)
        {
            foreach (var agent in agents)
            {
                await ReplayAgent(tenant, agent, connection, transaction, ct);
            }

            (replayed, last) = (replayed + agents.Count, agents[^1]);
        }

        return replayed;
    }

    private static async Task ReplayAgent(Guid tenant, Guid agent, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        AgentTime? present = null;
        while (await EventLedger.AgentChangesAfter(tenant, agent, present?.Sequence ?? 0, connection, transaction, ct) is { Count: > 0 } changes)
        {
            var rows = new List<AgentTime>(changes.Count);
            foreach (var change in changes)
            {
                var (ended, begun) = AgentTime.Next(present, change);
                rows.AddRange(ended is null ? [] : [ended]);
                present = begun;
            }

            await Insert(rows, connection, transaction, ct);
        }

        await Insert(present is null ? [] : [present], connection, transaction, ct);
    }

    private static async Task<AgentTime?> Present(Guid tenant, Guid agent, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        const string select = $"select {Columns} from agent_time where tenant = $1 and agent = $2 and ended_at is null";
        await using var command = connection.Sql(transaction, select, tenant, agent);
        await using var rows = await command.ExecuteReaderAsync(ct);
        return await rows.ReadAsync(ct)
            ? new AgentTime(rows.GetGuid(0), rows.GetGuid(1), rows.GetInt64(2), Enum.Parse<AgentStatus>(rows.GetString(3)), Enum.Parse<AgentState>(rows.GetString(4)),
                rows.IsDBNull(5) ? null : rows.GetGuid(5), rows.GetFieldValue<DateTimeOffset>(6), null, rows.IsDBNull(8) ? null : rows.GetString(8))
            : null;
    }

    private static async Task Insert(List<AgentTime> rows, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"insert into agent_time ({Columns}) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)", connection, transaction);
        void Column<T>(NpgsqlDbType type, Func<AgentTime, T> value) =>
            command.Parameters.Add(new NpgsqlParameter { Value = rows.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });

        Column(NpgsqlDbType.Uuid, r => r.Operator);
        Column(NpgsqlDbType.Uuid, r => r.Agent);
        Column(NpgsqlDbType.Bigint, r => r.Sequence);
        Column(NpgsqlDbType.Text, r => r.Status.ToString());
        Column(NpgsqlDbType.Text, r => r.State.ToString());
        Column(NpgsqlDbType.Uuid, r => r.ContactTenant);
        Column(NpgsqlDbType.TimestampTz, r => r.StartedAt);
        Column(NpgsqlDbType.TimestampTz, r => r.EndedAt);
        Column(NpgsqlDbType.Text, r => r.Team);
        await command.ExecuteNonQueryAsync(ct);
    }
}
