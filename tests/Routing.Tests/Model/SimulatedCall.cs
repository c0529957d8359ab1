using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Routing.Tests.Model;

/// <summary>Where a leg of an agent's phone is.</summary>
internal enum Line
{
    Rings,
    Accepted,
    Connected,
}

/// <summary>A leg of an agent's phone, as it is.</summary>
internal sealed class PhoneLeg(Guid id, Guid agent)
{
    public Guid Id => id;

    public Guid Agent => agent;

    public Line Line { get; set; }

    public bool IsHeld { get; set; }

    /// <summary>Since when caller and agent hear each other.</summary>
    public DateTimeOffset ConnectedAt { get; set; }
}

/// <summary>A caller's call as it is, at the gateway and in its flow. Commands are answered as the gateway's tables do; a repetition as the first time.</summary>
internal sealed class SimulatedCall
{
    private static readonly TimeSpan ConnectWait = TimeSpan.FromSeconds(5);

    private readonly World world;
    private readonly Guid callerLeg;
    private readonly Guid home;
    private readonly Dictionary<Guid, CommandResult> answers = [];
    private readonly HashSet<Guid> known = [];
    private long epoch;

    public SimulatedCall(World world, Guid queue)
    {
        this.world = world;
        Id = world.NewId();
        callerLeg = world.NewId();
        Queue = home = queue;
        Telephony = new Lane(world, World.Tenant, Id, "telephony/g");
        Flow = new Lane(world, World.Tenant, Id, "ivr");
        Telephony.Tell(new CallArrived(World.Gateway, "+35840", "+35870", "trunk", Guid.Empty, 0) { Leg = callerLeg });
        Telephony.Tell(new ControlChanged(ControlHolder.Ivr, ++epoch, "taken"));
        Flow.Tell(new FlowStarted(Guid.Empty, 1, "fi"));
        Ask(returning: false, null);
    }

    public Guid Id { get; }

    public Lane Telephony { get; }

    public Lane Flow { get; }

    public List<PhoneLeg> Legs { get; } = [];

    /// <summary>The queue in which the flow wants the caller; null when it does not.</summary>
    public Guid? Queue { get; private set; }

    public bool IsOpen { get; private set; } = true;

    private ControlHolder Holder { get; set; } = ControlHolder.Ivr;

    private PhoneLeg? Bridged => Legs.Find(leg => leg.Line == Line.Connected);

    public CommandResult Carry(CallCommand command)
    {
        if (!answers.TryGetValue(command.CommandId, out var answer))
        {
            var outcome = IsOpen ? Do(command) : CommandOutcome.NoSuchCall;
            answers[command.CommandId] = answer = new CommandResult(command.CommandId, outcome, epoch, null);
        }

        return answer;
    }

    public void HangUp() => Close(LegEnd.PartyHungUp, FlowOutcome.CallerGone);

    public void Accept(PhoneLeg leg)
    {
        leg.Line = Line.Accepted;
        Telephony.Tell(new LegAccepted(leg.Agent) { Leg = leg.Id });
        world.Clock.After(ConnectWait, () =>
        {
            if (leg.Line == Line.Accepted && Legs.Contains(leg))
            {
                End(leg, LegEnd.Ended);
            }
        });
    }

    public void Refuse(PhoneLeg leg, LegRefusal refusal)
    {
        Legs.Remove(leg);
        Telephony.Tell(new LegRefused(leg.Agent, refusal, 480) { Leg = leg.Id });
    }

    public void Hold(PhoneLeg leg)
    {
        leg.IsHeld = !leg.IsHeld;
        Telephony.Tell((ContactEvent)(leg.IsHeld ? new CallHeld(leg.Agent) : new CallResumed(leg.Agent)) with { Leg = leg.Id });
    }

    /// <summary>A leg that was accepted ends; without an agent, and with none about to be connected, the flow has the caller again.</summary>
    public void End(PhoneLeg leg, LegEnd end)
    {
        Legs.Remove(leg);
        Telephony.Tell(new LegEnded(LegRole.Agent, leg.Agent, end) { Leg = leg.Id });
        var othersWait = leg.Line == Line.Accepted && Legs.Exists(one => one.Line == Line.Accepted);
        if (Holder == ControlHolder.Routing && Bridged is null && !othersWait)
        {
            Holder = ControlHolder.Ivr;
            var cause = Telephony.Tell(new ControlChanged(ControlHolder.Ivr, ++epoch, end.ToString()));
            world.Clock.After(TimeSpan.FromMilliseconds(20), () => GoOn(end, cause.EventId));
        }
    }

    /// <summary>Routing has given the caller up to the flow, which says goodbye.</summary>
    public void Dismiss()
    {
        Queue = null;
        Close(LegEnd.Ended, FlowOutcome.HungUp);
    }

