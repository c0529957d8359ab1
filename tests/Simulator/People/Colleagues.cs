using CallCenter.Simulator.Audio;
using CallCenter.Simulator.Centre;
using CallCenter.Simulator.Plans;
using CallCenter.Simulator.Tally;

namespace CallCenter.Simulator.People;

/// <summary>What an agent does who does not help a caller alone: asks a colleague, or hands the caller on.</summary>
internal sealed class Colleagues(World world, AgentRecord self, CentreApi desk, Random random)
{
    private static readonly TimeSpan RingMax = TimeSpan.FromSeconds(40), Soon = TimeSpan.FromSeconds(10);

    /// <summary>A margin before a caller's longest wait, so that it is certain in which queue the caller was.</summary>
    private static readonly TimeSpan Certainly = TimeSpan.FromSeconds(3);

    /// <summary>Asks as it is planned, if that is possible now; returns when the caller is where it was to be.</summary>
    public async Task Ask(AgentPlan plan, CallRecord call, OfferRecord offer, PhoneTalk talk, CancellationToken ct)
    {
        if (plan.Ask is not { } kind || offer.AskedIn is not null || Draft(kind, call, offer) is not { } ask || !call.Begin(ask))
        {
            return;
        }
        offer.Asks = ask;
        try
        {
            await Carry(plan, ask, talk, ct);
        }
        finally
        {
            ask.Finish();
        }
    }

    /// <summary>What can be asked for now: callers who have not waited too long go from a company's first queue to its second, others to a colleague.</summary>
    private AskRecord? Draft(Ask kind, CallRecord call, OfferRecord offer)
    {
        if (call.Queue is not { } queue || world.QueueOf.GetValueOrDefault(queue) is not { } settings)
        {
            return null;
        }
        var isBlind = kind is Plans.Ask.ToQueue or Plans.Ask.ToAgent;
        if (isBlind && settings.MaxWait is { Queue: { } next } rule)
        {
            return call.After is not null || offer.Wire.InvitedAt - call.KeyAt < TimeSpan.FromSeconds(rule.Seconds) - Certainly ? new AskRecord(Plans.Ask.ToQueue, null, next) : null;
        }
        var free = world.Tally.Agents.Where(a => a.Id != self.Id && a.Stage == AgentStage.Ready && a.Tenants.Contains(call.Tenant)).ToList();
        return free.Count == 0 ? null : new AskRecord(kind == Plans.Ask.ToQueue ? Plans.Ask.ToAgent : kind, free[random.Next(free.Count)].Id, null);
    }

    private async Task Carry(AgentPlan plan, AskRecord ask, PhoneTalk talk, CancellationToken ct)
    {
        if (await Contact(ct) is not { } contact)
        {
            return;
        }
        var isBlind = ask.Kind is Plans.Ask.ToQueue or Plans.Ask.ToAgent;
        var to = ask.Queue is { } queue ? (object)new { queue } : new { agent = ask.Colleague };
        ask.IsTaken = await Order(isBlind ? "transfer" : "consult", new { contact, to }, ct);
        if (!ask.IsTaken)
        {
            return;
        }
        if (isBlind)
        {
            await talk.Stays(Soon, world.Clock);
        }
        if (ask.Colleague is not null && !await world.Comes(ask.Decided, RingMax))
        {
            world.Tally.Fault($"{self.User} asked a colleague, whose phone neither answered nor stopped within {RingMax.TotalSeconds:0} s");
        }
        else if (ask.ConsultHeardAt is not null)
        {
            await talk.Stays(plan.Step, world.Clock);
            await EndConsult(plan, ask, contact, talk, ct);
        }
    }

    private async Task EndConsult(AgentPlan plan, AskRecord ask, Guid contact, PhoneTalk talk, CancellationToken ct)
    {
        ask.EndedFrom = world.Now;
        switch (ask.Kind)
        {
            case Plans.Ask.Consult:
                await Must("retrieve-consult", contact, ct);
                await world.Comes(ask.Answer!.Wire.Over, Soon);
                return;
            case Plans.Ask.Conference:
                await Must("conference", contact, ct);
                await world.Comes(ask.Joined, Soon);
                await talk.Stays(plan.Step, world.Clock);
                break;
        }
        ask.LeftFrom = world.Now;
        await Must("complete", contact, ct);
        await world.Comes(ask.Joined, Soon);
        await talk.Stays(Soon, world.Clock);
    }

    private async Task Must(string what, Guid contact, CancellationToken ct)
    {
        if (!await Order(what, new { contact }, ct))
        {
            world.Tally.Fault($"{self.User}: {what} was refused");
        }
    }

    private Task<bool> Order(string what, object order, CancellationToken ct) => world.Connection.Ask(() => desk.Desk(self.Id, what, order, ct), ct);

    private async Task<Guid?> Contact(CancellationToken ct) => (await world.Connection.Ask(() => desk.Agent(self.Id, ct), ct)).Contact;
}
