using System.Text.Json.Nodes;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>A real call as the screens see it: what is pushed to whom, and the truth after a kill.</summary>
[Trait("needs", "server")]
public sealed class ScreenTests
{
    private const string Caller = "+358401234567";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_call_pops_up_before_the_answer_and_the_truth_survives_a_kill()
    {
        await using var center = await RunningCenter.Start();
        var tenant = await TestTenant.Make(center, "screens", "+358911000020", agents: 1);
        var other = await TestTenant.Make(center, "others", "+358911000021", agents: 0);
        await Brand(center, tenant);
        await using var agent = await AgentAtWork.Begin(center, tenant.Agents[0], whenRinging: WhenRinging.Ring);
        await using var desk = await Tab(center, tenant.Agents[0]);
        await using var supervisor = await Tab(center, tenant.Supervisor);
        await using var client = await Tab(center, tenant.Client);
        await using var callers = new TestCaller(center.Sip);
        await using var call = await callers.Call(tenant.Number, Caller).WhenAnswered(Soon);
        await call.Audio.HearsAnything.WaitAsync(Soon, TestContext.Current.CancellationToken);
        call.Audio.Press('1');

        // The phone rings until the pop has been seen: the answer cannot have been before it.
        var ringing = await agent.Phone.NextCall(Soon);
        IsWhole(await Pop(desk, "offered"), tenant);
        await Shows(supervisor, "agent", m => (string?)m["state"] == "Ringing");
        await Shows(supervisor, "queue", m => (Guid)m["id"]! == tenant.Queue && (int)m["agents"]!["busy"]! == 1);
        ringing.Accept();
        await Pop(desk, "talking");
        call.HangUp();
        await Shows(client, "queue", m => (Guid)m["id"]! == tenant.Queue && (int?)m["today"]?["answered"] == 1);
        var contact = (Guid)(await Pop(desk, "wrapUp"))["contact"]!;
        var before = (await agent.Api.Get("/api/desk/me"))["contact"];
        await center.Kill();
        await desk.Closed.WaitAsync(Soon, TestContext.Current.CancellationToken);

        client.Received.ShouldAllBe(m => (string?)m["type"] == "clock" || ((string?)m["type"] == "queue" && (Guid)m["tenant"]! == tenant.Id));
        desk.Received.ShouldAllBe(m => (string?)m["type"] != "queue" || (Guid)m["tenant"]! == tenant.Id);
        supervisor.Received.ShouldContain(m => (string?)m["type"] == "queue" && (Guid)m["tenant"]! == other.Id);
        await center.Start();
        await IsTrueAgain(center, tenant, contact, before);
    }

    /// <summary>What was being wrapped up still is, with the same deadline; then it is over, and the screen says so.</summary>
    private static async Task IsTrueAgain(RunningCenter center, TestTenant tenant, Guid contact, JsonNode? before)
    {
        using var api = await tenant.SignIn(tenant.Agents[0]);
        await using var desk = await Tab(center, tenant.Agents[0]);
        var me = await api.Get("/api/desk/me");
        ((string?)me["contact"]?["contact"]).ShouldBe(contact.ToString(), $"{me["agent"]}");
        ((string?)me["contact"]!["state"]).ShouldBe("wrapUp");
        foreach (var fact in new[] { "caller", "called", "wrapUpDeadline", "stateSince", "greeting" })
        {
            ((string?)me["contact"]![fact]).ShouldBe((string?)before![fact], fact);
        }
        await api.Post($"/api/agents/{(await api.Agent(tenant.Agents[0].User)).Id}/disposition", new { contact, code = "done" });
        await Pop(desk, "over");
        (await api.Get("/api/desk/me"))["contact"].ShouldBeNull();
    }

    private static async Task Brand(RunningCenter center, TestTenant tenant)
    {
        using var administrator = await center.SignInAs("administrator");
        await administrator.Put($"/api/tenants/{tenant.Id}", new
        {
            name = tenant.Name, language = "fi", timeZone = "Europe/Helsinki", limits = new { concurrentCalls = 100, callsPerSecond = 100 },
            brand = new { colour = "#aa3300", greeting = "Hyvää päivää!" },
        });
        // A wrap-up that outlasts a restart.
        await administrator.Put($"/api/queues/{tenant.Queue}", new { tenant = tenant.Id, name = "Jono", wrapUpSeconds = 600, offerTimeoutSeconds = 60, codes = new[] { new { code = "done", label = "Valmis" } } });
    }

    private static void IsWhole(JsonNode pop, TestTenant tenant)
    {
        ((Guid)pop["tenant"]!["id"]!, (string?)pop["tenant"]!["name"], (string?)pop["tenant"]!["colour"]).ShouldBe((tenant.Id, tenant.Name, "#aa3300"));
        ((string?)pop["greeting"], (string?)pop["queue"]!["name"], (string?)pop["language"]).ShouldBe(("Hyvää päivää!", "Jono", "fi"));
        ((string?)pop["caller"], (string?)pop["called"]).ShouldBe((Caller, tenant.Number));
        pop["customer"]!["id"].ShouldNotBeNull();
        ((string?)pop["codes"]![0]!["label"]).ShouldBe("Valmis");
    }

    private static async Task<HubClient> Tab(RunningCenter center, TestAgent user)
    {
        using var api = await Api.SignIn(center.Address, user.User, user.Password);
        return await HubClient.Connect(center.Address, api.Http.DefaultRequestHeaders.Authorization!.Parameter!);
    }

    private static Task<JsonNode> Pop(HubClient tab, string state) => tab.First("contact", m => (string?)m["state"] == state);

    private static Task<JsonNode> Shows(HubClient tab, string type, Func<JsonNode, bool> that) => tab.First(type, that);
}
