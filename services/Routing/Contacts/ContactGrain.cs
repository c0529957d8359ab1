using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;
using Orleans;
using Orleans.Runtime;

namespace CallCenter.Routing.Contacts;

/// <summary>
/// Applies <see cref="ContactRules"/> to the contact's row:
/// 1. decide; 2. have pool and agents do their part, which they do once however often they are asked; 3. give row, events and, in the
/// row, the positions of the events that caused it, those that came together at once, to be committed on top of what 2 gave;
/// 4. arm the next deadline; 5. send commands when it is durable. Who told or offered may wait for that, the next turn does not.
/// A crash or failure before 5 repeats everything; after it the next activation repeats the commands, which have the same ids.
/// </summary>
internal sealed partial class ContactGrain(IStateStore store, Callbacks.ICallbackPlans callbacks, CallControl calls, TimeProvider clock, ILogger<ContactGrain> logger) : Grain, IContactGrain
{
    /// <summary>While something is pending the grain ticks at least this often, so that it is not collected with its deadline.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(5);

    /// <summary>Between two requests to end a leg, where the gateway says that it does not.</summary>
    private static readonly TimeSpan EndPause = TimeSpan.FromMilliseconds(200);

    private readonly HashSet<Guid> ending = [];
    private ContactState state = null!;
    private long version;
    private Guid? given;
    private IGrainTimer? timer;

    private IPoolGrain Pool => GrainFactory.GetGrain<IPoolGrain>(Keys.Pool);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var (tenant, id) = Keys.Parse(this.GetPrimaryKeyString());
        var stored = await store.Find<ContactState>(StateTable.Contacts, tenant, id, cancellationToken);
        (state, version) = stored is null ? (new ContactState { Id = id, Tenant = tenant }, 0) : (stored.State, stored.Version);
        timer = this.RegisterGrainTimer<object?>((_, _) => Tick(), null, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        Arm();
        foreach (var leg in state.Legs.Where(leg => leg.IsBeforeAnswer || MayGoOn(leg)))
        {
            Send(leg switch
            {
                { TakenBack: not null } => new TakeBack(leg),
                { Phase: LegPhase.Offered } => new Ring(leg),
                { Purpose: LegPurpose.Consult } => new Consult(leg),
                { Purpose: LegPurpose.Queue } when state.Callback is { IsReached: false } plan => new DialCustomer(leg, plan.Offer.RingMs),
                _ => new Connect(leg),
            });
        }
    }

    public async Task<Guid?> Apply(List<EventMessage> messages)
    {
        var events = messages.ConvertAll(message => message.Read());
        return (await Give(async turn =>
        {
            foreach (var e in events.Where(e => turn.State.Positions.GetValueOrDefault(e.Source) < e.Sequence))
            {
                var decision = ContactRules.Apply(turn.State, e);
                var positions = new Dictionary<string, long>(turn.State.Positions) { [e.Source] = e.Sequence };
                await Take(turn, decision with { State = decision.State with { Positions = positions, Trace = turn.State.Trace ?? e.TraceParent } }, e.EventId);
                turn.HandOns.AddRange(e is TransferAsked { Leg: { } by } asked ? [new HandOnMessage(by, asked.ToAgent, asked.Number, asked.Attended)] : []);
            }
        })).Change;
    }

    public async Task<Guid?> Offer(OfferMessage offer)
    {
        var decision = ContactRules.Offer(await AtGateway(offer), new AgentLeg(
            offer.Leg, offer.Agent, offer.Queue, LegPhase.Offered, offer.Deadline, offer.RingMs, offer.WrapUpMs,
            offer.Record ? CallControl.Derive(offer.Leg, 'r', 0) : null)
        {
            Together = offer.Together,
            Choice = offer.Choice is { } choice ? JsonSerializer.Deserialize<Choice>(choice, EventCatalog.Json) : null,
        });
        return HasNothing(decision) ? given : (await Give(turn =>
        {
            turn.StandOn(offer.Change);
            return Take(turn, decision);
        })).Change;
    }

    public Task AgentLeft(Guid leg) => Carry(ContactRules.TakeBack(state, leg, OfferOutcome.AgentLoggedOut, clock.Now()));

    public Task RingFailed(Guid leg) => Carry(ContactRules.RingFailed(state, leg, clock.Now()));

    public Task CommandFailed(Guid leg) => Carry(ContactRules.TakeBack(state, leg, OfferOutcome.Failed, clock.Now(), ContactRules.CommandFailurePause));

