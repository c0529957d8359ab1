using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>A caller who does not wait on the line: asks for a callback by key, is called and talks to the agent.</summary>
[Trait("needs", "server")]
public sealed class CallbackTests(CentreFixture fixture)
{
    private const string Customer = "+358405552001";
    private const double AgentHertz = 1000, CustomerHertz = 1700;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_caller_asks_to_be_called_back_and_is_when_its_turn_comes()
    {
        var center = await fixture.Center();
        var tenant = await TestTenant.Make(center, "callback", "+358911000088", agents: 1);
        await using var outside = TestPhone.Unregistered(CustomerHertz);
        await Configure(center, tenant, outside);
        using var supervisor = await tenant.SignIn(tenant.Supervisor);
        await using var callers = new TestCaller(center.Sip);
        await using var agent = await AgentAtWork.Begin(center, tenant.Agents[0], AgentHertz);
        await agent.SetStatus("Break", "Lunch");
        await agent.Is("Break", "Idle", Soon);

        await using var call = await callers.Call(tenant.Number, Customer).WhenAnswered(Soon);
        var first = (await Eventually.Get("the contact", Soon, () => tenant.Contacts(supervisor), all => all.Count == 1))[0].Id;
        await Eventually.Get("told of the choice", 2 * Soon, () => supervisor.Contact(first), c => c.Events.Any(e => e.Type == "WaitAnnounced"));
        call.Audio.Press('1');
        call.Audio.Press('1');
        await call.WhenEnded(2 * Soon);
        var pending = await Eventually.Get("the callback", Soon, () => supervisor.Get($"/api/routing/callbacks?tenant={tenant.Id}"), list => list["items"]!.AsArray().Count == 1);
        var item = pending["items"]![0]!;
        ((string)item["number"]!, (Guid)item["first"]!, (string)item["state"]!).ShouldBe((Customer, first, "waiting"));
        (await Eventually.Get("the first contact over", Soon, () => supervisor.Contact(first), c => c.EndedAt is not null)).Termination.ShouldBe("Deflected");

        var back = (Guid)item["contact"]!;
        await agent.SetStatus("Available");
        await using var inner = await agent.Phone.NextCall(Soon);
        await using var outer = await outside.NextCall(Soon);
        outer.Incoming!.Request.FromUser.ShouldBe(tenant.Number);
        await Task.WhenAll(outer.Audio.Hears(AgentHertz, Soon), inner.Audio.Hears(CustomerHertz, Soon));
        outer.HangUp();
        await inner.WhenEnded(Soon);

        var contact = await Eventually.Get("the callback over", 2 * Soon, () => supervisor.Contact(back), c => c.EndedAt is not null);
        (contact.Channel, contact.Caller, contact.Called, contact.Termination, contact.Agent).ShouldBe(("Callback", Customer, tenant.Number, "Completed", agent.Id));
        contact.ShouldAddUp();
        ((Guid)(await supervisor.Get($"/api/contacts/{back}"))["callback"]!["first"]!).ShouldBe(first);
        (await supervisor.Contact(first)).ShouldAddUp();
        (await supervisor.Get($"/api/routing/callbacks?tenant={tenant.Id}"))["items"]!.AsArray().ShouldBeEmpty();
        var today = await Eventually.Get("today's figures", Soon, () => supervisor.Get($"/api/reports/today?tenant={tenant.Id}"),
            report => Metric(report, tenant.Queue, "answered") == 1);
        Metric(today, tenant.Queue, "offered").ShouldBe(2);
        Metric(today, tenant.Queue, "flow_out").ShouldBe(1);
    }

    private static long? Metric(System.Text.Json.Nodes.JsonNode report, Guid queue, string id) =>
        (long?)report["items"]?.AsArray().FirstOrDefault(item => (Guid?)item!["queue"] == queue)?["metrics"]?[id]?["value"];

    /// <summary>The queue takes callbacks, the flow offers them by key 1, and a trunk leads to the customer's phone.</summary>
    private static async Task Configure(RunningCenter center, TestTenant tenant, TestPhone outside)
    {
        using var administrator = await center.SignInAs("administrator");
        await administrator.Put("/api/trunks/callback-test", new
        {
            trustedNetworks = new[] { "192.0.2.0/24" }, concurrentCalls = 10, callsPerSecond = 10, target = $"{outside.Address}", destinations = new[] { Customer }, tenants = new[] { tenant.Id },
        });
        await administrator.Put($"/api/queues/{tenant.Queue}", new
        {
            tenant = tenant.Id, name = "Jono", wrapUpSeconds = 1, offerTimeoutSeconds = 10, callback = new { tries = 2, ringSeconds = 20 },
        });
        await administrator.Put($"/api/flows/{tenant.Flow}", new
        {
            tenant = tenant.Id, name = "Puhelu", language = "fi", start = "queue",
            steps = new Dictionary<string, object>
            {
                ["queue"] = new
                {
                    queue = new { queue = tenant.Queue, announce = new { everySeconds = 15 }, offers = new { callback = new { key = "1" }, voicemail = new { key = "2", step = "message" } } },
                },
                ["message"] = new { voicemail = new { prompt = tenant.Prompt } },
            },
        });
    }
}
