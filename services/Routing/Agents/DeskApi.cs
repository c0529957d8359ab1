using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Routing.Contacts;
using Orleans;

namespace CallCenter.Routing.Agents;

/// <summary>
/// An agent's conversation from the desk: hold, retrieve, hang up, the recording paused, keys, a card. The gateway, which alone knows what the leg is at in this moment,
/// does it or refuses, and tells so by the same events as when the agent's phone does it, so the agent's state follows by itself.
/// </summary>
internal static class DeskApi
{
    public static void MapDesk(this IEndpointRouteBuilder app)
    {
        var agent = app.MapGroup("/api/agents/{id:guid}").RequireRoles(Role.Agent, Role.Supervisor).WithinTeams();
        agent.MapPost("/hold", (Guid id, DeskOrder order, Caller caller, IGrainFactory grains, CallControl calls) =>
            Carry(new(id, order.Contact, caller), leg => new HoldLeg(leg), grains, calls));
        agent.MapPost("/retrieve", (Guid id, DeskOrder order, Caller caller, IGrainFactory grains, CallControl calls) =>
            Carry(new(id, order.Contact, caller), leg => new RetrieveLeg(leg), grains, calls));
        agent.MapPost("/hang-up", (Guid id, DeskOrder order, Caller caller, IGrainFactory grains, CallControl calls) =>
            Carry(new(id, order.Contact, caller), leg => new EndLeg(leg), grains, calls));
        agent.MapPost("/pause-recording", (Guid id, DeskOrder order, Caller caller, IGrainFactory grains, CallControl calls) =>
            Carry(new(id, order.Contact, caller), leg => new PauseRecording(leg), grains, calls));
        agent.MapPost("/resume-recording", (Guid id, DeskOrder order, Caller caller, IGrainFactory grains, CallControl calls) =>
            Carry(new(id, order.Contact, caller), leg => new ResumeRecording(leg), grains, calls));
        agent.MapPost("/digits", (Guid id, DigitsOrder order, Caller caller, IGrainFactory grains, CallControl calls) =>
            Carry(new(id, order.Contact, caller), leg => new SendDigits(leg, order.Digits), grains, calls));
        agent.MapPost("/collect-card", (Guid id, CardOrder order, Caller caller, IGrainFactory grains, CallControl calls) =>
            Carry(new(id, order.Contact, caller), leg => new CollectCard(leg, Guid.CreateVersion7(), order.Fields ?? Enum.GetValues<CardField>(), order.Reference), grains, calls));
        agent.MapPost("/cancel-card", (Guid id, DeskOrder order, Caller caller, IGrainFactory grains, CallControl calls) =>
            Carry(new(id, order.Contact, caller), leg => new CancelCard(leg), grains, calls));
    }

    /// <summary>Sends a command about the leg of the agent's conversation.</summary>
    internal static async Task<IResult> Carry(Asked asked, Func<Guid, CallCommand> command, IGrainFactory grains, CallControl calls)
    {
        var (engagement, problem) = await Find(asked, grains);
        return problem ?? Answer(await Send(engagement!, command(engagement!.Leg), grains, calls));
    }

    /// <summary>The agent's conversation, or why there is none that the caller may touch.</summary>
    internal static async Task<(EngagementMessage? Engagement, IResult? Problem)> Find(Asked asked, IGrainFactory grains)
    {
        if ((asked.By.Role == Role.Agent && asked.By.User != asked.Agent) || await grains.GetGrain<IAgentGrain>(asked.Agent.ToString()).Read() is not { } agent)
        {
            return (null, Problems.NotFound("agent"));
        }

        if (agent.Engagement is not { } engagement || engagement.Contact != asked.Contact)
        {
            return (null, Problems.NotFound("contact of this agent"));
        }

        return agent.State is nameof(AgentState.WrapUp)
            ? (null, Problems.Conflict("The conversation is over: the agent is in wrap-up."))
            : (engagement, null);
    }

    internal static async Task<CommandResult> Send(EngagementMessage engagement, CallCommand command, IGrainFactory grains, CallControl calls)
    {
        var call = await Contact(engagement, grains).Call();
        return await calls.Send(new(engagement.Tenant, engagement.Contact, call.Gateway, call.Epoch), command);
    }

    internal static IContactGrain Contact(EngagementMessage engagement, IGrainFactory grains) =>
        grains.GetGrain<IContactGrain>(Keys.OfTenant(engagement.Tenant, engagement.Contact));

    internal static IResult Answer(CommandResult result) =>
        result.Outcome switch
        {
            CommandOutcome.Done => Results.Accepted(),
            CommandOutcome.NoSuchCall or CommandOutcome.NoSuchLeg => Problems.Conflict("The conversation is over: the agent's state follows."),
            CommandOutcome.Refused => Problems.Conflict($"The gateway did not do it: {result.Detail}."),
            _ => Problems.Unavailable("The gateway of the call does not answer: use the phone, or try again."),
        };

    /// <summary>The contact that the agent is thought to be in: a click that comes late does nothing to the next one.</summary>
    internal sealed record DeskOrder(Guid Contact);

    /// <summary>Keys for whom the agent speaks with.</summary>
    internal sealed record DigitsOrder(Guid Contact, string Digits);

    /// <summary>The caller is to type a card's digits, which go to the tenant's payment service and to nobody here.</summary>
    /// <param name="Reference">What is paid, as the payment service knows it.</param>
    /// <param name="Fields">Default: number, expiry, security code.</param>
    internal sealed record CardOrder(Guid Contact, string? Reference = null, IReadOnlyList<CardField>? Fields = null);

    internal sealed record Asked(Guid Agent, Guid Contact, Caller By);
}
