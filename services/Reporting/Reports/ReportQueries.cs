using CallCenter.Hosting;
using CallCenter.Reporting.Ledger;
using Npgsql;

namespace CallCenter.Reporting.Reports;

/// <summary>Sums of a subject (a queue or an agent) in a period, counted from 1.</summary>
internal readonly record struct Cell<TSums>(Guid Subject, int Period, TSums Sums);

/// <summary>Sums facts by period. The database sums; borders and formulas are ours.</summary>
internal sealed class ReportQueries(ServiceDatabase database)
{
    /// <summary>Items of one report.</summary>
    public const int MostItems = 50_000;
    /// <summary>Facts of contacts that entered queues of the tenant, by the period of their first entry.</summary>
    public Task<List<Cell<QueueSums>>> Queues(Guid tenant, ReportRange range, CancellationToken ct)
    {
        const string select = """
            select queue, width_bucket(entered_at, $2) as period, count(*),
              count(*) filter (where outcome = 'Answered'), count(*) filter (where outcome = 'Abandoned'), count(*) filter (where outcome = 'ShortAbandoned'),
              count(*) filter (where outcome = 'FlowOut'), count(*) filter (where outcome = 'TimedOut'), count(*) filter (where outcome = 'NoAgent'),
              count(*) filter (where outcome = 'Failed'), count(*) filter (where outcome = 'StillWaiting'),
              count(*) filter (where outcome = 'Answered' and wait_ms <= service_level_ms),
              count(*) filter (where outcome = 'Abandoned' and wait_ms <= service_level_ms),
              coalesce(sum(wait_ms) filter (where outcome = 'Answered'), 0)::bigint, max(wait_ms),
              sum(legs), sum(held), sum(transferred), sum(talk_ms)::bigint, sum(hold_ms)::bigint, sum(consult_ms)::bigint, sum(wrap_up_ms)::bigint,
              sum(conversation_ms)::bigint, sum(caller_speech_ms)::bigint, sum(agent_speech_ms)::bigint, sum(talk_over_ms)::bigint, sum(silence_ms)::bigint, max(longest_silence_ms)
            from queue_facts
            where tenant = $1 and entered_at >= $3 and entered_at < $4 and ($5::uuid is null or queue = $5)
            group by queue, period order by period, queue limit $6
            """;
        return Read([tenant], select, [tenant, range.Borders.ToArray(), range.From, range.To, range.Subject, MostItems + 1], r => new Cell<QueueSums>(r.GetGuid(0), r.GetInt32(1), QueueSums(r)), ct);
    }

    // Every agent has one stretch without an end, and at most one that goes over the first border: the last that began before it.

    /// <summary>Agents' time at work, split at the borders; the present stretch up to now. Handling is that for the tenant when one is given.</summary>
    public Task<List<Cell<AgentSums>>> AgentTime(Guid operatorId, Guid? tenant, ReportRange range, DateTimeOffset now, CancellationToken ct)
    {
        const string select = """
            with agents as (
              select agent from agent_time where tenant = $1 and ended_at is null and ($5::uuid is null or agent = $5)),
            stretches as (
              select a.agent, status, state, $6::uuid is null or contact_tenant = $6 as asked,
                greatest(started_at, $3) as began, least(coalesce(ended_at, $7), $4) as ended
              from agents a, lateral (
                select * from agent_time t where t.tenant = $1 and t.agent = a.agent and started_at >= $3 and started_at < $4
                union all
                (select * from agent_time t where t.tenant = $1 and t.agent = a.agent and started_at < $3 order by started_at desc, sequence desc limit 1)) as t
              where (status <> 'LoggedOut' or state in ('Talking', 'Hold', 'Consulting', 'WrapUp')) and ($9::text[] is null or team = any($9))),
            parts as (
              select agent, status, state, asked, period,
                round(extract(epoch from least(ended, ($2::timestamptz[])[period + 1]) - greatest(began, ($2::timestamptz[])[period])) * 1000)::bigint as ms
              from stretches, generate_series(width_bucket(began, $2), width_bucket(ended, $2)) as period
              where ended > began)
            select agent, period,
              coalesce(sum(ms) filter (where asked and state = 'Talking'), 0)::bigint, coalesce(sum(ms) filter (where asked and state = 'Hold'), 0)::bigint,
              coalesce(sum(ms) filter (where asked and state = 'Consulting'), 0)::bigint, coalesce(sum(ms) filter (where asked and state = 'WrapUp'), 0)::bigint,
              coalesce(sum(ms) filter (where state in ('Talking', 'Hold', 'Consulting', 'WrapUp')), 0)::bigint,
              coalesce(sum(ms) filter (where state = 'Idle' and status = 'Available'), 0)::bigint,
              coalesce(sum(ms) filter (where state = 'Idle' and status <> 'Available'), 0)::bigint,
              coalesce(sum(ms) filter (where state in ('Reserved', 'Ringing')), 0)::bigint,
              coalesce(sum(ms) filter (where state = 'Unreachable'), 0)::bigint
            from parts where ms > 0 group by agent, period order by period, agent limit $8
            """;
        return Read([operatorId], select, [operatorId, range.Borders.ToArray(), range.From, range.To, range.Subject, tenant, now, MostItems + 1, range.Teams?.ToArray()],
            r => new Cell<AgentSums>(r.GetGuid(0), r.GetInt32(1), AgentSums(r)), ct);
    }

