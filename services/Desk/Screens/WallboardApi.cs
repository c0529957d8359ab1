using CallCenter.Contracts;
using CallCenter.Desk.Live;
using CallCenter.Desk.Owners;
using CallCenter.Desk.Push;
using CallCenter.Hosting;

namespace CallCenter.Desk.Screens;

/// <summary>Queues in sight; agents for administrators and, of their teams, supervisors; none for others.</summary>
/// <param name="AsOf">When the figures were read from their owner.</param>
internal sealed record Wallboard(IReadOnlyList<QueueMessage> Queues, IReadOnlyList<AgentItem> Agents, DateTimeOffset At, DateTimeOffset? AsOf);

/// <summary><c>GET /api/desk/wallboard?tenant=</c>: the figures that the hub's messages then keep up to date.</summary>
internal static class WallboardApi
{
    public static async Task<IResult> Get(
        Guid? tenant, Caller caller, LiveQueues queues, LiveAgents agents, Refresh refresh, Today today, TimeProvider clock, CancellationToken ct)
    {
        if (tenant is { } one && !Audience.Sees(caller, one))
        {
            return Problems.NotFound("tenant");
        }

        // Before what follows is read: a message of this time or later may tell more than it.
        var at = clock.Now();
        try
        {
            await refresh.Now(ct);
        }
        catch (HttpRequestException)
        {
            return Problems.Unavailable("Routing does not answer: try again in some seconds.");
        }

        await today.Now(ct);

        var seen = queues.All().Where(queue => (tenant is null || queue.Tenant == tenant) && Audience.Sees(caller, queue.Tenant));
        return Results.Ok(new Wallboard([.. seen], [.. agents.All().Where(agent => Audience.SeesAgents(caller) && Audience.SeesAgent(caller, agent.Id, agent.Team))], at, queues.AsOf));
    }
}
