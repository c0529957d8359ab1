using System.Text.Json;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts;
using CallCenter.Hosting;
using CallCenter.Reporting.Facts;
using CallCenter.Reporting.Reports;
using CallCenter.Reporting.Tests.Contacts;
using CallCenter.Reporting.Tests.Facts;
using CallCenter.Reporting.Tests.Reports;

namespace CallCenter.Reporting.Tests.Api;

/// <summary>Figures over HTTP, from events on the bus to what each role is told. Each test has a tenant of its own; all are in Helsinki.</summary>
[Trait("needs", "server")]
public sealed class ReportApiTests(ReportingHost host, ITestOutputHelper output) : IClassFixture<ReportingHost>
{
    private const string Day = "from=2026-03-02&to=2026-03-03";

    [Fact]
    public async Task Queue_figures_are_told_by_period_with_version_and_definition()
    {
        var tenant = Script.Id(110);
        Func<Script, Script>[] calls = [Calls.Talk, Calls.AbandonedInQueue, Calls.AbandonedWhileRinging, Calls.NoAnswerThenAnother, Calls.AgentLost, Calls.AbandonedInMenu];
        foreach (var (n, call) in calls.Index())
        {
            await host.Tell(call(new Script { Tenant = tenant, Contact = Script.Id(80_000 + n) }));
        }

        using var supervisor = host.As(Role.Supervisor);
        var report = await ReportingHost.Get(supervisor, $"/api/reports/queues?tenant={tenant}&{Day}&interval=15m");

        report.GetProperty("timeZone").GetString().ShouldBe("Europe/Helsinki");
        var definition = report.GetProperty("definitions").GetProperty("asa");
        (definition.GetProperty("version").GetInt32(), definition.GetProperty("unit").GetString()).ShouldBe((1, "ms"));
        definition.GetProperty("formula").GetString().ShouldBe("sum of wait of answered / answered");
        var item = report.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        item.GetProperty("queue").GetGuid().ShouldBe(Calls.Queue);
        (item.GetProperty("from").GetString(), item.GetProperty("to").GetString()).ShouldBe(("2026-03-02T11:00:00+02:00", "2026-03-02T11:15:00+02:00"));
        item.GetProperty("metrics").GetProperty("offered").GetProperty("version").GetInt32().ShouldBe(1);
        Values(item).ShouldBe(new Dictionary<string, double?>
        {
            ["offered"] = 5, ["answered"] = 3, ["abandoned"] = 1, ["short_abandoned"] = 1, ["flow_out"] = 0, ["timed_out"] = 0, ["no_agent"] = 0, ["failed"] = 0, ["still_waiting"] = 0,
            ["service_level_answered"] = 2 / 3d, ["service_level_default"] = 2 / 4d, ["service_level_offered"] = 3 / 4d, ["abandon_rate"] = 1 / 5d,
            ["asa"] = (9_003 + 28_003 + 9_003) / 3d, ["longest_wait"] = 28_003, ["handled"] = 4,
            ["handling_time"] = 60_315 + 15_677 + 26_994 + 2_998 + 5_992 + 26_994 + 4_998, ["aht"] = (60_315 + 15_677 + 26_994 + 2_998 + 5_992 + 26_994 + 4_998) / 4d,
            ["hold_rate"] = 0, ["transfer_rate"] = 0, ["agent_talk_share"] = null, ["talk_over_rate"] = null, ["silence_rate"] = null, ["longest_silence"] = null,
        });
    }