    public async Task<Guid> Watch(Guid supervisor, Guid target)
    {
        if (state.Watching.FirstOrDefault(one => one.Supervisor == supervisor && one.Target == target) is { } known)
        {
            return known.Leg;
        }

        var leg = new WatchingLeg(Guid.CreateVersion7(clock.GetUtcNow()), supervisor, target);
        await Carry(new Decision(state with { Watching = [.. state.Watching, leg] }, [], []));
        return leg.Leg;
    }

    public Task<Guid?> WatchedBy(Guid supervisor) => Task.FromResult(state.Watching.FirstOrDefault(one => one.Supervisor == supervisor)?.Leg);

    public Task Unwatch(Guid leg) => Carry(new Decision(state with { Watching = [.. state.Watching.Where(one => one.Leg != leg)] }, [], []));

    public async Task<bool> EndWrapUp(Guid leg, string code)
    {
        if (state.Leg(leg) is not { Phase: LegPhase.WrapUp })
        {
            return false;
        }

        await Carry(ContactRules.EndWrapUp(state, leg, code, clock.Now()));
        return true;
    }

    public async Task<LegTruth> TruthOf(Guid leg)
    {
        var known = state.Leg(leg);
        await store.Settled(given);
        if (known is not null && MayGoOn(known))
        {
            Send(new TakeBack(known));
            return new LegTruth(true, known.RingsUntil);
        }

        return known switch
        {
            null or { Phase: LegPhase.Over } => new LegTruth(false, default),
            { IsTalk: true } => new LegTruth(true, clock.Now() + AgentRules.TalkDeadline),
            _ => new LegTruth(true, known.Deadline),
        };
    }

    public Task<CallMessage> Call() => Task.FromResult(new CallMessage(state.Gateway, state.Epoch));

    public Task Wake() => Task.CompletedTask;

    private async Task Take(Pending turn, Decision decision, Guid? causation = null)
    {
        var next = decision.State;
        foreach (var effect in decision.Effects)
        {
            next = await Do(effect, next, turn);
        }

        turn.State = next;
        turn.Decisions++;
        turn.Events.AddRange(decision.Events.Select(e => e with { Causation = e.Causation ?? causation }));
        turn.Commands.AddRange(decision.Effects.Where(effect => effect is Command or TakeBack or Ring or Connect or Consult or DialCustomer));
    }

    /// <summary>One effect that comes before the commit; what it tells is put into the state.</summary>
    private async Task<ContactState> Do(Effect effect, ContactState next, Pending turn)
    {
        switch (effect)
        {
            case Enqueue place:
                var placed = await Pool.Enqueue(new PlaceMessage(next.Id, next.Tenant, place.Queue, place.EnteredAt, place.Since, place.Cause, place.For, next.Caller, place.Priority, next.Callback is { IsReached: false }));
                turn.StandOn(placed.Change);
                return next with { ShortAbandonMs = placed.ShortAbandonMs };
            case PlanCallback plan:
                await Plan(plan);
                break;
            case LeavePool:
                turn.StandOn(await Pool.Leave(next.Id));
                break;
            case AcceptOffer accept:
                turn.StandOn(await Pool.Accept(next.Id, accept.Leg.Leg));
                break;
            case NarrowOffers narrow:
                turn.StandOn(await Pool.Narrow(next.Id, narrow.Leg.Leg));
                break;
            case EndOffer end:
                turn.StandOn(await Pool.EndOffer(next.Id, end.Leg.Leg, end.Outcome.ToString(), (int)end.Pause.TotalMilliseconds));
                break;
            case ReleaseAgent release:
                turn.StandOn(await Agent(release.Leg).Release(release.Leg.Leg, release.Outcome.ToString()));
                break;
            case AgentRings rings:
                var rung = await Agent(rings.Leg).Ring(rings.Leg.Leg, rings.Leg.Deadline, rings.At);
                turn.StandOn(rung.Change);
                _ = rung.IsHeld ? Task.CompletedTask : Later(() => Self().AgentLeft(rings.Leg.Leg));
                break;
            case AgentTalks talks:
                turn.StandOn(await Agent(talks.Leg).Talk(new EngagementMessage(next.Tenant, next.Id, talks.Leg.Leg), talks.At));
                break;
            case AgentConsults consults:
                turn.StandOn(await Agent(consults.Leg).Consult(new EngagementMessage(next.Tenant, next.Id, consults.Leg.Leg), consults.At));
                break;
            case AgentHolds holds:
                turn.StandOn(await Agent(holds.Leg).Hold(holds.Leg.Leg, holds.Held, holds.At));
                break;
            case AgentWrapsUp wraps:
                turn.StandOn(await Agent(wraps.Leg).WrapUp(wraps.Leg.Leg, wraps.Leg.Deadline, wraps.At));
                break;
            case FreeAgent free:
                turn.StandOn(await Agent(free.Leg).Free(free.Leg.Leg, free.At));
                break;
        }

        return next;
    }

