using System.Net.Http.Json;
using System.Text.Json;
using CallCenter.Contracts.Crm;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Reporting.Tests.Contacts;

namespace CallCenter.Reporting.Tests.Api;

/// <summary>The API over HTTP, from events on the bus to what each role sees. Each test has tenants of its own.</summary>
[Trait("needs", "server")]
public sealed class ContactApiTests(ReportingHost host) : IClassFixture<ReportingHost>
{
    private const string Day = "from=2026-03-02T00:00:00Z&to=2026-03-03T00:00:00Z";

    [Fact]
    public async Task Contact_is_told_with_legs_and_events_in_the_documented_form()
    {
        var script = Calls.Talk(new Script { Tenant = Script.Id(100), Contact = Script.Id(70_001) });
        await host.Tell(script);
        using var supervisor = host.As(Role.Supervisor);

        var contact = await ReportingHost.Get(supervisor, $"/api/contacts/{script.Contact}");

        Names(contact).ShouldBe(["id", "tenant", "channel", "caller", "called", "startedAt", "endedAt", "queue", "agent", "termination", "recordings", "disposition", "customer", "origin", "speech", "callback", "legs", "announcements", "events"]);
        contact.GetProperty("termination").GetString().ShouldBe("Completed");
        contact.GetProperty("recordings")[0].GetGuid().ShouldBe(Calls.Recording);
        var leg = contact.GetProperty("legs")[1];
        Names(leg).ShouldBe(["id", "role", "user", "startedAt", "endedAt", "outcome", "phases", "queue", "answeredAt", "holds"]);
        leg.GetProperty("user").GetGuid().ShouldBe(Calls.Anna);
        Names(leg.GetProperty("phases")).ShouldBe(["alerting", "ivr", "queue", "ring", "talk", "hold", "consult", "wrapUp"]);
        leg.GetProperty("phases").GetProperty("wrapUp").GetInt64().ShouldBe(15_677);
        contact.GetProperty("events").GetArrayLength().ShouldBe(script.Events.Count);
        Names(contact.GetProperty("events")[0]).ShouldBe(["id", "type", "source", "sequence", "at"]);
    }

    [Fact]
    public async Task Live_contact_has_nulls_where_nothing_is_known_yet()
    {
        var script = Calls.Answer(new Script { Tenant = Script.Id(101), Contact = Script.Id(70_101) });
        await host.Tell(script);
        using var supervisor = host.As(Role.Supervisor);

        var item = (await ReportingHost.Get(supervisor, $"/api/contacts?tenant={script.Tenant}&{Day}")).GetProperty("items")[0];

        foreach (var name in (string[])["endedAt", "queue", "agent", "termination"])
        {
            item.GetProperty(name).ValueKind.ShouldBe(JsonValueKind.Null, name);
        }
    }

    [Fact]
    public async Task Pages_neither_repeat_nor_miss_a_contact_while_new_ones_come_in()
    {
        var tenant = Script.Id(102);
        for (var n = 0; n < 7; n++)
        {
            await host.Tell(Calls.Rejected(new Script { Tenant = tenant, Contact = Script.Id(70_200 + n) }));
        }

        using var client = host.As(Role.Client, null, tenant);
        var (seen, cursor) = (new List<Guid>(), "");
        for (var page = 0; cursor is not null; page++)
        {
            var answer = await ReportingHost.Get(client, $"/api/contacts?tenant={tenant}&{Day}&limit=3&cursor={cursor}");
            seen.AddRange(Ids(answer));
            cursor = answer.GetProperty("next").GetString();
            await host.Tell(Calls.Rejected(new Script { Tenant = tenant, Contact = Script.Id(79_000 + page) }));
        }

        seen.ShouldBe(Enumerable.Range(70_200, 7).Reverse().Select(Script.Id), "the same start: by id, the greatest first");
    }

