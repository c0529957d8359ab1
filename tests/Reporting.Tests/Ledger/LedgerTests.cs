using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Hosting;
using CallCenter.Reporting.Contacts;
using CallCenter.Reporting.Ledger;
using CallCenter.Reporting.Tests.Contacts;
using Npgsql;

namespace CallCenter.Reporting.Tests.Ledger;

/// <summary>The ledger and its projections in a real database, with the service's real roles.</summary>
[Trait("needs", "server")]
public sealed class LedgerTests(PostgresFixture postgres, ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly Guid Operator = Script.Id(1_000), Anna = Calls.Anna;
    private ReportingDatabase _reporting = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _reporting = await ReportingDatabase.Start(postgres);

    public ValueTask DisposeAsync() => _reporting.DisposeAsync();

    [Fact]
    public async Task History_in_the_database_is_that_of_the_fold()
    {
        var script = Calls.AgentLost(new Script());
        await _reporting.Record(script.Events);
        var expected = ContactFold.Of([.. script.Events]).ShouldNotBeNull();

        var details = (await _reporting.Queries.Find(new Sight([script.Tenant], null), script.Contact, Ct)).ShouldNotBeNull();

        (details.StartedAt, details.EndedAt, details.Agent, details.Termination).ShouldBe((expected.StartedAt, expected.EndedAt, expected.Agent, expected.Termination));
        details.Recordings.ShouldBe(expected.Recordings);
        details.Legs.ShouldBe(expected.Legs.Select(l => new LegItem(l.Id, l.Role.ToString(), l.User, l.StartedAt, l.EndedAt, l.Outcome, l.Phases, l.Queue, l.AnsweredAt, l.Holds)));
        details.Events.Select(e => e.Id).ShouldBe(script.Events.Select(e => e.EventId), ignoreOrder: true);
    }

    [Fact]
    public async Task Rebuild_gives_the_same_bytes()
    {
        var random = Seeded();
        var tenants = new[] { Script.Id(101), Script.Id(102) };
        var scripts = Enumerable.Range(0, 40).Select(n => Calls.All.Values.ElementAt(n % Calls.All.Count)(new Script
        {
            Contact = Script.Id(5_000 + n), Tenant = tenants[n % 2], Skew = _ => random.Next(-50, 50),
        })).ToList();
        foreach (var script in scripts)
        {
            await _reporting.Record(Shuffle.Sources(script.Events, random), together: () => random.Next(1, 12));
        }

        await _reporting.Record(Enumerable.Range(1, 30).Select(n => AgentChange(n)));
        Guid[] everything = [.. tenants, Operator];
        var before = await _reporting.Projections(everything);
        before.Count.ShouldBeGreaterThan(140, "40 contacts, their legs and queues, 30 stretches of an agent's time");

        var result = await _reporting.Rebuild.Run(everything, Ct);

        output.WriteLine($"{result}");
        result.Contacts.ShouldBe(40);
        result.Agents.ShouldBe(1);
        (await _reporting.Projections(everything)).ShouldBe(before);
    }

    [Fact]
    public async Task Rebuild_brings_back_what_was_dropped_and_removes_what_the_ledger_does_not_tell()
    {
        var script = Calls.Talk(new Script());
        await _reporting.Record(script.Events);
        var before = await _reporting.Projections([script.Tenant]);
        await Run(script.Tenant, """
            delete from legs; update contacts set termination = 'Wrong'; update queue_facts set wait_ms = 1;
            insert into legs select tenant, id, id, 9, 'Agent', null, started_at, null, null, 1, 1, 1, 1, 1, 1, 1, 1 from contacts
            """);

        await _reporting.Rebuild.Run([script.Tenant], Ct);

        (await _reporting.Projections([script.Tenant])).ShouldBe(before);
    }

    [Theory]
    [InlineData("update events set type = 'Other'")]
    [InlineData("delete from events")]
    [InlineData("truncate events")]
    public async Task Run_role_cannot_change_the_ledger(string sql)
    {
        var script = Calls.Rejected(new Script());
        await _reporting.Record(script.Events);

        (await Should.ThrowAsync<PostgresException>(() => Run(script.Tenant, sql))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);

        (await _reporting.Queries.Find(new Sight([script.Tenant], null), script.Contact, Ct)).ShouldNotBeNull().Events.Count.ShouldBe(script.Events.Count);
    }

    [Theory]
    [InlineData("update reporting.events set type = 'Other'")]
    [InlineData("delete from reporting.events")]
    [InlineData("truncate reporting.events")]
    public async Task Not_even_the_owner_can_change_the_ledger(string sql)
    {
        await _reporting.Record(Calls.Rejected(new Script()).Events);
        await using var connection = new NpgsqlConnection(_reporting.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);

        (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Ct))).MessageText.ShouldContain("append-only");
    }

    [Fact]
    public async Task An_event_is_in_the_ledger_once()
    {
        var script = Calls.Rejected(new Script());
        await _reporting.Record(script.Events);

        (await Should.ThrowAsync<PostgresException>(() => _reporting.Record([script.Events[0]]))).SqlState.ShouldBe(PostgresErrorCodes.UniqueViolation);
    }

    [Fact]
    public async Task Another_tenants_rows_are_not_there()
    {
        var script = Calls.Talk(new Script());
        await _reporting.Record(script.Events);

        foreach (var table in (string[])["events", "contacts", "legs", "queue_facts"])
        {
            (await Count(script.Tenant, table)).ShouldBeGreaterThan(0, table);
            (await Count(Script.Id(999), table)).ShouldBe(0, table);
        }
    }

    [Fact]
    public async Task Events_of_agents_are_kept_under_the_operator()
    {
        await _reporting.Record([AgentChange(1), AgentChange(2)]);

        (await _reporting.Rows(Operator, "select kind || ' ' || type || ' ' || sequence from events order by sequence")).ShouldBe(["agent AgentChanged 1", "agent AgentChanged 2"]);
        (await _reporting.Rows(Operator, "select 1::text from contacts")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Contact_with_endless_hold_still_ends_right()
    {
        var script = Calls.Connect(Calls.Offer(Calls.ToQueue(new Script()), 10_000, Calls.FirstLeg, Anna), 14_000, Calls.FirstLeg, Anna);
        for (var n = 0; n < 300; n++)
        {
            script.Telephony(20_000 + n, n % 2 == 0 ? new Contracts.Telephony.CallHeld(Anna) : new Contracts.Telephony.CallResumed(Anna), Calls.FirstLeg);
        }

        Calls.WrapUp(Calls.CallerHangsUp(script, 41_000, Calls.FirstLeg, Anna), 41_000, 43_000, Calls.FirstLeg, Anna);
        await _reporting.Record(script.Events);

        var details = (await _reporting.Queries.Find(new Sight([script.Tenant], null), script.Contact, Ct)).ShouldNotBeNull();
        details.Termination.ShouldBe("Completed");
        details.Legs[0].Phases.Hold.ShouldBe(150);
        details.Legs[1].Phases.WrapUp.ShouldBe(1_998);
    }

    [Theory]
    [InlineData("+358\0\0", "+358\ufffd\ufffd")]
    [InlineData("a\\u0000", "a\\u0000")]
    [InlineData("a\\\0\"'; drop table events", "a\\\ufffd\"'; drop table events")]
    public async Task Hostile_number_is_kept(string caller, string kept)
    {
        var script = Calls.Rejected(new Script());
        var arrived = (Contracts.Telephony.CallArrived)script.Events[0] with { Caller = caller };
        await _reporting.Record([arrived]);

        (await _reporting.Queries.Find(new Sight([script.Tenant], null), script.Contact, Ct)).ShouldNotBeNull().Caller.ShouldBe(kept);
    }

    [Fact]
    public async Task One_trace_reaches_the_history_row()
    {
        using var spans = new Spans("CallCenter.Reporting");
        var script = Calls.Rejected(new Script());
        var arrived = script.Events[0] with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };

        await _reporting.Record([arrived]);

        var span = spans.Ended.Where(s => s.TraceId.ToString() == "0af7651916cd43dd8448eb211c80319c").ShouldHaveSingleItem();
        span.OperationName.ShouldBe("record CallArrived");
        span.ParentSpanId.ToString().ShouldBe("b7ad6b7169203331");
        span.GetTagItem("callcenter.tenant").ShouldBe(arrived.Tenant);
        span.GetTagItem("callcenter.contact").ShouldBe(arrived.Contact);
    }

    private static AgentChanged AgentChange(long sequence)
    {
        var at = Script.Start.AddSeconds(sequence);
        var idle = new AgentSnapshot(AgentStatus.Available, null, at, AgentState.Idle, at, null, null);
        return new AgentChanged(idle with { Status = AgentStatus.LoggedOut }, idle, "log-in", Anna.ToString())
        {
            EventId = Guid.CreateVersion7(at), Tenant = Operator, Stream = Anna, Source = "routing", Sequence = sequence, OccurredAt = at,
        };
    }

    private Task Run(Guid tenant, string sql) => _reporting.Database.InTenant(tenant, async (connection, transaction) =>
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await command.ExecuteNonQueryAsync(Ct);
    }, Ct);

    private async Task<int> Count(Guid tenant, string table) => (await _reporting.Rows(tenant, $"select 1::text from {table}")).Count;

    private Random Seeded()
    {
        const int seed = 20260303;
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }
}