    [Fact]
    public async Task Agent_figures_are_split_at_borders_and_tell_handling_of_the_tenant_asked_for()
    {
        var (tenant, agent) = (Script.Id(111), Script.Id(401));
        var talk = Calls.WrapUp(Calls.CallerHangsUp(Calls.Connect(Calls.Offer(Calls.ToQueue(new Script { Tenant = tenant, Contact = Script.Id(81_000) }),
            890_000, Calls.FirstLeg, agent), 895_000, Calls.FirstLeg, agent), 950_000, Calls.FirstLeg, agent), 950_000, 960_000, Calls.FirstLeg, agent);
        await host.Tell(talk);
        await host.Tell(new Shift(agent).Status(-10_000, AgentStatus.Available).State(890_000, AgentState.Reserved, tenant).State(890_060, AgentState.Ringing, tenant)
            .State(895_008, AgentState.Talking, tenant).State(950_002, AgentState.WrapUp, tenant).State(960_000, AgentState.Idle)
            .State(970_000, AgentState.Talking, Script.Id(119)).State(980_000, AgentState.Idle).Status(990_000, AgentStatus.LoggedOut).Events);
        using var self = host.As(Role.Agent, agent, tenant);

        var report = await ReportingHost.Get(self, $"/api/reports/agents?tenant={tenant}&{Day}&interval=15m");

        var items = report.GetProperty("items").EnumerateArray().Select(Values).ToList();
        items.Count.ShouldBe(3, "before eleven, the quarter of the answer, the next");
        (items[0]["logged_in_time"], items[0]["idle_time"], items[0]["occupancy"]).ShouldBe((10_000, 10_000, 0));
        (items[1]["handled"], items[1]["talk_time"], items[1]["ring_time"], items[1]["idle_time"]).ShouldBe((1, 4_992, 5_008, 890_000));
        (items[2]["handled"], items[2]["talk_time"], items[2]["wrap_up_time"], items[2]["aht"]).ShouldBe((0, 50_002, 9_998, null));
        (items[2]["handling_time"], items[2]["logged_in_time"], items[2]["idle_time"]).ShouldBe((60_000, 90_000, 20_000), "the other tenant's ten seconds are in the shift, not in the tenant's handling");
        items[2]["occupancy"].ShouldBe(70 / 90d);
        foreach (var item in items)
        {
            var parts = new[] { "idle_time", "away_time", "ring_time", "unreachable_time" }.Sum(id => item[id]);
            (item["logged_in_time"] - parts >= item["handling_time"]).ShouldBeTrue();
        }

        var whole = Values((await ReportingHost.Get(self, $"/api/reports/agents?{Day}&interval=day&timeZone=Europe/Helsinki")).GetProperty("items").EnumerateArray().Single());
        (whole["handled"], whole["aht"], whole["logged_in_time"], whole["missed_offers"]).ShouldBe((1, 74_992, 1_000_000, 0));
        whole["utilisation"].ShouldBe(74_992 / 1_000_000d);
    }

    [Fact]
    public async Task A_teams_figures_are_those_of_who_was_in_it_at_the_time()
    {
        var (tenant, agent, other) = (Script.Id(118), Script.Id(403), Script.Id(404));
        await host.Tell(Calls.WrapUp(Calls.CallerHangsUp(Calls.Connect(Calls.Offer(Calls.ToQueue(new Script { Tenant = tenant, Contact = Script.Id(84_000) }),
            20_000, Calls.FirstLeg, agent), 25_000, Calls.FirstLeg, agent), 50_000, Calls.FirstLeg, agent), 50_000, 60_000, Calls.FirstLeg, agent));
        await host.Tell(new Shift(agent).Team(-20_000, "East").Status(-10_000, AgentStatus.Available).State(25_008, AgentState.Talking, tenant).State(50_002, AgentState.WrapUp, tenant)
            .State(60_000, AgentState.Idle).Team(70_000, "West").Status(90_000, AgentStatus.LoggedOut).Events);
        await host.Tell(new Shift(other).Status(0, AgentStatus.Available).Status(5_000, AgentStatus.LoggedOut).Events);
        using var all = host.As(Role.Supervisor);
        using var east = host.SupervisorOf("East");
        using var both = host.SupervisorOf("West", "East");

        async Task<Dictionary<string, double?>> Of(HttpClient client, string more = "") =>
            Values((await ReportingHost.Get(client, $"/api/reports/agents?agent={agent}&{Day}{more}")).GetProperty("items").EnumerateArray().Single());
        async Task<int> Items(HttpClient client, string more = "") => (await ReportingHost.Get(client, $"/api/reports/agents?{Day}{more}")).GetProperty("items").GetArrayLength();
        (await Of(all, "&team=East"))["logged_in_time"].ShouldBe(80_000);
        (await Of(all, "&team=East"))["handled"].ShouldBe(1, "answered before the move");
        (await Of(all, "&team=West"))["logged_in_time"].ShouldBe(20_000);
        (await Of(all, "&team=West"))["handled"].ShouldBe(0);
        (await Of(all))["logged_in_time"].ShouldBe(100_000);
        (await Of(east)).ShouldBe(await Of(all, "&team=East"));
        (await Of(both)).ShouldBe(await Of(all));
        (await Of(both, "&team=West")).ShouldBe(await Of(all, "&team=West"));
        (await Items(all, $"&agent={other}")).ShouldBe(1);
        (await Items(both, $"&agent={other}")).ShouldBe(0, "in no team");
        (await Items(all, "&team=North")).ShouldBe(0);
        var (status, detail) = await ReportingHost.Refusal(east, $"/api/reports/agents?{Day}&team=West");
        (status, detail).ShouldBe((403, "'West' is none of your teams (East): ask an administrator."));
    }