    [Fact]
    public async Task Each_role_sees_its_own()
    {
        var (mine, other) = (Script.Id(103), Script.Id(104));
        var talk = Calls.Talk(new Script { Tenant = mine, Contact = Script.Id(70_301) });
        var missed = Calls.NoAnswerThenAnother(new Script { Tenant = mine, Contact = Script.Id(70_302) });
        var menu = Calls.AbandonedInMenu(new Script { Tenant = mine, Contact = Script.Id(70_303) });
        var theirs = Calls.Talk(new Script { Tenant = other, Contact = Script.Id(70_304) });
        foreach (var script in (Script[])[talk, missed, menu, theirs])
        {
            await host.Tell(script);
        }

        await ShouldSee(host.As(Role.Supervisor), mine, [talk, missed, menu]);
        await ShouldSee(host.As(Role.Administrator), other, [theirs]);
        await ShouldSee(host.As(Role.Client, null, mine), null, [talk, missed, menu]);
        await ShouldSee(host.As(Role.Agent, Calls.Anna, mine), null, [talk, missed]);
        await ShouldSee(host.As(Role.Agent, Calls.Bo, mine), null, [missed]);
        await ShouldSee(host.As(Role.Agent, Script.Id(399), mine), null, []);
        await ShouldNotFind(host.As(Role.Client, null, mine), theirs.Contact);
        await ShouldNotFind(host.As(Role.Agent, Calls.Anna, mine), theirs.Contact);
        await ShouldNotFind(host.As(Role.Agent, Calls.Anna, mine), menu.Contact);
        await ShouldNotFind(host.As(Role.Supervisor), Guid.NewGuid());
        await ShouldNotFind(host.As(Role.Client), mine);
    }

