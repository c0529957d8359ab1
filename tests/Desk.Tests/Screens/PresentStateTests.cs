using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CallCenter.Contracts;
using CallCenter.Desk.Owners;
using CallCenter.Desk.Push;
using CallCenter.Desk.Tests.Running;
using CallCenter.Hosting;

namespace CallCenter.Desk.Tests.Screens;

/// <summary>What a tab reads once after it connected.</summary>
public sealed class PresentStateTests
{
    private static readonly Guid Tenant = Guid.CreateVersion7(), Other = Guid.CreateVersion7();
    private static readonly DateTimeOffset Hour = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_contact_that_began_before_desk_did_is_read_from_its_owners()
    {
        await using var host = await DeskHost.Start(Tenant);
        var queue = host.Owners.AddQueue(Tenant);
        var (agent, contact) = AgentInWrapUp(host, queue);

        var me = await Get(host.As(Role.Agent, agent.Id, Tenant), "/api/desk/me");
        ((string?)me["agent"]!["state"]).ShouldBe("WrapUp");
        var pop = me["contact"]!;
        ((string?)pop["contact"], (string?)pop["caller"], (string?)pop["queue"]!["name"]).ShouldBe((contact.ToString(), "+358401", queue.Name));
        ((string?)pop["state"], (DateTimeOffset)pop["offeredAt"]!).ShouldBe(("wrapUp", Hour));
        ((DateTimeOffset)pop["wrapUpDeadline"]!).ShouldBe(Hour.AddMinutes(2).AddSeconds(15), "the queue's wrap-up time, not the agent's later deadline");
        ((string?)pop["customer"]!["name"]).ShouldBe("Aino");
        (await Get(host.As(Role.Agent, agent.Id, Other), "/api/desk/me"))["contact"].ShouldBeNull("without a right to the tenant");
    }

    [Fact]
    public async Task An_event_told_again_after_a_restart_does_not_turn_the_state_back()
    {
        await using var host = await DeskHost.Start(Tenant);
        var queue = host.Owners.AddQueue(Tenant);
        var agent = host.Owners.AddAgent(queue.Id);
        var call = new DeskCall(host, queue, agent.Id);
        await using var tab = await host.Connect(Role.Agent, agent.Id, Tenant);
        await call.Arrive();
        await call.Offer();
        await call.Answer();
        await tab.First("contact", m => (string?)m["state"] == "talking");
        host.Owners.Contacts[call.Contact] = new ContactRead(call.Contact, Tenant, DeskCall.Caller, DeskCall.Called, queue.Id, [new LegRead(call.Leg, agent.Id, Hour, null)]);
        host.Owners.Agents[agent.Id] = agent with { State = "WrapUp", StateSince = TimeProvider.System.Now(), Contact = call.Contact, Deadline = TimeProvider.System.Now().AddMinutes(1) };

        (string? State, Guid? Contact) InHand(JsonNode me) => ((string?)me["contact"]!["state"], (Guid?)me["contact"]!["contact"]);
        using var desk = host.As(Role.Agent, agent.Id, Tenant);
        InHand(await Get(desk, "/api/desk/me")).ShouldBe(("wrapUp", call.Contact));
        await call.Hold();
        InHand(await Get(desk, "/api/desk/me")).ShouldBe(("wrapUp", call.Contact));
    }

    [Fact]
    public async Task A_pop_whose_beginning_was_missed_goes_out_with_what_the_owners_tell()
    {
        await using var host = await DeskHost.Start(Tenant);
        var queue = host.Owners.AddQueue(Tenant);
        var agent = host.Owners.AddAgent(queue.Id);
        var call = new DeskCall(host, queue, agent.Id);
        host.Owners.Contacts[call.Contact] = new ContactRead(call.Contact, Tenant, "+358402", "+358800", queue.Id, [new LegRead(call.Leg, agent.Id, Hour, null)]);
        await using var tab = await host.Connect(Role.Agent, agent.Id, Tenant);

        await call.Answer();
        var pop = await tab.First("contact");
        ((string?)pop["caller"], (string?)pop["state"], (string?)pop["queue"]!["id"]).ShouldBe(("+358402", "talking", queue.Id.ToString()));
    }

    [Fact]
    public async Task A_wallboard_holds_what_its_reader_may_see_with_the_figures_of_the_day()
    {
        await using var host = await DeskHost.Start(Tenant, Other);
        var (mine, others) = (host.Owners.AddQueue(Tenant), host.Owners.AddQueue(Other));
        host.Owners.Queues[mine.Id] = mine with { Waiting = 2, LongestWaitSince = Hour };
        host.Owners.Today[mine.Id] = new QueueMetricsRead(mine.Id, new Dictionary<string, MetricRead>
        {
            ["offered"] = new(1, 9), ["answered"] = new(1, 7), ["abandoned"] = new(1, 1), ["service_level_default"] = new(1, 0.75),
        });
        var agent = host.Owners.AddAgent(mine.Id);

        using var client = host.As(Role.Client, null, Tenant);
        var seen = await Get(client, "/api/desk/wallboard");
        var queue = seen["queues"]!.AsArray().ShouldHaveSingleItem()!;
        ((Guid)queue["id"]!, (int)queue["waiting"]!, (DateTimeOffset)queue["longestWaitSince"]!, (int)queue["agents"]!["idle"]!).ShouldBe((mine.Id, 2, Hour, 1));
        ((int)queue["today"]!["offered"]!, (double)queue["today"]!["serviceLevel"]!).ShouldBe((9, 0.75));
        seen["agents"]!.AsArray().ShouldBeEmpty();
        (await client.GetAsync(new Uri($"/api/desk/wallboard?tenant={Other}", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        var all = await Get(host.As(Role.Supervisor), "/api/desk/wallboard");
        all["queues"]!.AsArray().Select(q => (Guid)q!["id"]!).ShouldBe([mine.Id, others.Id], ignoreOrder: true);
        ((Guid)all["agents"]!.AsArray().ShouldHaveSingleItem()!["id"]!).ShouldBe(agent.Id);
    }

    [Fact]
    public async Task The_houses_health_is_for_administrators()
    {
        await using var host = await DeskHost.Start(Tenant);
        var health = await Get(host.As(Role.Administrator), "/api/desk/health");
        ((string?)health["status"]).ShouldBe("Healthy");
        health["services"]!.AsArray().Select(s => (string?)s!["name"]).ShouldContain("Routing");
        health["services"]!.AsArray().ShouldAllBe(s => ((string?)s!["version"]) != null);
        using var supervisor = host.As(Role.Supervisor);
        (await supervisor.GetAsync(new Uri("/api/desk/health", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static (AgentItem Agent, Guid Contact) AgentInWrapUp(DeskHost host, QueueRead queue)
    {
        var contact = Guid.CreateVersion7();
        var agent = host.Owners.AddAgent(queue.Id);
        agent = host.Owners.Agents[agent.Id] = agent with
        {
            State = "WrapUp", StateSince = Hour.AddMinutes(2), Contact = contact, Deadline = Hour.AddMinutes(2).AddSeconds(17),
        };
        host.Owners.Contacts[contact] = new ContactRead(
            contact, Tenant, "+358401", "+358800", queue.Id, [new LegRead(Guid.CreateVersion7(), agent.Id, Hour, Hour.AddMinutes(2))], new CustomerRead(Guid.CreateVersion7(), "Aino"));
        return (agent, contact);
    }

    private static async Task<JsonNode> Get(HttpClient client, string path) =>
        (await client.GetFromJsonAsync<JsonNode>(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken))!;
}
