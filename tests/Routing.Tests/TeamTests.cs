using System.Net;
using CallCenter.Contracts.Routing;
using CallCenter.Hosting;
using CallCenter.Routing.Tests.Running;

namespace CallCenter.Routing.Tests;

/// <summary>An agent's team: what is told of it.</summary>
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

    private static Task<System.Text.Json.Nodes.JsonNode> Put(TestUser administrator, Guid agent, string? team, HttpStatusCode expected = HttpStatusCode.OK) =>
        administrator.Put($"/api/agents/{agent}", new { user = $"agent-{agent}", name = "Aino", team }, expected);

    private async Task<RoutingHost> Start()
    {
        var configuration = await postgres.NewConfiguration();
        RoutingHost.KeepOperatorSnapshot(configuration["Data:Folder"]!);
        return await RoutingHost.Start(configuration);
    }
}
