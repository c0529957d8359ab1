using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Pools;
using Orleans;

namespace CallCenter.Routing.Agents;

/// <summary>
/// A second party in an agent's conversation: consult, conference, back to the caller, transfer. All answer 202; what comes of it is
/// told by events, and the agents' states follow.
/// </summary>
internal static class TransferApi
{
    private const int NumberMax = 33;

    public static void MapTransfers(this IEndpointRouteBuilder app)
    {
        var agent = app.MapGroup("/api/agents/{id:guid}").RequireRoles(Role.Agent, Role.Supervisor).WithinTeams();
        agent.MapPost("/consult", Consult);
        agent.MapPost("/transfer", Transfer);
        agent.MapPost("/conference", (Guid id, DeskApi.DeskOrder order, Caller caller, IGrainFactory grains, CallControl calls) =>
            DeskApi.Carry(new(id, order.Contact, caller), leg => new StartConference(leg), grains, calls));
        agent.MapPost("/switch-consult", (Guid id, DeskApi.DeskOrder order, Caller caller, IGrainFactory grains, CallControl calls) =>
            DeskApi.Carry(new(id, order.Contact, caller), leg => new SwitchConsult(leg), grains, calls));
        agent.MapPost("/retrieve-consult", Retrieve);
        agent.MapPost("/complete", (Guid id, DeskApi.DeskOrder order, Caller caller, IGrainFactory grains, CallControl calls) =>
            DeskApi.Carry(new(id, order.Contact, caller), leg => new CompleteTransfer(leg), grains, calls));
    }

    private static async Task<IResult> Consult(Guid id, Order order, Caller caller, IGrainFactory grains)
    {
        var (engagement, problem) = await DeskApi.Find(new(id, order.Contact, caller), grains);
        if ((problem ?? order.To.Problem(id)) is { } wrong)
        {
            return wrong;
        }

        return await Ask(engagement!, order.To, isTransfer: false, grains) is { } refusal ? refusal : Results.Accepted();
    }

    /// <summary>Back to the caller: who was asked for rings no more, or leaves.</summary>
    private static async Task<IResult> Retrieve(Guid id, DeskApi.DeskOrder order, Caller caller, IGrainFactory grains, CallControl calls)
    {
        var (engagement, problem) = await DeskApi.Find(new(id, order.Contact, caller), grains);
        if (problem is not null)
        {
            return problem;
        }

        return await DeskApi.Contact(engagement!, grains).CancelConsult(engagement!.Leg)
            ? Results.Accepted()
            : DeskApi.Answer(await DeskApi.Send(engagement, new EndConsult(engagement.Leg), grains, calls));
    }

    /// <summary>The blind transfer. Who is to have the caller rings before the agent is let go, so that a number that cannot be dialled loses nobody.</summary>
    private static async Task<IResult> Transfer(Guid id, Order order, Caller caller, IGrainFactory grains, CallControl calls)
    {
        var (engagement, problem) = await DeskApi.Find(new(id, order.Contact, caller), grains);
        if ((problem ?? order.To.Problem(id)) is { } wrong)
        {
            return wrong;
        }

        var refusal = order.To.Queue is { } queue ? await ToQueue(engagement!, queue, grains) : await Ask(engagement!, order.To, isTransfer: true, grains);
        if (refusal is not null)
        {
            return refusal;
        }

        var result = await DeskApi.Send(engagement!, new TransferLeg(engagement!.Leg), grains, calls);
        if (!CallControl.Is(result))
        {
            await DeskApi.Contact(engagement, grains).CancelTransfer(engagement.Leg);
        }

        return DeskApi.Answer(result);
    }

    private static async Task<IResult?> ToQueue(EngagementMessage engagement, Guid queue, IGrainFactory grains)
    {
        if (await grains.GetGrain<IPoolGrain>(Keys.Pool).FreeAgents(engagement.Tenant, queue) is null)
        {
            return Problems.NotFound("queue of the contact's tenant");
        }

        return await DeskApi.Contact(engagement, grains).TransferToQueue(engagement.Leg, queue) is { } why ? Problems.Conflict(why) : null;
    }

    /// <summary>Asks the agent, the number, or the first free agent of the queue.</summary>
    private static async Task<IResult?> Ask(EngagementMessage engagement, Target to, bool isTransfer, IGrainFactory grains)
    {
        List<Guid>? agents = to.Agent is { } one ? [one] : to.Number is not null ? [Guid.Empty]
            : await grains.GetGrain<IPoolGrain>(Keys.Pool).FreeAgents(engagement.Tenant, to.Queue!.Value);
        if (agents is null)
        {
            return Problems.NotFound("queue of the contact's tenant");
        }

        var refusal = (Detail: "Nobody of the queue is free.", Reason: (string?)null);
        foreach (var agent in agents)
        {
            var answer = await DeskApi.Contact(engagement, grains).Ask(new(engagement.Leg, isTransfer, agent, to.Number));
            if (answer.Leg is not null)
            {
                return null;
            }

            refusal = (answer.Refusal!, answer.Reason);
        }

        return Problems.Conflict(refusal.Detail, refusal.Reason);
    }

    /// <summary>Whom to speak with, or to hand the caller on to: exactly one of the three.</summary>
    internal sealed record Target(Guid? Agent = null, Guid? Queue = null, string? Number = null)
    {
        public IResult? Problem(Guid self) => this switch
        {
            _ when new[] { Agent is not null, Queue is not null, Number is not null }.Count(given => given) != 1 => Problems.Invalid("to has exactly one of agent, queue, number."),
            _ when Agent == self => Problems.Invalid("to.agent is the agent who asks: choose another."),
            { Number.Length: 0 or > NumberMax } => Problems.Invalid($"to.number has 1 to {NumberMax} characters."),
            _ => null,
        };
    }

    /// <summary>The contact that the agent is thought to be in, and whom it asks for.</summary>
    internal sealed record Order(Guid Contact, Target To);
}
