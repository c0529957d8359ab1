using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Agents;
using Orleans;

namespace CallCenter.Routing.Contacts;

/// <summary>Second parties that an agent asks for, and the caller handed on.</summary>
internal sealed partial class ContactGrain
{
    /// <summary>So long rings a number outside: people carry their phones.</summary>
    private const int NumberRingMs = 45_000;

    public async Task<AskAnswer> Ask(AskMessage ask)
    {
        if (TransferRules.WhyNot(state, ask.By) is { } why)
        {
            return new AskAnswer(null, why);
        }

        var by = state.Leg(ask.By)!;
        var now = clock.Now();
        var id = Guid.CreateVersion7(now);
        var ringMs = ask.Number is null ? by.RingMs : NumberRingMs;
        var recording = by.Recording is null || ask.Number is not null ? (Guid?)null : CallControl.Derive(id, 'r', 0);
        var leg = new AgentLeg(id, ask.Agent, by.Queue, LegPhase.Offered, now.AddMilliseconds(ringMs), ringMs, by.WrapUpMs, recording)
        {
            Purpose = ask.IsTransfer ? LegPurpose.Transfer : LegPurpose.Consult, AskedBy = by.Leg, Number = ask.Number,
        };
        if (ask.Number is null && !(await Agent(leg).Reserve(new EngagementMessage(state.Tenant, state.Id, id))).IsReserved)
        {
            return new AskAnswer(null, "The agent is not free.");
        }

        await Carry(TransferRules.Ask(state, leg, now));
        var rung = await calls.Ring(new CallAddress(state.Tenant, state.Id, state.Gateway, state.Epoch), leg);
        if (CallControl.Is(rung))
        {
            return new AskAnswer(id, null);
        }

        if (ask.IsTransfer)
        {
            await CancelTransfer(by.Leg);
        }
        else
        {
            await CommandFailed(id);
        }

        return new AskAnswer(null, $"The gateway did not do it: {rung.Detail ?? rung.Outcome.ToString()}.", rung.Reason);
    }

    public async Task<bool> CancelConsult(Guid leg)
    {
        if (state.Legs.FirstOrDefault(one => one is { Purpose: LegPurpose.Consult, IsBeforeAnswer: true } && one.AskedBy == leg) is not { } asked)
        {
            return false;
        }

        await Carry(ContactRules.TakeBack(state, asked.Leg, OfferOutcome.CallerGone, clock.Now()));
        return true;
    }

    public async Task<string?> TransferToQueue(Guid leg, Guid queue)
    {
        if (TransferRules.WhyNot(state, leg) is { } why)
        {
            return why;
        }

        await Carry(TransferRules.ToQueue(state, leg, queue));
        return null;
    }

    // What fails leaves the caller with the agent, and the gateway tells the phone so.
    private async Task AskHandOn(HandOnMessage asked)
    {
        try
        {
            await GrainFactory.GetGrain<IContactGrain>(this.GetPrimaryKeyString()).HandOn(asked);
        }
        catch (Exception e)
        {
            Log.HandOnFailed(logger, e, state.Tenant, state.Id);
        }
    }

    public async Task HandOn(HandOnMessage asked)
    {
        var address = new CallAddress(state.Tenant, state.Id, state.Gateway, state.Epoch);
        if (asked.Attended)
        {
            await calls.Send(address, new CompleteTransfer(asked.By) { CommandId = Guid.CreateVersion7(clock.GetUtcNow()) });
        }
        else if ((await Ask(new(asked.By, IsTransfer: true, asked.ToAgent ?? Guid.Empty, asked.Number))).Leg is not null
            && !CallControl.Is(await calls.Send(address, new TransferLeg(asked.By) { CommandId = Guid.CreateVersion7(clock.GetUtcNow()) })))
        {
            await CancelTransfer(asked.By);
        }
    }

    public Task CancelTransfer(Guid leg) => Carry(TransferRules.Cancel(state, leg));
}