    [Fact]
    public async Task Late_and_repeated_events_count_once()
    {
        const int seed = 11;
        output.WriteLine($"seed {seed}");
        var (tenant, random) = (Script.Id(117), new Random(seed));
        var calls = Enumerable.Range(0, 12).Select(n => RandomCall.Play(700_000 + n, tenant, n * 60_000, random)).ToList();
        DomainEvent[] events = [.. calls.SelectMany(c => c.Script.Events), .. calls.SelectMany(c => c.Script.Events)];
        random.Shuffle(events);

        await host.Tell(events);
        await host.Tell(events[..100]);

        using var supervisor = host.As(Role.Supervisor);
        var items = (await ReportingHost.Get(supervisor, $"/api/reports/queues?tenant={tenant}&{Day}")).GetProperty("items").EnumerateArray()
            .ToDictionary(i => i.GetProperty("queue").GetGuid(), Values);
        foreach (var queue in calls.SelectMany(c => c.Entries).GroupBy(e => e.Queue))
        {
            (items[queue.Key]["offered"], items[queue.Key]["answered"]).ShouldBe((queue.Count(), queue.Count(e => e.Outcome == QueueOutcome.Answered)));
            items[queue.Key]["handling_time"].ShouldBe(queue.SelectMany(e => e.Legs).Sum(l => l.TalkMs + l.HoldMs + l.WrapUpMs));
        }
    }

    [Fact]
    public async Task Today_begins_at_local_midnight()
    {
        var tenant = Script.Id(112);
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Helsinki");
        var midnight = Intervals.StartOfDay(Intervals.DateOf(TimeProvider.System.Now(), zone), zone);
        var (first, last) = (Calls.AbandonedInQueue(new Script { Tenant = tenant, Contact = Script.Id(82_000) }), Calls.AbandonedInQueue(new Script { Tenant = tenant, Contact = Script.Id(82_001) }));
        await host.Tell(Moved(first, midnight - Script.Start.AddMilliseconds(5_005)));
        await host.Tell(Moved(last, midnight - Script.Start.AddMilliseconds(5_006)));
        using var client = host.As(Role.Client, null, tenant);

        var today = await ReportingHost.Get(client, "/api/reports/today");

        today.GetProperty("from").GetDateTimeOffset().ShouldBe(midnight);
        Values(today)["offered"].ShouldBe(1, "the other came a millisecond before midnight");
        Values(today.GetProperty("items").EnumerateArray().Single())["short_abandoned"].ShouldBe(1);
    }

