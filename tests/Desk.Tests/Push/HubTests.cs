using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using CallCenter.Contracts.Routing;
using CallCenter.Desk.Tests.Running;
using CallCenter.Hosting;
using CallCenter.TestKit.Running;

namespace CallCenter.Desk.Tests.Push;

public sealed class HubTests
{
    private static readonly Guid Tenant = Guid.CreateVersion7(), Other = Guid.CreateVersion7();

    [Fact]
    public async Task A_contact_pops_up_at_its_agent_and_goes_through_its_states()
    {
        await using var host = await DeskHost.Start(Tenant);
        var queue = host.Owners.AddQueue(Tenant, greeting: "God dag!");
        var agent = host.Owners.AddAgent(queue.Id);
        await using var tab = await host.Connect(Role.Agent, agent.Id, Tenant);
        var call = new DeskCall(host, queue, agent.Id);

        await call.Arrive();
        await call.Offer();
        var pop = await Pop(tab, "offered");
        ((string?)pop["contact"]).ShouldBe(call.Contact.ToString());
        ((string?)pop["tenant"]!["id"]).ShouldBe(Tenant.ToString());
        ((string?)pop["tenant"]!["name"]).ShouldBe("Tenant");
        ((string?)pop["tenant"]!["colour"]).ShouldBe("#3b5b7a");
        ((string?)pop["greeting"]).ShouldBe("God dag!");
        ((string?)pop["queue"]!["name"]).ShouldBe(queue.Name);
        ((string?)pop["caller"], (string?)pop["called"], (string?)pop["language"]).ShouldBe((DeskCall.Caller, DeskCall.Called, "sv"));
        ((string?)pop["codes"]![0]!["code"]).ShouldBe("sold");
        await call.Answer();
        await Pop(tab, "talking");
        await call.Hold();
        await Pop(tab, "held");
        await call.Resume();
        await call.WrapUp();
        (await Pop(tab, "wrapUp"))["wrapUpDeadline"].ShouldNotBeNull();
        await call.End();
        (await Pop(tab, "over"))["outcome"].ShouldBeNull();
    }

    [Fact]
    public async Task A_missed_offer_names_its_cause_at_every_tab_of_the_agent()
    {
        await using var host = await DeskHost.Start(Tenant);
        var queue = host.Owners.AddQueue(Tenant);
        var agent = host.Owners.AddAgent(queue.Id);
        await using var first = await host.Connect(Role.Agent, agent.Id, Tenant);
        await using var second = await host.Connect(Role.Agent, agent.Id, Tenant);
        var call = new DeskCall(host, queue, agent.Id);
        await call.Arrive();
        await call.Offer();
        await call.Refuse(OfferOutcome.NoAnswer);
        foreach (var tab in new[] { first, second })
        {
            ((string?)(await Pop(tab, "over"))["outcome"]).ShouldBe("NoAnswer");
        }
    }

    [Fact]
    public async Task Queues_go_to_supervisors_and_to_those_of_their_tenant()
    {
        await using var host = await DeskHost.Start(Tenant, Other);
        var mine = host.Owners.AddQueue(Tenant);
        var others = host.Owners.AddQueue(Other);
        host.Owners.AddAgent(mine.Id);
        await using var supervisor = await host.Connect(Role.Supervisor);
        await using var client = await host.Connect(Role.Client, null, Tenant);
        host.Owners.Queues[mine.Id] = mine with { Waiting = 3 };
        host.Owners.Queues[others.Id] = others with { Waiting = 4 };
        await new DeskCall(host, mine, Guid.CreateVersion7()).Arrive();

        foreach (var (tab, queue, waiting) in new[] { (supervisor, mine, 3), (supervisor, others, 4), (client, mine, 3) })
        {
            var message = await tab.First("queue", m => (string?)m["id"] == queue.Id.ToString() && (int?)m["waiting"] == waiting);
            ((string?)message["tenant"]).ShouldBe(queue.Tenant.ToString());
        }
        (await supervisor.First("queue", m => (string?)m["id"] == mine.Id.ToString() && (int?)m["agents"]!["idle"] == 1)).ShouldNotBeNull();
        client.Received.ShouldAllBe(m => (string?)m["type"] != "queue" || (string?)m["tenant"] == Tenant.ToString());
    }

    [Fact]
    public async Task An_agents_change_goes_to_the_agent_and_to_supervisors()
    {
        await using var host = await DeskHost.Start(Tenant);
        var (agent, colleague) = (host.Owners.AddAgent(), host.Owners.AddAgent());
        await using var own = await host.Connect(Role.Agent, agent.Id, Tenant);
        await using var others = await host.Connect(Role.Agent, colleague.Id, Tenant);
        await using var supervisor = await host.Connect(Role.Supervisor);

        await host.Tell(host.Owners.Agents[agent.Id] = agent with { Status = "Break", Reason = "Lunch" });
        foreach (var tab in new[] { own, supervisor })
        {
            ((string?)(await tab.First("agent", m => (string?)m["status"] == "Break"))["reason"]).ShouldBe("Lunch");
        }
        await host.Tell(host.Owners.Agents[colleague.Id] = colleague with { Status = "Meeting" });
        await others.First("agent", m => (string?)m["status"] == "Meeting");
        others.Received.ShouldAllBe(m => (string?)m["type"] != "agent" || (string?)m["id"] == colleague.Id.ToString());
    }

    [Fact]
    public async Task Nobody_gets_in_without_a_token_and_a_tab_is_closed_when_its_token_ends()
    {
        await using var host = await DeskHost.Start(Tenant);
        await Should.ThrowAsync<WebSocketException>(() => HubClient.Connect(host.Address, ""));
        await Should.ThrowAsync<WebSocketException>(() => HubClient.Connect(host.Address, host.Token(Role.Supervisor) + "x"));
        await Should.ThrowAsync<WebSocketException>(() => HubClient.Connect(host.Address, host.Token(Role.Service)));

        var almostOver = new TokenIssuer(host.Get<DataFolder>(), new FakeClock(TimeProvider.System.GetUtcNow().AddHours(-12).AddSeconds(3)));
        await using var tab = await HubClient.Connect(host.Address, almostOver.Issue(new Caller(Guid.CreateVersion7(), "Someone", Role.Supervisor, [])).Token);
        await tab.First("clock");
        await tab.Closed.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_token_is_in_no_trace()
    {
        await using var host = await DeskHost.Start(Tenant);
        var token = host.Token(Role.Supervisor);
        var told = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => told.Enqueue($"{span.DisplayName} {string.Join(' ', span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))}"),
        };
        ActivitySource.AddActivityListener(listener);
        await (await HubClient.Connect(host.Address, token)).DisposeAsync();
        await Eventually.Be(() => told.Any(span => span.Contains("/hub", StringComparison.Ordinal)));
        told.ShouldAllBe(span => !span.Contains(token, StringComparison.Ordinal));
    }

    private static Task<JsonNode> Pop(HubClient tab, string state) => tab.First("contact", m => (string?)m["state"] == state);
}
