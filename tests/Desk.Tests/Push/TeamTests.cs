using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CallCenter.Contracts;
using CallCenter.Desk.Push;
using CallCenter.Desk.Tests.Running;
using CallCenter.Hosting;
using CallCenter.TestKit.Running;

namespace CallCenter.Desk.Tests.Push;

/// <summary>A supervisor who is limited to teams: what is pushed, and what is read.</summary>
public sealed class TeamTests
{
    private const string North = "North", South = "South";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_supervisor_of_a_team_is_told_of_its_agents_alone()
    {
        await using var host = await DeskHost.Start(Guid.CreateVersion7());
        var (north, south, none) = (Add(host, North), Add(host, South), Add(host, null));
        await using var all = await host.Connect(Role.Supervisor);
        await using var limited = await host.Connect(DeskHost.SupervisorOf(North));
        await Known(all, north, south, none);
        await Break(host, south);
        await Break(host, none);
        await Break(host, north);
        foreach (var agent in new[] { south, none, north })
        {
            await OnBreak(all, agent);
        }

        await OnBreak(limited, north);
        limited.Received.Where(m => (string?)m["type"] is not ("clock" or "queue")).ShouldAllBe(m => (Guid)m["id"]! == north);
    }

    [Fact]
    public async Task Who_moves_to_another_team_leaves_the_screens_of_the_first_and_comes_to_those_of_the_second()
    {
        await using var host = await DeskHost.Start(Guid.CreateVersion7());
        var agent = Add(host, North);
        using var reader = host.As(Role.Supervisor);
        Ids((await Get(reader, "/api/desk/wallboard"))["agents"]!).ShouldBe([agent]);
        await using var north = await host.Connect(DeskHost.SupervisorOf(North));
        await using var south = await host.Connect(DeskHost.SupervisorOf(South));
        await using var both = await host.Connect(DeskHost.SupervisorOf(North, South));

        await host.Tell(host.Owners.Agents[agent] = host.Owners.Agents[agent] with { Team = South });
        await north.First("agentLeft", m => (Guid)m["id"]! == agent);
        await south.First("agent", m => (Guid)m["id"]! == agent);
        await both.First("agent", m => (string?)m["team"] == South);
        await Break(host, agent);
        await OnBreak(south, agent);
        Of(north, agent).Last().ShouldBe("agentLeft");
        Of(both, agent).SkipWhile(type => type != "agentLeft").ShouldContain("agent", "it is there again after it left the one team");
    }

    [Fact]
    public async Task A_move_that_was_only_read_is_told_too()
    {
        await using var host = await DeskHost.Start(Guid.CreateVersion7());
        var agent = Add(host, North);
        await using var north = await host.Connect(DeskHost.SupervisorOf(North));
        await Known(north, agent);
        host.Owners.Agents[agent] = host.Owners.Agents[agent] with { Team = null };
        await north.First("agentLeft", m => (Guid)m["id"]! == agent);
    }

    [Fact]
    public async Task What_is_read_is_of_the_teams_alone()
    {
        await using var host = await DeskHost.Start(Guid.CreateVersion7());
        var (north, south, none) = (Add(host, North), Add(host, South), Add(host, null));
        foreach (var (caller, expected) in new[]
        {
            (DeskHost.SupervisorOf(North), new[] { north }), (DeskHost.SupervisorOf(North, South), [north, south]), (DeskHost.SupervisorOf("East"), []),
            (DeskHost.SupervisorOf(), [north, south, none]), (new Caller(Guid.CreateVersion7(), "", Role.Administrator, []) { Teams = [North] }, [north, south, none]),
        })
        {
            using var http = host.Anonymous();
            http.DefaultRequestHeaders.Authorization = new("Bearer", host.Token(caller));
            Ids((await Get(http, "/api/desk/wallboard"))["agents"]!).ShouldBe(expected, ignoreOrder: true);
            using var colleagues = await http.GetAsync(new Uri("/api/desk/colleagues", UriKind.Relative), Ct);
            if (caller.Role == Role.Supervisor)
            {
                Ids((await colleagues.Content.ReadFromJsonAsync<JsonNode>(Ct))!["items"]!).ShouldBe(expected, ignoreOrder: true);
            }
            else
            {
                colleagues.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            }
        }
    }

    private static Guid Add(DeskHost host, string? team)
    {
        var agent = host.Owners.AddAgent();
        host.Owners.Agents[agent.Id] = agent with { Team = team };
        return agent.Id;
    }

    private static Task Break(DeskHost host, Guid agent) =>
        host.Tell(host.Owners.Agents[agent] = host.Owners.Agents[agent] with { Status = "Break", StatusSince = TimeProvider.System.Now() });

    /// <summary>Desk has read the agents: what happens to them is told from now on.</summary>
    private static async Task Known(HubClient tab, params Guid[] agents)
    {
        foreach (var agent in agents)
        {
            await tab.First("agent", m => (Guid)m["id"]! == agent);
        }
    }

    private static Task<JsonNode> OnBreak(HubClient tab, Guid agent) => tab.First("agent", m => (Guid)m["id"]! == agent && (string?)m["status"] == "Break");

    private static IEnumerable<string?> Of(HubClient tab, Guid agent) =>
        tab.Received.Where(m => (string?)m["type"] is "agent" or "agentLeft" && (Guid)m["id"]! == agent).Select(m => (string?)m["type"]);

    private static IEnumerable<Guid> Ids(JsonNode items) => items.AsArray().Select(item => (Guid)item!["id"]!);

    private static async Task<JsonNode> Get(HttpClient http, string path) => (await http.GetFromJsonAsync<JsonNode>(new Uri(path, UriKind.Relative), Ct))!;
}