    [Fact]
    public async Task List_of_another_tenant_or_agent_is_not_found()
    {
        var (mine, other) = (Script.Id(105), Script.Id(106));
        using var client = host.As(Role.Client, null, mine);
        using var agent = host.As(Role.Agent, Calls.Anna, mine);
        using var supervisor = host.As(Role.Supervisor);

        (await ReportingHost.Refusal(client, $"/api/contacts?tenant={other}")).Status.ShouldBe(404);
        (await ReportingHost.Refusal(agent, $"/api/contacts?tenant={other}")).Status.ShouldBe(404);
        (await ReportingHost.Refusal(agent, $"/api/contacts?agent={Calls.Bo}")).Status.ShouldBe(404);
        (await ReportingHost.Refusal(supervisor, $"/api/contacts?tenant={Guid.NewGuid()}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Filter_by_agent_and_by_time()
    {
        var tenant = Script.Id(107);
        var missed = Calls.NoAnswerThenAnother(new Script { Tenant = tenant, Contact = Script.Id(70_401) });
        await host.Tell(missed);
        await host.Tell(Calls.Talk(new Script { Tenant = tenant, Contact = Script.Id(70_402) }));
        using var supervisor = host.As(Role.Supervisor);

        Ids(await ReportingHost.Get(supervisor, $"/api/contacts?tenant={tenant}&{Day}&agent={Calls.Bo}")).ShouldBe([missed.Contact]);
        Ids(await ReportingHost.Get(supervisor, $"/api/contacts?tenant={tenant}&from=2026-03-02T09:00:00Z&to=2026-03-02T09:00:01Z")).Count.ShouldBe(2, "'from' is in");
        Ids(await ReportingHost.Get(supervisor, $"/api/contacts?tenant={tenant}&from=2026-03-02T08:00:00Z&to=2026-03-02T09:00:00Z")).ShouldBeEmpty("'to' is out");
        Ids(await ReportingHost.Get(supervisor, $"/api/contacts?tenant={tenant}")).ShouldBeEmpty("the last 24 hours");
    }

    [Fact]
    public async Task Contact_tells_its_customer_disposition_and_what_the_waiting_caller_heard()
    {
        var script = Calls.ToQueue(new Script { Tenant = Script.Id(109), Contact = Script.Id(70_601) });
        script.Crm(8, new CustomerIdentified(Script.Id(900), "Aino", "+35840111", false), script.Last<CallArrived>())
            .Ivr(9_000, new WaitAnnounced(Calls.Queue, 2, 45_000, null)).Ivr(39_000, new WaitAnnounced(Calls.Queue, 1, null, null));
        Calls.WrapUp(Calls.CallerHangsUp(Calls.Connect(Calls.Offer(script, 40_000, Calls.FirstLeg, Calls.Anna), 44_000, Calls.FirstLeg, Calls.Anna),
            60_000, Calls.FirstLeg, Calls.Anna), 60_000, 70_000, Calls.FirstLeg, Calls.Anna);
        await host.Tell(script);
        using var client = host.As(Role.Client, null, script.Tenant);

        var contact = await ReportingHost.Get(client, $"/api/contacts/{script.Contact}");

        contact.GetProperty("disposition").GetString().ShouldBe("sold");
        contact.GetProperty("customer").GetRawText().ShouldBe($$"""{"id":"{{Script.Id(900)}}","name":"Aino"}""");
        var announcements = contact.GetProperty("announcements").EnumerateArray().ToList();
        announcements.Select(a => (a.GetProperty("position").GetInt32(), a.GetProperty("estimatedWaitMs").GetRawText())).ShouldBe([(2, "45000"), (1, "null")]);
        var leg = contact.GetProperty("legs")[1];
        (leg.GetProperty("queue").GetGuid(), leg.GetProperty("answeredAt").GetDateTimeOffset()).ShouldBe((Calls.Queue, Script.Start.AddMilliseconds(44_008)));
    }

    [Fact]
    public async Task Searches_and_csv()
    {
        var tenant = Script.Id(118);
        var talk = Calls.Talk(new Script { Tenant = tenant, Contact = Script.Id(70_701) });
        var menu = Calls.AbandonedInMenu(new Script { Tenant = tenant, Contact = Script.Id(70_702) });
        var rejected = Calls.Rejected(new Script { Tenant = tenant, Contact = Script.Id(70_703) });
        var hostile = new Script { Tenant = tenant, Contact = Script.Id(70_704) }.Telephony(0, new CallRejected("limit", 503, "=1+1,\"x\"", "+35891234"));
        foreach (var script in (Script[])[talk, menu, rejected, hostile])
        {
            await host.Tell(script);
        }

        using var client = host.As(Role.Client, null, tenant);
        (await Found("queue=" + Calls.Queue)).ShouldBe([talk.Contact]);
        (await Found("termination=Rejected")).ShouldBe([rejected.Contact]);
        (await Found("caller=" + Uri.EscapeDataString("+35840"))).ShouldBe([rejected.Contact, menu.Contact, talk.Contact]);
        (await Found("minSeconds=90")).ShouldBe([talk.Contact]);
        (await Found("minSeconds=91")).ShouldBeEmpty();

        var csv = await client.GetStringAsync(new Uri($"/api/contacts?{Day}&format=csv&limit=1", UriKind.Relative), TestContext.Current.CancellationToken);
        var lines = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(5, "a header and every contact");
        lines[1].ShouldContain("\"'=1+1,\"\"x\"\"\"", customMessage: "a spreadsheet takes it for text");
        lines[^1].ShouldStartWith($"{talk.Contact},{tenant},2026-03-02T09:00:00.000+00:00,2026-03-02T09:01:30.000+00:00,90000,VoiceIn,+35840111,+35891234,,,{Calls.Queue},{Calls.Anna},Completed,sold,");

        async Task<List<Guid>> Found(string search) => Ids(await ReportingHost.Get(client, $"/api/contacts?{Day}&{search}"));
    }

    [Fact]
    public async Task Wrong_query_is_a_problem_that_says_what_to_do()
    {
        using var supervisor = host.As(Role.Supervisor);
        var (status, detail) = await ReportingHost.Refusal(supervisor, "/api/contacts?from=yesterday&limit=1000");
        status.ShouldBe(400);
        detail.ShouldContain("2026-03-02T09:00:00Z");
        detail.ShouldContain("500");
    }

    [Fact]
    public async Task Nobody_signed_in_sees_nothing()
    {
        using var anonymous = host.Anonymous();
        (await ReportingHost.Refusal(anonymous, "/api/contacts")).Status.ShouldBe(401);
        (await ReportingHost.Refusal(anonymous, $"/api/contacts/{Guid.NewGuid()}")).Status.ShouldBe(401);
        (await ReportingHost.Refusal(anonymous, "/api/reports/rebuild", HttpMethod.Post)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Who_spoke_when_is_told_with_the_contact_and_in_the_queues_figures()
    {
        var script = Calls.Talk(new Script { Tenant = Script.Id(115), Contact = Script.Id(80_015) }).Telephony(74_322, SpeechTests.Measured);
        await host.Tell(script);
        using var client = host.As(Role.Client, null, script.Tenant);
        var speech = (await ReportingHost.Get(client, $"/api/contacts/{script.Contact}")).GetProperty("speech");
        (speech.GetProperty("talkOverMs").GetInt64(), speech.GetProperty("slots").GetString()).ShouldBe((2_000, "cc oob-"));
        var report = await ReportingHost.Get(client, $"/api/reports/queues?tenant={script.Tenant}&from=2026-03-02T00:00&to=2026-03-03T00:00&interval=day");
        report.GetProperty("items")[0].GetProperty("metrics").GetProperty("silence_rate").GetProperty("value").GetDouble().ShouldBe(0.2);
    }

    [Fact]
    public async Task Rebuild_is_the_administrators_and_changes_no_byte_of_what_is_told()
    {
        var script = Calls.Hold(new Script { Tenant = Script.Id(108), Contact = Script.Id(70_501) });
        await host.Tell(script);
        using var administrator = host.As(Role.Administrator);
        using var supervisor = host.As(Role.Supervisor);
        var before = await supervisor.GetStringAsync(new Uri($"/api/contacts/{script.Contact}", UriKind.Relative), TestContext.Current.CancellationToken);

        (await ReportingHost.Refusal(supervisor, "/api/reports/rebuild", HttpMethod.Post)).Status.ShouldBe(403);
        using var answer = await administrator.PostAsync(new Uri("/api/reports/rebuild", UriKind.Relative), null, TestContext.Current.CancellationToken);

        var result = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        result.GetProperty("contacts").GetInt32().ShouldBeGreaterThan(0);
        (await supervisor.GetStringAsync(new Uri($"/api/contacts/{script.Contact}", UriKind.Relative), TestContext.Current.CancellationToken)).ShouldBe(before);
    }

    private static async Task ShouldSee(HttpClient client, Guid? tenant, Script[] scripts)
    {
        using (client)
        {
            var listed = await ReportingHost.Get(client, $"/api/contacts?{Day}&limit=500" + (tenant is null ? "" : $"&tenant={tenant}"));
            Ids(listed).ShouldBe(scripts.Select(s => s.Contact), ignoreOrder: true);
            foreach (var script in scripts)
            {
                (await ReportingHost.Get(client, $"/api/contacts/{script.Contact}")).GetProperty("id").GetGuid().ShouldBe(script.Contact);
            }
        }
    }

    private static async Task ShouldNotFind(HttpClient client, Guid contact)
    {
        using (client)
        {
            (await ReportingHost.Refusal(client, $"/api/contacts/{contact}")).Status.ShouldBe(404);
        }
    }

    private static List<Guid> Ids(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid())];

    private static string[] Names(JsonElement json) => [.. json.EnumerateObject().Select(p => p.Name)];
}