    [Fact]
    public async Task Csv_has_zone_versions_and_units_in_its_header()
    {
        var tenant = Script.Id(113);
        await host.Tell(Calls.Talk(new Script { Tenant = tenant, Contact = Script.Id(83_000) }));
        using var supervisor = host.As(Role.Supervisor);

        var lines = await Lines(supervisor, $"/api/reports/queues?tenant={tenant}&{Day}&interval=hour&format=csv");

        lines[0].ShouldStartWith("queue,from (Europe/Helsinki),to (Europe/Helsinki),offered (v1 count),answered (v1 count),");
        lines[1].ShouldStartWith($"{Calls.Queue},2026-03-02T11:00:00.000+02:00,2026-03-02T12:00:00.000+02:00,1,1,0,");
        lines[1].Split(',').Length.ShouldBe(lines[0].Split(',').Length);
        supervisor.DefaultRequestHeaders.Accept.ParseAdd("text/csv");
        (await Lines(supervisor, $"/api/reports/queues?tenant={tenant}&{Day}&interval=hour")).ShouldBe(lines);
        (await Lines(supervisor, $"/api/reports/agents?{Day}&interval=day"))[0].ShouldStartWith("agent,from (UTC),to (UTC),handled (v1 count),");
    }

    [Fact]
    public async Task Each_role_is_told_its_own()
    {
        var (mine, other) = (Script.Id(114), Script.Id(115));
        using var client = host.As(Role.Client, null, mine);
        using var agent = host.As(Role.Agent, Calls.Anna, mine);
        using var supervisor = host.As(Role.Supervisor);
        using var service = host.As(Role.Service);

        (await ReportingHost.Get(client, $"/api/reports/queues?{Day}")).GetProperty("items").GetArrayLength().ShouldBe(0);
        await ReportingHost.Get(agent, $"/api/reports/today?tenant={mine}");
        await ReportingHost.Get(service, $"/api/reports/today?tenant={other}");
        (await ReportingHost.Refusal(client, $"/api/reports/queues?tenant={other}&{Day}")).Status.ShouldBe(404);
        (await ReportingHost.Refusal(client, $"/api/reports/today?tenant={other}")).Status.ShouldBe(404);
        (await ReportingHost.Refusal(agent, $"/api/reports/agents?tenant={other}")).Status.ShouldBe(404);
        (await ReportingHost.Refusal(agent, $"/api/reports/agents?agent={Calls.Bo}")).Status.ShouldBe(404);
        (await ReportingHost.Refusal(supervisor, $"/api/reports/queues?tenant={Guid.NewGuid()}")).Status.ShouldBe(404);
        (await ReportingHost.Refusal(client, "/api/reports/agents")).Status.ShouldBe(403);
        (await ReportingHost.Refusal(agent, "/api/reports/queues")).Status.ShouldBe(403);
    }

    [Theory]
    [InlineData("interval=fortnight", "15m, 30m, hour, day, week, month")]
    [InlineData("interval=15m&from=2026-01-01&to=2026-03-01", "3000 periods")]
    [InlineData("from=2020-01-01&to=2026-03-01", "400 days")]
    [InlineData("from=2026-03-02&to=2026-03-02", "before")]
    [InlineData("from=yesterday", "2026-03-02T09:00")]
    [InlineData("queue=7", "UUID")]
    [InlineData("format=xml", "csv")]
    public async Task What_cannot_be_told_is_a_problem_that_says_what_to_do(string query, string advice)
    {
        using var supervisor = host.As(Role.Supervisor);
        var (status, detail) = await ReportingHost.Refusal(supervisor, $"/api/reports/queues?tenant={Script.Id(116)}&{query}");
        status.ShouldBe(400);
        detail.ShouldContain(advice);
        (await ReportingHost.Refusal(supervisor, "/api/reports/queues")).Detail.ShouldContain("tenant");
    }

    private static List<DomainEvent> Moved(Script script, TimeSpan by) => [.. script.Events.Select(DomainEvent (e) => e with { OccurredAt = e.OccurredAt + by })];

    private static Dictionary<string, double?> Values(JsonElement item) => item.GetProperty("metrics").EnumerateObject().ToDictionary(
        m => m.Name, m => m.Value.GetProperty("value") is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : (double?)null);

    private static async Task<string[]> Lines(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/csv; charset=utf-8");
        return (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }
}
