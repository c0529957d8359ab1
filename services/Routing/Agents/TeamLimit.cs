using CallCenter.Hosting;
using Orleans;

namespace CallCenter.Routing.Agents;

/// <summary>A supervisor who is limited to teams neither sees nor orders agents of others: ADR 19.</summary>
internal static class TeamLimit
{
    /// <summary>403 from every endpoint of the group, whose route names an agent by <c>id</c>, when that agent is in no team of the caller's.</summary>
    public static TBuilder WithinTeams<TBuilder>(this TBuilder endpoints) where TBuilder : IEndpointConventionBuilder =>
        endpoints.AddEndpointFilter(Check).WithMetadata(new WithinTeams());

    private static async ValueTask<object?> Check(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return Caller.From(http.User) is { } caller && !caller.Watches(null) && await TeamOf(http) is (true, var team) && !caller.Watches(team)
            ? Problems.Forbidden($"The agent is in none of your teams ({string.Join(", ", caller.Teams)}): ask an administrator.")
            : await next(context);
    }

    // An agent that does not exist is the endpoint's own to refuse.
    private static async Task<(bool Exists, string? Team)> TeamOf(HttpContext http)
    {
        var grains = http.RequestServices.GetRequiredService<IGrainFactory>();
        var agent = await grains.GetGrain<IAgentGrain>(Guid.Parse((string)http.Request.RouteValues["id"]!).ToString()).Read();
        return (agent is not null, agent?.Team);
    }
}

/// <summary>Marks an endpoint about one agent that minds the caller's teams.</summary>
internal sealed class WithinTeams;
