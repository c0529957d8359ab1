using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Routing.Contacts;
using Orleans;

namespace CallCenter.Routing.Agents;

/// <summary>
/// An agent's conversation from the desk: hold, retrieve, hang up. The gateway does it and tells so by the same events as when the
/// agent's phone does it, so the agent's state follows by itself.
/// </summary>
internal static class DeskApi
{
    public static void MapDesk(this IEndpointRouteBuilder app)
    {
        var agent = app.MapGroup("/api/agents/{id:guid}").RequireRoles(Role.Agent, Role.Supervisor);
        agent.MapPost("/hold", (Guid id, DeskOrder order, Caller caller, IGrainFactory grains, CallControl calls) =>
            Carry(new(id, order.Contact, caller), new(leg => new HoldLeg(leg), AgentState.Talking), grains, calls));
        agent.MapPost("/retrieve", (Guid id, DeskOrder order, Caller caller, IGrainFactory grains, CallControl calls) =>
            Carry(new(id, order.Contact, caller), new(leg => new RetrieveLeg(leg), AgentState.Hold), grains, calls));
        agent.MapPost("/hang-up", (Guid id, DeskOrder order, Caller caller, IGrainFactory grains, CallControl calls) =>
            Carry(new(id, order.Contact, caller), new(leg => new EndLeg(leg), AgentState.Talking, AgentState.Hold), grains, calls));
    }

    private static async Task<IResult> Carry(Asked asked, Order order, IGrainFactory grains, CallControl calls)
    {
        if ((asked.By.Role == Role.Agent && asked.By.User != asked.Agent) || await grains.GetGrain<IAgentGrain>(asked.Agent.ToString()).Read() is not { } agent)
        {
            return Problems.NotFound("agent");
        }

        if (agent.Engagement is not { } engagement || engagement.Contact != asked.Contact)
        {
            return Problems.NotFound("contact of this agent");
        }

        if (!order.From.Any(state => state.ToString() == agent.State))
        {
            return Problems.Conflict($"The agent is {agent.State} in this contact: this needs {string.Join(" or ", order.From)}.");
        }

        var call = await grains.GetGrain<IContactGrain>(Keys.OfTenant(engagement.Tenant, engagement.Contact)).Call();
        var result = await calls.Send(new(engagement.Tenant, engagement.Contact, call.Gateway, call.Epoch), order.Command(engagement.Leg));
        return result.Outcome switch
        {
            CommandOutcome.Done => Results.Accepted(),
            CommandOutcome.NoSuchCall or CommandOutcome.NoSuchLeg => Problems.Conflict("The conversation is over: the agent's state follows."),
            CommandOutcome.Refused => Problems.Conflict($"The gateway did not do it: {result.Detail}."),
            _ => Problems.Unavailable("The gateway of the call does not answer: use the phone, or try again."),
        };
    }

    /// <summary>The contact that the agent is thought to be in: a click that comes late does nothing to the next one.</summary>
    internal sealed record DeskOrder(Guid Contact);

    private sealed record Asked(Guid Agent, Guid Contact, Caller By);

    private sealed record Order(Func<Guid, CallCommand> Command, params AgentState[] From);
}