    /// <summary>Agents' legs: answered by the moment of the answer, missed by the end of the offer; the agent's team is that of the moment.</summary>
    public Task<List<Cell<AgentSums>>> AgentLegs(Guid operatorId, IReadOnlyList<Guid> tenants, ReportRange range, CancellationToken ct)
    {
        const string select = """
            select agent, width_bucket(at, $2) as period, count(*) filter (where not missed), count(*) filter (where not missed and holds > 0), count(*) filter (where missed)
            from (
              select agent, answered_at as at, holds, false as missed from legs
              where tenant = any($1) and answered_at >= $3 and answered_at < $4
              union all
              select agent, ended_at, 0, true from legs
              where tenant = any($1) and agent is not null and outcome in ('NoAnswer', 'Rejected') and ended_at >= $3 and ended_at < $4) as counted
            where agent is not null and ($5::uuid is null or agent = $5) and ($7::text[] is null or (
              select team from agent_time t where t.tenant = $8 and t.agent = counted.agent and t.started_at <= counted.at
              order by t.started_at desc, t.sequence desc limit 1) = any($7))
            group by agent, period order by period, agent limit $6
            """;
        return Read([.. tenants, operatorId], select, [tenants.ToArray(), range.Borders.ToArray(), range.From, range.To, range.Subject, MostItems + 1, range.Teams?.ToArray(), operatorId],
            r => new Cell<AgentSums>(r.GetGuid(0), r.GetInt32(1), new AgentSums { Legs = r.GetInt64(2), Held = r.GetInt64(3), Missed = r.GetInt64(4) }), ct);
    }

    private Task<List<T>> Read<T>(IReadOnlyCollection<Guid> tenants, string sql, object?[] values, Func<NpgsqlDataReader, T> read, CancellationToken ct) =>
        database.Within(tenants, (connection, transaction) => Read(sql, values, read, connection, transaction, ct), ct);

    private static async Task<List<T>> Read<T>(
        string sql, object?[] values, Func<NpgsqlDataReader, T> read, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using var command = connection.Sql(transaction, sql, values);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var found = new List<T>();
        while (await rows.ReadAsync(ct))
        {
            found.Add(read(rows));
        }

        return found.Count <= MostItems ? found : throw new TooMuchException($"The report has more than {MostItems} items: ask for a shorter range, a longer interval or one queue or agent.");
    }

    private static QueueSums QueueSums(NpgsqlDataReader r) => new()
    {
        Offered = r.GetInt64(2), Answered = r.GetInt64(3), Abandoned = r.GetInt64(4), ShortAbandoned = r.GetInt64(5), FlowOut = r.GetInt64(6),
        TimedOut = r.GetInt64(7), NoAgent = r.GetInt64(8), Failed = r.GetInt64(9), StillWaiting = r.GetInt64(10),
        AnsweredWithin = r.GetInt64(11), AbandonedWithin = r.GetInt64(12), WaitMs = r.GetInt64(13), LongestWaitMs = r.GetInt64(14),
        Legs = r.GetInt64(15), Held = r.GetInt64(16), Transferred = r.GetInt64(17),
        TalkMs = r.GetInt64(18), HoldMs = r.GetInt64(19), ConsultMs = r.GetInt64(20), WrapUpMs = r.GetInt64(21),
        ConversationMs = r.GetInt64(22), CallerSpeechMs = r.GetInt64(23), AgentSpeechMs = r.GetInt64(24), TalkOverMs = r.GetInt64(25),
        SilenceMs = r.GetInt64(26), LongestSilenceMs = r.GetInt64(27),
    };

    private static AgentSums AgentSums(NpgsqlDataReader r) => new()
    {
        TalkMs = r.GetInt64(2), HoldMs = r.GetInt64(3), ConsultMs = r.GetInt64(4), WrapUpMs = r.GetInt64(5), BusyMs = r.GetInt64(6),
        IdleMs = r.GetInt64(7), AwayMs = r.GetInt64(8), RingMs = r.GetInt64(9), UnreachableMs = r.GetInt64(10),
    };
}
