using System.Net;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Tests.Running;
using Microsoft.AspNetCore.Authorization;

namespace CallCenter.Routing.Tests;

/// <summary>An agent's team: what is told of it, and who is limited to it.</summary>
[Trait("needs", "server")]
public class TeamTests(PostgresFixture postgres)
{
    private const string Sales = "Sales", Support = "Support";

    [Fact]
    public async Task A_team_is_told_with_the_agent_and_a_move_is_an_event_with_both()
    {
        await using var host = await Start();
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        var agent = Guid.NewGuid();
        await Put(administrator, agent, null);
        await Put(administrator, agent, Sales);
        ((string?)(await administrator.Get($"/api/agents/{agent}"))["team"]).ShouldBe(Sales);
        await Put(administrator, agent, Support);
        await Put(administrator, agent, Support);
        await Put(administrator, agent, null);
        ((string?)(await administrator.Get("/api/agents"))["items"]!.AsArray().Single()!["team"]).ShouldBeNull();
        await Eventually.Be(() => Moves().Count() == 3, text: "three moves are told");
        Moves().ShouldBe([(null, Sales, "Configured"), (Sales, Support, "Configured"), (Support, null, "Configured")]);

        IEnumerable<(string?, string?, string)> Moves() => host.Ledger.Of(agent).OfType<AgentChanged>()
            .Where(e => e.Previous.Team != e.Current.Team).Select(e => (e.Previous.Team, e.Current.Team, e.Cause));
    }

    [Fact]
    public async Task What_an_agent_does_later_is_told_with_its_team()
    {
        await using var host = await Start();
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        var agent = Guid.NewGuid();
        await Put(administrator, agent, Sales);
        await administrator.Put($"/api/agents/{agent}/status", new { status = "Break", reason = "Lunch" });
        await Eventually.Be(() => Changes().Any(e => e.Current.Status == AgentStatus.Break), text: "the break is told");
        var lunch = Changes().Last();
        (lunch.Previous.Team, lunch.Current.Team).ShouldBe((Sales, Sales));

        IEnumerable<AgentChanged> Changes() => host.Ledger.Of(agent).OfType<AgentChanged>();
    }

    [Theory]
    [InlineData("")]
    [InlineData(" Sales")]
    [InlineData("Sales ")]
    [InlineData("Sales\nSupport")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901")]
    public async Task A_team_that_no_list_could_show_is_refused(string team)
    {
        await using var host = await Start();
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        var refused = await Put(administrator, Guid.NewGuid(), team, HttpStatusCode.BadRequest);
        ((string?)refused["detail"]).ShouldNotBeNull().ShouldContain("team has");
    }

    [Fact]
    public async Task A_supervisor_of_a_team_sees_its_agents_alone()
    {
        await using var host = await Start();
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        var (sales, support, none) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await Put(administrator, sales, Sales);
        await Put(administrator, support, Support);
        await Put(administrator, none, null);
        using var limited = host.SupervisorOf(Sales);
        using var both = host.SupervisorOf(Sales, Support);
        using var unlimited = host.SupervisorOf();
        (await Seen(limited)).ShouldBe([sales]);
        (await Seen(both)).ShouldBe([sales, support], ignoreOrder: true);
        (await Seen(unlimited)).ShouldBe([sales, support, none], ignoreOrder: true);
        (await Seen(administrator)).ShouldBe([sales, support, none], ignoreOrder: true);

        await limited.Get($"/api/agents/{sales}");
        await Put(administrator, sales, Support);
        (await Seen(limited)).ShouldBeEmpty("it moved");
        await limited.Get($"/api/agents/{sales}", HttpStatusCode.Forbidden);
        await limited.Get($"/api/agents/{Guid.NewGuid()}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_supervisor_of_a_team_gives_others_no_order_and_is_told_why()
    {
        await using var host = await Start();
        using var administrator = host.Http(Guid.NewGuid(), Role.Administrator);
        var queue = await host.AddQueue();
        var agent = await host.AddAgent(queue);
        await Put(administrator, agent.Id, Support, queue: queue);
        var call = await host.NewCall().Arrive();
        await call.Queue(queue);
        await call.Answer(await call.Offered());
        await agent.Is(AgentState.Talking);
        using var other = host.SupervisorOf(Sales);
        using var own = host.SupervisorOf(Support);
        foreach (var mode in new[] { "listen", "whisper", "barge", "take-over", "off" })
        {
            var refused = await other.Post($"/api/agents/{agent.Id}/monitor", new { contact = call.Id, mode }, HttpStatusCode.Forbidden);
            ((string?)refused["detail"]).ShouldBe("The agent is in none of your teams (Sales): ask an administrator.");
        }

        await other.Post($"/api/agents/{agent.Id}/hang-up", new { contact = call.Id }, HttpStatusCode.Forbidden);
        await other.Post($"/api/agents/{agent.Id}/transfer", new { contact = call.Id, to = new { queue } }, HttpStatusCode.Forbidden);
        await other.Put($"/api/agents/{agent.Id}/status", new { status = "Break" }, HttpStatusCode.Forbidden);
        await other.Put($"/api/agents/{agent.Id}/standing-leg", new { wanted = true }, HttpStatusCode.Forbidden);
        await other.Get($"/api/agents/{agent.Id}/history", HttpStatusCode.Forbidden);
        host.Gateway.All<MonitorLeg>(call.Id).ShouldBeEmpty();
        (await agent.Read()).NextStatus.ShouldBeNull();

        await own.Post($"/api/agents/{agent.Id}/monitor", new { contact = call.Id, mode = "listen" }, HttpStatusCode.Accepted);
        ((string?)(await own.Put($"/api/agents/{agent.Id}/status", new { status = "Break" }))["nextStatus"]).ShouldBe("Break");
    }

    [Fact]
    public async Task Whatever_a_supervisor_may_ask_of_one_agent_minds_its_teams()
    {
        await using var host = await Start();
        var routes = host.Routes.Where(route => route.RoutePattern.RawText!.StartsWith("/api/agents/{id:guid}", StringComparison.Ordinal)
            && route.Metadata.GetOrderedMetadata<IAuthorizeData>().All(data => data.Roles?.Split(',').Contains(Role.Supervisor.Name()) == true)).ToList();
        routes.Count.ShouldBeGreaterThan(20);
        routes.Where(route => route.Metadata.GetMetadata<WithinTeams>() is null).Select(route => route.RoutePattern.RawText).ShouldBeEmpty();
    }

    private static async Task<List<Guid>> Seen(TestUser user) => [.. (await user.Get("/api/agents"))["items"]!.AsArray().Select(item => (Guid)item!["id"]!)];

    private static Task<System.Text.Json.Nodes.JsonNode> Put(TestUser administrator, Guid agent, string? team, HttpStatusCode expected = HttpStatusCode.OK, Guid? queue = null) =>
        administrator.Put($"/api/agents/{agent}", new { user = $"agent-{agent}", name = "Aino", team, queues = queue is { } one ? new[] { new { queue = one } } : [] }, expected);

    private async Task<RoutingHost> Start()
    {
        var configuration = await postgres.NewConfiguration();
        RoutingHost.KeepOperatorSnapshot(configuration["Data:Folder"]!);
        return await RoutingHost.Start(configuration);
    }
}
