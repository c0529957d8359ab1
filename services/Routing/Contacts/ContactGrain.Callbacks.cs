using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Callbacks;

namespace CallCenter.Routing.Contacts;

/// <summary>A contact that calls a customer back: it is planned, has its call placed at the gateway of who is offered it, and dials once that agent accepted.</summary>
internal sealed partial class ContactGrain
{
    public async Task BeginCallback(string plan)
    {
        if (state.Callback is not null || state.HasEnded || state.Gateway.Length > 0)
        {
            return;
        }

        await Carry(CallbackRules.Begin(state, JsonSerializer.Deserialize<CallbackPlan>(plan, EventCatalog.Json)!, clock.Now()));
        if (state.Callback!.DueAt <= clock.Now())
        {
            await Carry(CallbackRules.Due(state));
        }
    }

    public async Task<string?> CancelCallback()
    {
        if (state.Callback is not { IsOpen: true } || state.HasEnded)
        {
            return "The callback is over, or the customer is on the line.";
        }

        if (state.Legs.Any(leg => leg.Phase == LegPhase.Accepted))
        {
            return "An agent has accepted it and the customer's phone rings.";
        }

        await Carry(CallbackRules.Stop(state, new Termination(TerminationKind.Rejected, "Cancelled"), clock.Now()));
        return null;
    }

    public Task CallbackNotAllowed(string reason) => Carry(CallbackRules.Stop(state, new Termination(TerminationKind.Rejected, reason), clock.Now()));

    /// <summary>A contact without a call of its own is placed where the agent's phone is.</summary>
    private async Task<ContactState> AtGateway(OfferMessage offer) => state is { Callback: not null, Gateway: "" }
        ? state with { Gateway = await GrainFactory.GetGrain<Agents.IAgentGrain>(offer.Agent.ToString()).Gateway() ?? "" }
        : state;

    private async Task Plan(PlanCallback next)
    {
        var plan = next.Plan.Until == default ? await callbacks.Complete(state.Tenant, next.Contact, next.Plan, CancellationToken.None) : next.Plan;
        if (plan is not null)
        {
            await GrainFactory.GetGrain<IContactGrain>(Keys.OfTenant(state.Tenant, next.Contact)).BeginCallback(RoutingStore.Write(plan));
        }
    }

    private async Task PlaceAndRing(CallAddress call, AgentLeg leg, CallbackPlan plan)
    {
        var placed = await calls.Send(call, new PlaceCall(plan.Number, plan.Shown, plan.Queue) { CommandId = CallControl.Derive(leg.Leg, 'p', 0) });
        if (CallControl.Is(placed))
        {
            await RingIfReserved(call, leg);
        }
        else
        {
            await GiveBack(leg, placed);
        }
    }

    private async Task DialFor(CallAddress call, DialCustomer dial)
    {
        var dialled = await calls.Send(call, new DialCaller(dial.RingMs) { CommandId = CallControl.Derive(dial.Leg.Leg, 'd', call.Epoch) });
        if (!CallControl.Is(dialled))
        {
            await GiveBack(dial.Leg, dialled);
        }
    }

    /// <summary>What may not be dialled ends the callback; what cannot be done now is tried again after a pause.</summary>
    private Task GiveBack(AgentLeg leg, CommandResult result) => result is { Outcome: CommandOutcome.Refused, Reason: { } reason } && IsForGood(reason)
        ? Self().CallbackNotAllowed(reason)
        : Report(leg.Leg, carriedOut: false);

    private static bool IsForGood(string reason) =>
        reason is "ForbiddenDestination" or "PremiumDestination" or "NoPrice" or "TenantDayCost" or "TrunkDayCost" or "UnknownNumber";
}
