using CallCenter.Desk.Live;
using CallCenter.Hosting;

namespace CallCenter.Desk.Screens;

/// <summary>An agent whom another may ask for.</summary>
/// <param name="IsFree">Would answer an offer now.</param>
internal sealed record Colleague(Guid Id, string Name, bool IsFree);

/// <summary><c>GET /api/desk/colleagues</c>: the agents who are logged in, the free ones first, without the one who asks; at most 500. For a supervisor those of its teams.</summary>
internal static class ColleaguesApi
{
    private const int Max = 500;

    public static IResult Get(Caller caller, LiveAgents agents) => Results.Ok(new
    {
        items = agents.All().Where(agent => agent.Id != caller.User && agent.Status != "LoggedOut" && caller.Watches(agent.Team))
            .Select(agent => new Colleague(agent.Id, agent.Name, agent is { Status: "Available", State: "Idle" }))
            .OrderBy(one => !one.IsFree).ThenBy(one => one.Name, StringComparer.Ordinal).Take(Max).ToList(),
    });
}