    private void Send(Effect effect)
    {
        var call = new CallAddress(state.Tenant, state.Id, state.Gateway, state.Epoch);
        _ = effect switch
        {
            Connect connect => Later(async () => await Report(connect.Leg.Leg, await calls.Connect(call, connect.Leg))),
            Ring ring when state.Callback is { IsReached: false } plan => Later(() => PlaceAndRing(call, ring.Leg, plan)),
            DialCustomer dial => Later(() => DialFor(call, dial)),
            Ring ring => Later(() => RingIfReserved(call, ring.Leg)),
            Consult consult => Later(async () => await Report(consult.Leg.Leg, CallControl.Is(await calls.Consult(call, consult.Leg)))),
            TakeBack back => Later(() => EndAndRelease(call, back.Leg)),
            Command command => Later(() => calls.Send(call, command.Body)),
            _ => Task.CompletedTask,
        };
    }

    /// <summary>An agent who has logged out since the reservation, or while no process ran, is not rung.</summary>
    private async Task RingIfReserved(CallAddress call, AgentLeg leg)
    {
        if (leg.Number is null && !await Agent(leg).Has(leg.Leg))
        {
            await Self().AgentLeft(leg.Leg);
            return;
        }

        // Meanwhile the caller may have gone.
        if (state.Leg(leg.Leg) is { Phase: LegPhase.Offered } && !CallControl.Is(await calls.Ring(call, leg)))
        {
            await Self().RingFailed(leg.Leg);
        }
    }

    /// <summary>
    /// The gateway ends the leg, then its agent is released. Until it has answered, or told of the end, the phone may go on: it is asked again. Should
    /// that break off, the agent's own deadline begins anew (<see cref="TruthOf"/>).
    /// </summary>
    private async Task EndAndRelease(CallAddress call, AgentLeg leg)
    {
        if (!ending.Add(leg.Leg))
        {
            return;
        }

        try
        {
            var answer = await calls.TakeBack(call, leg);
            while (!IsOver(answer) && state.Leg(leg.Leg) is { } known && MayGoOn(known))
            {
                answer = await calls.TakeBackAgain(call, known, clock.GetUtcNow());
                if (!IsOver(answer))
                {
                    await Task.Delay(EndPause, clock);
                }
            }

            if (IsOver(answer) && leg.Number is null)
            {
                await Agent(leg).Release(leg.Leg, leg.TakenBack.ToString()!);
            }
        }
        finally
        {
            ending.Remove(leg.Leg);
        }
    }

    private static bool IsOver(CommandResult answer) => answer.Outcome is CommandOutcome.Done or CommandOutcome.NoSuchLeg or CommandOutcome.NoSuchCall;

    /// <summary>A call that is closed has no legs.</summary>
    private bool MayGoOn(AgentLeg leg) => state.ClosedAt is null && leg.MayGoOn(clock.GetUtcNow());

    /// <summary>Tells this grain, as a call of its own, that the gateway did not carry a command out.</summary>
    private Task Report(Guid leg, bool carriedOut) => carriedOut ? Task.CompletedTask : Self().CommandFailed(leg);

    /// <summary>Work that nobody waits for: it may call this grain back.</summary>
    private async Task Later(Func<Task> work)
    {
        try
        {
            await work();
        }
#pragma warning disable CA1031 // The leg's deadline takes it back.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.CallWorkFailed(logger, state.Tenant, state.Id, failure);
        }
    }

    private IContactGrain Self() => GrainFactory.GetGrain<IContactGrain>(this.GetPrimaryKeyString());

    private IAgentGrain Agent(AgentLeg leg) => GrainFactory.GetGrain<IAgentGrain>(leg.Agent.ToString());

    private void Arm()
    {
        if (ContactDeadlines.Next(state) is not { } next)
        {
            return;
        }

        var wait = next.At - clock.GetUtcNow();
        timer!.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestSleep ? LongestSleep : wait, Timeout.InfiniteTimeSpan);
    }

    private async Task Tick()
    {
        if (ContactDeadlines.Next(state) is { } due && due.At <= clock.GetUtcNow())
        {
            using var span = Telemetry.StartFor(state.Trace, "deadline", state.Tenant, state.Id);
            await Carry(due.Pass(state));
        }

        Arm();
    }
}
