using System.Diagnostics;
using CallCenter.Reporting.Ledger;
using CallCenter.Reporting.Reports;
using CallCenter.Reporting.Tests.Api;
using CallCenter.Reporting.Tests.Contacts;
using CallCenter.Reporting.Tests.Ledger;

namespace CallCenter.Reporting.Tests.Reports;

/// <summary>
/// Prints how long figures take over a day with 100,000 contacts of one tenant, among two other days of it, and 200 agents'
/// shifts of 500 changes a day. Run with -explicit only. Not asserted: the machine is shared.
/// </summary>
[Trait("needs", "server")]
public sealed class FiguresBenchmark(PostgresFixture postgres, ITestOutputHelper output)
{
    private static readonly Guid Tenant = Script.Id(101);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Figures_of_a_day_with_100_000_contacts()
    {
        await using var reporting = await ReportingDatabase.Start(postgres);
        await Fill(reporting);
        var queries = new ReportQueries(reporting.Database);
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Helsinki");
        var day = Intervals.StartOfDay(new DateOnly(2026, 3, 2), zone);
        foreach (var (name, interval, from, to) in new[]
        {
            ("day by quarters", Interval.Quarter, day, day.AddDays(1)), ("day", Interval.Day, day, day.AddDays(1)), ("three days by day", Interval.Day, day.AddDays(-2), day.AddDays(1)),
        })
        {
            var range = new ReportRange(zone, Intervals.Borders(from, to, interval, zone, ReportRange.MostPeriods)!, null);
            await Measure($"queues, {name}", () => queries.Queues(Tenant, range, Ct));
            await Measure($"agents' time, {name}", () => queries.AgentTime(ReportingHost.Operator, Tenant, range, to, Ct));
            await Measure($"agents' legs, {name}", () => queries.AgentLegs(ReportingHost.Operator, [Tenant], range, Ct));
        }
    }

    private async Task Measure<T>(string what, Func<Task<List<T>>> work)
    {
        var times = new List<double>();
        var items = 0;
        for (var round = 0; round < 5; round++)
        {
            var started = Stopwatch.GetTimestamp();
            items = (await work()).Count;
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        var line = $"{what}: {items} items, first {times[0]:0} ms, median {times.Order().ElementAt(2):0} ms";
        output.WriteLine(line);
        TestContext.Current.SendDiagnosticMessage(line);
    }

    private static async Task Fill(ReportingDatabase reporting)
    {
        const string contacts = """
            insert into queue_facts select $1, gen_random_uuid(), ('00000000-0000-0000-0000-00000000000' || n % 6)::uuid,
              '2026-03-02T22:00:00Z'::timestamptz - interval '864 ms' * n, case n % 12 when 0 then 'Abandoned' when 1 then 'ShortAbandoned' else 'Answered' end,
              n * 7919::bigint % 60000, 20000, 1, n % 4 / 3, 0, n * 31::bigint % 300000, 0, 0, 15000
            from generate_series(1, 300000) n
            """;
        const string legs = """
            insert into legs (tenant, contact, id, ordinal, role, agent, started_at, ended_at, outcome, alerting_ms, ivr_ms, queue_ms, ring_ms, talk_ms, hold_ms, consult_ms, wrap_up_ms, answered_at)
            select $1, gen_random_uuid(), gen_random_uuid(), 1, 'Agent', ('00000000-0000-0000-0001-000000000' || n % 200 + 100)::uuid, at, at + interval '1 min',
              case n % 12 when 0 then 'NoAnswer' else 'Ended' end, 0, 0, 0, 1, 1, 1, 1, 1, case n % 12 when 0 then null else at + interval '5 s' end
            from generate_series(1, 300000) n, lateral (select '2026-03-02T22:00:00Z'::timestamptz - interval '864 ms' * n as at) t
            """;
        const string time = """
            insert into agent_time select $1, ('00000000-0000-0000-0001-000000000' || a + 100)::uuid, n, 'Available', (array['Idle', 'Ringing', 'Talking', 'WrapUp'])[n % 4 + 1],
              case n % 4 when 0 then null else $2 end, at, case n when 1500 then null else at + interval '40 s' end
            from generate_series(0, 199) a, generate_series(0, 1500) n, lateral (select '2026-02-27T22:00:00Z'::timestamptz + interval '1 day' * (n / 500) + interval '40 s' * (n % 500) as at) t
            """;
        await Run(reporting, Tenant, contacts, Tenant);
        await Run(reporting, Tenant, legs, Tenant);
        await Run(reporting, ReportingHost.Operator, time, ReportingHost.Operator, Tenant);
        await using var connection = new Npgsql.NpgsqlConnection(reporting.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var analyse = new Npgsql.NpgsqlCommand("vacuum analyze reporting.queue_facts, reporting.legs, reporting.agent_time", connection) { CommandTimeout = 120 };
        await analyse.ExecuteNonQueryAsync(Ct);
    }

    private static Task Run(ReportingDatabase reporting, Guid tenant, string sql, params object?[] values) => reporting.Database.InTenant(tenant, async (connection, transaction) =>
    {
        await using var command = connection.Sql(transaction, sql, values);
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync(Ct);
    }, Ct);
}