    private void GoOn(LegEnd end, Guid cause)
    {
        if (!IsOpen || Holder != ControlHolder.Ivr || end == LegEnd.Transferred)
        {
            return;
        }

        if (end == LegEnd.Lost || world.Pick(3) == 0)
        {
            Queue ??= home;
            Ask(returning: true, cause);
        }
        else
        {
            Close(LegEnd.Ended, FlowOutcome.AgentEnded);
        }
    }

    private void Ask(bool returning, Guid? cause) => Flow.Tell(new QueueRequested(Queue!.Value, returning) { Causation = cause });

    private void Close(LegEnd end, FlowOutcome flow)
    {
        if (!IsOpen)
        {
            return;
        }

        IsOpen = false;
        var callerFirst = world.Pick(2) == 0;
        if (callerFirst)
        {
            Telephony.Tell(new LegEnded(LegRole.Caller, null, end) { Leg = callerLeg });
        }

        foreach (var leg in Legs.ToList())
        {
            if (leg.Line == Line.Rings)
            {
                Refuse(leg, LegRefusal.Withdrawn);
            }
            else
            {
                Legs.Remove(leg);
                Telephony.Tell(new LegEnded(LegRole.Agent, leg.Agent, LegEnd.Ended) { Leg = leg.Id });
            }
        }

        if (!callerFirst)
        {
            Telephony.Tell(new LegEnded(LegRole.Caller, null, end) { Leg = callerLeg });
        }

        Telephony.Tell(new CallClosed { Final = true });
        Flow.Tell(new FlowEnded(flow, null) { Final = true });
    }

    private CommandOutcome Do(CallCommand command)
    {
        switch (command)
        {
            case OfferLeg offer:
                return known.Add(offer.Leg) ? Ring(offer) : CommandOutcome.Refused;
            case WithdrawLeg withdraw:
                known.Add(withdraw.Leg);
                return OnLeg(withdraw.Leg, leg => leg.Line != Line.Connected, Withdraw);
            case EndLeg end:
                known.Add(end.Leg);
                return OnLeg(end.Leg, _ => true, Withdraw);
            case TakeControl when command.Epoch != epoch:
                return CommandOutcome.NotInControl;
            case TakeControl take:
                Holder = take.Holder;
                Telephony.Tell(new ControlChanged(take.Holder, ++epoch, "taken"));
                return CommandOutcome.Done;
            case ConnectAgent when command.Epoch != epoch || Holder != ControlHolder.Routing:
                return CommandOutcome.NotInControl;
            case ConnectAgent connect:
                return OnLeg(connect.Leg, leg => leg.Line == Line.Accepted && Bridged is null, Connect);
            case TransferLeg transfer:
                return OnLeg(transfer.Leg, leg => leg.Line == Line.Connected, leg => End(leg, LegEnd.Transferred));
            default:
                throw new InvalidOperationException($"{command.GetType().Name} is not modelled.");
        }
    }

    private CommandOutcome OnLeg(Guid id, Func<PhoneLeg, bool> may, Action<PhoneLeg> work)
    {
        if (Legs.Find(leg => leg.Id == id) is not { } found)
        {
            return CommandOutcome.NoSuchLeg;
        }

        if (!may(found))
        {
            return CommandOutcome.Refused;
        }

        work(found);
        return CommandOutcome.Done;
    }

    private CommandOutcome Ring(OfferLeg offer)
    {
        var leg = new PhoneLeg(offer.Leg, offer.Agent);
        Legs.Add(leg);
        if (!world.Agents.Find(agent => agent.Id == offer.Agent)!.Rings)
        {
            Refuse(leg, LegRefusal.Unreachable);
            return CommandOutcome.Done;
        }

        world.Checks.Rings(this, leg);
        Telephony.Tell(new LegRinging(offer.Agent) { Leg = offer.Leg });
        world.Clock.After(TimeSpan.FromMilliseconds(offer.RingMs), () =>
        {
            if (leg.Line == Line.Rings && Legs.Contains(leg))
            {
                Refuse(leg, LegRefusal.NoAnswer);
            }
        });
        return CommandOutcome.Done;
    }

    private void Withdraw(PhoneLeg leg)
    {
        if (leg.Line == Line.Rings)
        {
            Refuse(leg, LegRefusal.Withdrawn);
        }
        else
        {
            End(leg, LegEnd.Ended);
        }
    }

    private void Connect(PhoneLeg leg)
    {
        leg.Line = Line.Connected;
        leg.ConnectedAt = world.Clock.Now();
        Queue = null;
        Telephony.Tell(new AgentAnswered(leg.Agent) { Leg = leg.Id });
    }
}
