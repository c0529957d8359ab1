using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Tests.Running;

namespace CallCenter.Routing.Tests;

/// <summary>Settings of queues and profiles from the API to the offer, and what the offer tells of itself.</summary>
[Trait("needs", "server")]
public class StrategyTests(PostgresFixture postgres)
{
    [Fact]
    public async Task The_queues_strategy_decides_and_the_offer_tells_why()
    {
        await using var host = await Start();
        var queue = Guid.NewGuid();
        await PutQueue(host, queue, new { strategy = "SkillLevel", skillRule = "fi and not trainee" });
        var (good, best, trainee) = (await Agent(host, queue, new { fi = 2 }), await Agent(host, queue, new { fi = 5 }), await Agent(host, queue, new { fi = 5, trainee = 1 }));
        var call = await (await host.NewCall().Arrive()).Queue(queue);
        var offer = await call.Offered();
        offer.Agent.ShouldBe(best.Id);
        await call.Answer(offer);

        var shown = await Explain(host, call.Id);
        var made = shown["offers"]!.AsArray().Single()!;
        ((Guid)made["agent"]!, (string?)made["phase"], (Guid)made["leg"]!).ShouldBe((best.Id, "Talking", offer.Leg));
        var why = made["why"]!;
        ((string?)why["rule"], (int)why["of"]!).ShouldBe(("SkillLevel", 2));
        why["agents"]!.AsArray().Select(agent => ((Guid)agent!["agent"]!, (int)agent["level"]!)).ShouldBe([(best.Id, 5), (good.Id, 2)]);
        why.Deserialize<Choice>(EventCatalog.Json)!.Replay().ShouldBe((call.Id, best.Id));
        (await host.Ledger.Wait<ContactOffered>(call.Id)).Why.ShouldStartWith("SkillLevel");
        why.ToJsonString().ShouldNotContain(trainee.Id.ToString());
    }

