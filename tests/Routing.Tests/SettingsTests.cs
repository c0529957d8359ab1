using System.Net;
using System.Text.Json.Nodes;
using CallCenter.Contracts.Routing;
using CallCenter.Hosting;
using CallCenter.Routing.Queues;
using CallCenter.Routing.Settings;
using CallCenter.Routing.Tests.Running;

namespace CallCenter.Routing.Tests;

/// <summary>What is set for queues and agents: all or nothing, at once, with who and when.</summary>
[Trait("needs", "server")]
public class SettingsTests(PostgresFixture postgres)
{
    private readonly Guid sales = Guid.NewGuid();
    private readonly Guid support = Guid.NewGuid();

    [Fact]
    public async Task Each_change_is_a_version_with_who_and_when_and_an_old_one_is_put_again()
    {
        await using var host = await Start();
        var author = Guid.NewGuid();
        using var administrator = host.Http(author, Role.Administrator);
        var first = await administrator.Put($"/api/queues/{sales}", Queue("Sales", priority: 40));
        ((long)first["version"]!).ShouldBe(1);
        await administrator.Put($"/api/queues/{sales}", Queue("Sales", priority: 60));
        var history = (await administrator.Get($"/api/queues/{sales}/history"))["items"]!.AsArray();
        history.Select(item => ((long)item!["version"]!, (int)item["settings"]!["priority"]!, (Guid)item["by"]!["id"]!)).ShouldBe([(2, 60, author), (1, 40, author)]);
        history[0]!["at"]!.GetValue<DateTimeOffset>().ShouldBeGreaterThanOrEqualTo(history[1]!["at"]!.GetValue<DateTimeOffset>());

        await administrator.Put($"/api/queues/{sales}", history[1]!["settings"]!.DeepClone());
        var now = (await administrator.Get($"/api/queues?tenant={RoutingHost.Tenant}"))["items"]!.AsArray().Single()!;
        ((int)now["priority"]!, (long)now["version"]!).ShouldBe((40, 3));
        using var agent = host.Http(Guid.NewGuid(), Role.Agent);
        await agent.Get($"/api/queues/{sales}/history", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_change_of_what_another_has_changed_meanwhile_is_refused()
    {
        await using var host = await Start();
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        await administrator.Put($"/api/queues/{sales}", Queue("Sales"));
        await administrator.Put($"/api/queues/{sales}", Queue("Sales", version: 1));
        var refused = await administrator.Put($"/api/queues/{sales}", Queue("Sales", version: 1), HttpStatusCode.Conflict);
        ((string?)refused["reason"]).ShouldBe("ChangedMeanwhile");
        var id = Guid.NewGuid();
        await administrator.Put($"/api/agents/{id}", new { user = "aino", name = "Aino" });
        await administrator.Put($"/api/agents/{id}?version=0", new { user = "aino", name = "Aino" }, HttpStatusCode.Conflict);
        await administrator.Put($"/api/agents/{id}?version=1", new { user = "aino", name = "Aino", wagePerHour = 21.5m });
        var settings = await administrator.Get($"/api/agents/{id}/settings");
        ((long)settings["version"]!, (decimal)settings["wagePerHour"]!).ShouldBe((2, 21.5m));
        (await administrator.Get($"/api/agents/{id}/history"))["items"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_set_for_an_agent_is_told_whole()
    {
        await using var host = await Start();
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        var agent = Guid.NewGuid();
        var queue = new JsonObject { ["queue"] = sales, ["priority"] = 10, ["delaySeconds"] = 5, ["tier"] = 2, ["position"] = 3, ["weight"] = 4 };
        var set = new JsonObject
        {
            ["user"] = "aino", ["name"] = "Aino", ["skills"] = new JsonObject { ["fi"] = 3 }, ["queues"] = new JsonArray(queue), ["wagePerHour"] = 21.5m, ["team"] = "Myynti ja laskutus",
        };
        await administrator.Put($"/api/agents/{agent}", set);
        var told = (JsonObject)await administrator.Get($"/api/agents/{agent}/settings");
        told.Remove("id");
        told.Remove("version");
        JsonNode.DeepEquals(told, set).ShouldBeTrue(told.ToJsonString());
    }

    [Fact]
    public async Task Of_several_changes_all_are_saved_or_none_and_every_mistake_is_told()
    {
        await using var host = await Start();
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        var agent = Guid.NewGuid();
        var wrong = await administrator.Put("/api/routing/settings", new
        {
            queues = new[] { new { id = sales, settings = Queue("Sales") }, new { id = support, settings = Queue("", priority: 100) } },
            agents = new[] { new { id = agent, settings = new { user = "aino", name = "Aino", skills = new { fi = 9 } } } },
        }, HttpStatusCode.BadRequest);
        wrong["errors"]!.AsArray().Select(error => ((string)error!)[..9]).ShouldBe(["queues[1]", "queues[1]", "agents[0]"]);
        await administrator.Get($"/api/queues/{sales}/history", HttpStatusCode.NotFound);

        var circle = await administrator.Put("/api/routing/settings", new
        {
            queues = new[] { new { id = sales, settings = Queue("Sales", noAgent: support) }, new { id = support, settings = Queue("Support", noAgent: sales) } },
        }, HttpStatusCode.BadRequest);
        ((string?)circle["detail"]).ShouldNotBeNull().ShouldContain("Sales -> Support -> Sales");
        await administrator.Get($"/api/queues/{sales}/history", HttpStatusCode.NotFound);

        var saved = await administrator.Put("/api/routing/settings", new
        {
            queues = new[] { new { id = sales, settings = Queue("Sales", noAgent: support) }, new { id = support, settings = Queue("Support") } },
            agents = new[] { new { id = agent, settings = new { user = "aino", name = "Aino", queues = new[] { new { queue = sales } } } } },
        });
        saved["queues"]!.AsArray().Count.ShouldBe(2);
        (await administrator.Get($"/api/agents/{agent}"))["queues"]!.AsArray().Select(queue => (Guid)queue!).ShouldBe([sales]);
    }

    [Fact]
    public async Task A_change_of_queue_and_agent_holds_for_who_waits_at_once()
    {
        await using var host = await Start();
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        await administrator.Put($"/api/queues/{sales}", Queue("Sales", rule: "sales >= 3"));
        await administrator.Put($"/api/queues/{support}", Queue("Support"));
        var agent = await host.AddAgent(support);
        var call = await host.NewCall().Arrive();
        await call.Queue(sales);
        await administrator.Put("/api/routing/settings", new
        {
            queues = new[] { new { id = sales, settings = Queue("Sales", rule: "sales >= 2") } },
            agents = new[] { new { id = agent.Id, settings = new { user = "aino", name = "Aino", skills = new { sales = 2 }, queues = new[] { new { queue = sales } } } } },
        });
        (await call.Offered()).Agent.ShouldBe(agent.Id);
    }

    [Fact]
    public async Task What_an_agent_had_not_taken_before_a_crash_it_takes_at_the_start()
    {
        var configuration = await Configuration();
        var agent = Guid.NewGuid();
        await using (var before = await RoutingHost.Start(configuration))
        {
            using var administrator = before.Http(Guid.NewGuid(), Role.Administrator);
            await administrator.Put($"/api/agents/{agent}", new { user = "aino", name = "Aino" });
            // What is left when the process dies between the commit and the agent.
            var version = new SettingsVersion(Guid.CreateVersion7(), RoutingHost.Operator, agent, 2, before.Clock.GetUtcNow(), Guid.NewGuid(), "Maarit") { Agent = new("aino", "Aino", WagePerHour: 30) };
            await before.Store.Commit(new Change([new Row(StateTable.AgentSettings, version.Id, version.Tenant, 0, RoutingStore.Write(version), AtRest: false)], []));
        }

        await using var host = await RoutingHost.Start(configuration);
        using var after = host.Http(Guid.NewGuid(), Role.Administrator);
        await Eventually.Be(async () => (decimal)(await after.Get($"/api/agents/{agent}/settings"))["wagePerHour"]! == 30, text: "the agent has version 2");
        await Eventually.Be(async () => (await host.Store.PendingAgentSettings<SettingsVersion>(TestContext.Current.CancellationToken)).Count == 0, text: "nothing is pending");
    }

    [Fact]
    public async Task Every_mistake_in_rules_is_told_and_what_can_never_be_routed_is_a_warning()
    {
        await using var host = await Start();
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        var wrong = await administrator.Put($"/api/queues/{sales}", new
        {
            tenant = RoutingHost.Tenant, name = "Sales", skills = new { fi = 6 }, skillRule = "fi >= 9", maxWait = new { seconds = 0 }, maxLength = new { contacts = -1 },
            overflow = new[] { new { agentsOf = support, measure = "Waiting", on = 3, off = 3 }, new { agentsOf = support, measure = "ServiceLevel", on = 80, off = 70 } },
        }, HttpStatusCode.BadRequest);
        wrong["errors"]!.AsArray().Count.ShouldBe(6);
        await administrator.Put($"/api/queues/{sales}", new { tenant = RoutingHost.Tenant, name = "Sales", maxWait = new { seconds = 9, queue = support } }, HttpStatusCode.BadRequest);
        var saved = await administrator.Put($"/api/queues/{sales}", Queue("Sales", rule: "welding"));
        saved["warnings"]!.AsArray().Select(warning => (string)warning!).ShouldContain(warning => warning.Contains("nobody can ever take", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Agents_of_another_queue_help_while_the_load_is_high_and_go_again()
    {
        var clock = new FakeClock(new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero));
        await using var host = await RoutingHost.Start(await Configuration(), clock);
        await host.AddQueue(new QueueRecord { Id = support, Tenant = RoutingHost.Tenant, Name = "Support" });
        await host.AddQueue(new QueueRecord
        {
            Id = sales, Tenant = RoutingHost.Tenant, Name = "Sales", Overflow = [new OverflowGroup(support, OverflowMeasure.LongestWait, 30, 5)],
        });
        var helper = await host.AddAgent(support);
        var call = await host.NewCall().Arrive();
        await call.Queue(sales);
        var before = await Eventually.Get("the contact waits", TimeSpan.FromSeconds(30), async () => (await host.Figures(sales)).Single(), figures => figures.Waiting == 1);
        before.SwitchedIn.ShouldBeEmpty();
        clock.Advance(TimeSpan.FromSeconds(30));
        await Eventually.Be(async () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return (await host.Figures(sales)).Single().SwitchedIn.SequenceEqual([support]);
        }, text: "the group is switched in");
        var offer = await call.Offered();
        offer.Agent.ShouldBe(helper.Id);
        await call.Answer(offer);
        await Eventually.Be(async () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return (await host.Figures(sales)).Single().SwitchedIn.Count == 0;
        }, text: "the group is switched out");
    }

    private static JsonObject Queue(string name, int priority = 50, string? rule = null, Guid? noAgent = null, long? version = null) => new JsonObject
    {
        ["tenant"] = RoutingHost.Tenant, ["name"] = name, ["priority"] = priority, ["skillRule"] = rule, ["version"] = version,
        ["noAgent"] = noAgent is { } queue ? new JsonObject { ["queue"] = queue } : null,
    };

    private async Task<RoutingHost> Start() => await RoutingHost.Start(await Configuration());

    private async Task<IDictionary<string, string?>> Configuration()
    {
        var configuration = await postgres.NewConfiguration();
        RoutingHost.KeepOperatorSnapshot(configuration["Data:Folder"]!);
        return configuration;
    }
}