    [Fact]
    public async Task An_agent_who_becomes_free_takes_the_first_in_line_and_the_offer_tells_the_others()
    {
        await using var host = await Start();
        var (usual, urgent) = (Guid.NewGuid(), Guid.NewGuid());
        await PutQueue(host, usual, new { priority = 50 });
        await PutQueue(host, urgent, new { priority = 10 });
        var first = await (await host.NewCall().Arrive()).Queue(usual);
        var second = await (await host.NewCall().Arrive()).Queue(urgent);
        await host.AddAgent(usual, urgent);
        await second.Offered();
        var why = (await Offers(host, second.Id)).Single()!["why"]!;
        ((string?)why["rule"], (int)why["of"]!).ShouldBe(("FirstInLine", 2));
        why["contacts"]!.AsArray().Select(contact => ((Guid)contact!["contact"]!, (int)contact["priority"]!)).ShouldBe([(second.Id, 10), (first.Id, 50)]);
        why.Deserialize<Choice>(EventCatalog.Json)!.Replay().Contact.ShouldBe(second.Id);
        (await Explain(host, first.Id))["offers"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_contacts_own_priority_goes_before_that_of_its_queue()
    {
        await using var host = await Start();
        var queue = await host.AddQueue();
        var usual = await (await host.NewCall().Arrive()).Queue(queue);
        var urgent = await (await host.NewCall().Arrive()).Queue(queue, priority: 1);
        await host.AddAgent(queue);
        await urgent.Offered();
        var why = (await Offers(host, urgent.Id)).Single()!["why"]!;
        why["contacts"]!.AsArray().Select(contact => ((Guid)contact!["contact"]!, (int)contact["priority"]!)).ShouldBe([(urgent.Id, 1), (usual.Id, 50)]);
    }

    [Fact]
    public async Task What_is_asked_relaxes_as_a_caller_waits()
    {
        await using var host = await Start();
        var queue = Guid.NewGuid();
        await PutQueue(host, queue, new { skills = new { fi = 5 }, relax = new object[] { new { afterSeconds = 1, skillRule = "fi >= 3" }, new { afterSeconds = 2 } } });
        var second = await Agent(host, queue, new { fi = 3 });
        var last = await Agent(host, queue, new { });
        var (one, two) = (await (await host.NewCall().Arrive()).Queue(queue), await (await host.NewCall().Arrive()).Queue(queue));
        (await one.Offered()).Agent.ShouldBe(second.Id);
        (await two.Offered()).Agent.ShouldBe(last.Id);
        var why = (await Offers(host, two.Id)).Single()!["why"]!;
        ((long)why["ageMs"]!).ShouldBeGreaterThanOrEqualTo(2_000);
        why["agents"]!.AsArray().Select(agent => (long)agent!["openFromMs"]!).ShouldBe([2_000]);
    }

    [Fact]
    public async Task A_caller_comes_to_the_agent_who_served_it_last()
    {
        await using var host = await Start();
        var queue = Guid.NewGuid();
        await PutQueue(host, queue, new { strategy = "LastAgent", wrapUpSeconds = 0 });
        var known = await host.AddAgent(queue);
        var first = await (await host.NewCall().Arrive()).Queue(queue);
        var offer = await first.Offered();
        await first.Answer(offer);
        var other = await host.AddAgent(queue);
        await first.AgentLegEnds(offer);
        await Eventually.Be(async () => await host.Grains.GetGrain<IPoolGrain>(Keys.Pool).FreeAgents(RoutingHost.Tenant, queue) is { Count: 2 }, text: "both are free");
        var again = await (await host.NewCall().Arrive()).Queue(queue);
        (await again.Offered()).Agent.ShouldBe(known.Id, "though the other is idle longer");
        var third = await (await host.NewCall().Arrive()).Queue(queue);
        (await third.Offered()).Agent.ShouldBe(other.Id, "the one who is known is busy");
        ((Guid)(await Offers(host, again.Id)).Single()!["why"]!["lastAgent"]!).ShouldBe(known.Id);
    }

    [Fact]
    public async Task What_is_wrong_with_rules_is_told_at_once_and_what_nobody_meets_is_warned_of()
    {
        await using var host = await Start();
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        var queue = Guid.NewGuid();
        var wrong = await administrator.Put($"/api/queues/{queue}", new
        {
            tenant = RoutingHost.Tenant, name = "Sales", strategy = "Loudest", skillRule = "fi >= 9",
            relax = new object[] { new { afterSeconds = 20, skillRule = "and" }, new { afterSeconds = 10 } },
        }, HttpStatusCode.BadRequest);
        wrong["errors"]!.AsArray().Count.ShouldBe(4, wrong.ToJsonString());
        var nobody = await PutQueue(host, queue, new { skillRule = "fi >= 5" });
        nobody["warnings"]!.AsArray().Select(warning => (string)warning!).Single().ShouldContain("No agent's profile");
        var agent = await Agent(host, queue, new { fi = 4 });
        (await PutQueue(host, queue, new { skillRule = "fi >= 5 or da" }))["warnings"]!.AsArray().Select(warning => (string)warning!).ShouldBe(
            ["No agent of the queue has da.", "No agent of the queue meets any step of what it asks for: nobody can ever take its contacts."]);
        (await PutQueue(host, queue, new { skillRule = "fi >= 4" }))["warnings"]!.AsArray().ShouldBeEmpty();

        await PutQueue(host, queue, new { skillRule = "fi >= 5" });
        var unable = await administrator.Put($"/api/agents/{agent.Id}", new { user = "aino", name = "Aino", skills = new { fi = 4 }, queues = new[] { new { queue } } });
        unable["warnings"]!.AsArray().Select(warning => (string)warning!).Single().ShouldEndWith("Sales.");
        var able = await administrator.Put($"/api/agents/{agent.Id}", new { user = "aino", name = "Aino", skills = new { fi = 5 }, queues = new[] { new { queue } } });
        able["warnings"]!.AsArray().ShouldBeEmpty();
        (await administrator.Get($"/api/agents/{agent.Id}"))["warnings"].ShouldBeNull();

        var profile = new { user = "aino", name = "Aino", wagePerHour = -1, queues = new[] { new { queue, delaySeconds = 4_000, tier = 0, position = 0 } } };
        (await administrator.Put($"/api/agents/{agent.Id}", profile, HttpStatusCode.BadRequest))["errors"]!.AsArray().Count.ShouldBe(4);
        await administrator.Get($"/api/routing/contacts/{Guid.NewGuid()}", HttpStatusCode.NotFound);
        using var client = host.Http(Guid.NewGuid(), Role.Client, RoutingHost.Tenant);
        await client.Get($"/api/routing/contacts/{Guid.NewGuid()}", HttpStatusCode.Forbidden);
    }

    private static async Task<JsonNode> Explain(RoutingHost host, Guid contact)
    {
        using var supervisor = host.Http(Guid.NewGuid(), Role.Supervisor);
        return await supervisor.Get($"/api/routing/contacts/{contact}");
    }

    private static async Task<JsonArray> Offers(RoutingHost host, Guid contact) => (await Explain(host, contact))["offers"]!.AsArray();

    private static async Task<JsonNode> PutQueue(RoutingHost host, Guid id, object settings)
    {
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        var body = JsonSerializer.SerializeToNode(settings)!;
        (body["tenant"], body["name"]) = (RoutingHost.Tenant, "Sales");
        return await administrator.Put($"/api/queues/{id}", body);
    }

    private static async Task<TestAgent> Agent(RoutingHost host, Guid queue, object skills)
    {
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        var agent = new TestAgent(host, Guid.NewGuid());
        await administrator.Put($"/api/agents/{agent.Id}", new { user = $"agent-{agent.Id}", name = "Aino", skills, queues = new[] { new { queue } } });
        await agent.Reachable();
        await agent.Choose(AgentStatus.Available);
        return agent;
    }

    private async Task<RoutingHost> Start()
    {
        var configuration = await postgres.NewConfiguration();
        RoutingHost.KeepOperatorSnapshot(configuration["Data:Folder"]!);
        return await RoutingHost.Start(configuration);
    }
}
