using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Tests.Running;

namespace CallCenter.Routing.Tests.Standby;

/// <summary>
/// Callers, flows, the gateway and agents' phones of a centre, whichever node leads. More calls come than agents can take, so that a line stands; callers leave when their
/// patience is over, ringing or not. The gateway keeps the rules of the real one: a repeated command has its first answer, a late one Expired, an old epoch NotInControl.
/// </summary>
internal sealed class PlayedCentre : IAsyncDisposable
{
    public const string Gateway = "gw";

    private const string GatewaySource = "telephony/t", FlowSource = "ivr";

    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(5), Prompt = TimeSpan.FromMilliseconds(100), Ringing = TimeSpan.FromMilliseconds(200);

    private readonly Lock gate = new();
    private readonly Random random;
    private readonly IReadOnlyList<Guid> queues;
    private readonly SpooledEvents events;
    private readonly PriorityQueue<Action, DateTimeOffset> steps = new();
    private readonly Dictionary<Guid, PlayedCall> open = [];
    private readonly Dictionary<Guid, PlayedCall> byAgent = [];
    private readonly Dictionary<Guid, CommandResult> answers = [];
    private readonly List<PlayedCall> calls = [];
    private readonly Dictionary<Guid, PlayedCall> known = [];
    private readonly CancellationTokenSource stop = new();
    private readonly TimeProvider clock = TimeProvider.System;
    private readonly Task ticking;
    private double perSecond;
    private DateTimeOffset next;

    public PlayedCentre(int seed, IReadOnlyList<Guid> queues, SpooledEvents events)
    {
        (random, this.queues, this.events) = (new Random(seed), queues, events);
        ticking = Tick();
    }

    /// <summary>Every call that came.</summary>
    public IReadOnlyList<PlayedCall> Calls
    {
        get
        {
            lock (gate)
            {
                return [.. calls];
            }
        }
    }

    /// <summary>Calls whose caller and agents are still there.</summary>
    public int Open
    {
        get
        {
            lock (gate)
            {
                return open.Count;
            }
        }
    }

    /// <summary>What must never happen, in words.</summary>
    public List<string> Faults { get; } = [];

    public int Answered { get; private set; }

    /// <summary>When a phone began to ring last.</summary>
    public DateTimeOffset LastRing { get; private set; }

    /// <summary>The longest time that a tick came late: the machine did not let this process run.</summary>
    public TimeSpan Starved { get; private set; }

    /// <summary>So many calls a second from now on; none with 0.</summary>
    public void Set(double callsPerSecond)
    {
        lock (gate)
        {
            (perSecond, next) = (callsPerSecond, clock.GetUtcNow());
        }
    }

    /// <summary>What the gateway does with a command, from whichever node.</summary>
    public CommandResult Take(CallCommand command)
    {
        lock (gate)
        {
            if (!answers.TryGetValue(command.CommandId, out var answer))
            {
                var outcome = command.Expires < clock.GetUtcNow() ? CommandOutcome.Expired
                    : !open.TryGetValue(command.Contact, out var call) ? CommandOutcome.NoSuchCall
                    : Carry(call, command);
                answers[command.CommandId] = answer = new CommandResult(command.CommandId, outcome, open.GetValueOrDefault(command.Contact)?.Epoch ?? 0, null);
            }

            return answer;
        }
    }

    /// <summary>What Routing tells.</summary>
    public void Hear(DomainEvent e)
    {
        if (e is ContactQueued)
        {
            lock (gate)
            {
                known.GetValueOrDefault(e.Stream)?.KnownAt ??= TimeOf(e.EventId);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await ticking;
        stop.Dispose();
    }

    private CommandOutcome Carry(PlayedCall call, CallCommand command)
    {
        switch (command)
        {
            case OfferLeg offer:
                Ring(call, offer);
                return CommandOutcome.Done;
            case TakeControl control when control.Epoch == call.Epoch:
                call.Epoch++;
                Tell(call, new ControlChanged(control.Holder, call.Epoch, "command"));
                return CommandOutcome.Done;
            case ConnectAgent connect when connect.Epoch == call.Epoch:
                return Connect(call, connect);
            case TakeControl or ConnectAgent:
                return CommandOutcome.NotInControl;
            case WithdrawLeg withdraw:
                return EndLeg(call, withdraw.Leg);
            case EndLeg end:
                return EndLeg(call, end.Leg);
            default:
                Faults.Add($"{command.GetType().Name} was asked for");
                return CommandOutcome.Refused;
        }
    }

    private void Ring(PlayedCall call, OfferLeg offer)
    {
        if (call.Leg is { } other)
        {
            Faults.Add($"call {call.Id} is offered to {offer.Agent} and to {other.Agent}");
        }

        if (byAgent.TryGetValue(offer.Agent, out var held))
        {
            Faults.Add($"agent {offer.Agent} has calls {held.Id} and {call.Id}");
        }

        LastRing = clock.GetUtcNow();
        (call.Leg, byAgent[offer.Agent]) = (offer, call);
        Tell(call, new LegOffered(offer.Agent) { Leg = offer.Leg });
        Tell(call, new LegRinging(offer.Agent) { Leg = offer.Leg });
        After(Ringing, () =>
        {
            if (call.Leg == offer)
            {
                call.IsAccepted = true;
                Tell(call, new LegAccepted(offer.Agent) { Leg = offer.Leg });
            }
        });
    }

    private CommandOutcome Connect(PlayedCall call, ConnectAgent connect)
    {
        if (call.Leg?.Leg != connect.Leg || !call.IsAccepted)
        {
            return CommandOutcome.NoSuchLeg;
        }

        call.IsTalking = true;
        Answered++;
        Tell(call, new AgentAnswered(call.Leg.Agent) { Leg = connect.Leg });
        After(TimeSpan.FromSeconds(1 + (2 * random.NextDouble())), () => HangUp(call));
        return CommandOutcome.Done;
    }

    private CommandOutcome EndLeg(PlayedCall call, Guid leg)
    {
        if (call.Leg?.Leg != leg)
        {
            return CommandOutcome.NoSuchLeg;
        }

        FreeAgent(call);
        return CommandOutcome.Done;
    }

    private void FreeAgent(PlayedCall call)
    {
        if (call.Leg is { } leg)
        {
            Tell(call, call.IsAccepted ? new LegEnded(LegRole.Agent, leg.Agent, LegEnd.Ended) { Leg = leg.Leg } : new LegRefused(leg.Agent, LegRefusal.Withdrawn, 0) { Leg = leg.Leg });
            byAgent.Remove(leg.Agent);
            (call.Leg, call.IsAccepted, call.IsTalking) = (null, false, false);
        }
    }

    private void Arrive()
    {
        var call = new PlayedCall(Guid.CreateVersion7(clock.GetUtcNow()), queues[random.Next(queues.Count)]);
        calls.Add(call);
        (known[call.Id], open[call.Id]) = (call, call);
        Tell(call, new CallArrived(Gateway, $"+35840{random.Next(1_000_000):D6}", "+358700", "trunk", Guid.NewGuid(), 0) { Leg = call.CallerLeg });
        Tell(call, new CallAnswered("PCMA") { Leg = call.CallerLeg });
        Tell(call, new ControlChanged(ControlHolder.Ivr, call.Epoch, "command"));
        TellOfFlow(call, new FlowStarted(Guid.NewGuid(), 1, "fi"));
        After(Prompt, () =>
        {
            call.QueuedAt = clock.Now();
            TellOfFlow(call, new QueueRequested(call.Queue, false));
        });
        After(Prompt + TimeSpan.FromSeconds(4 + (10 * random.NextDouble())), () =>
        {
            if (!call.IsTalking)
            {
                HangUp(call);
            }
        });
    }

    private void HangUp(PlayedCall call)
    {
        if (!open.Remove(call.Id))
        {
            return;
        }

        call.HungUpAt = clock.GetUtcNow();
        Tell(call, new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp) { Leg = call.CallerLeg });
        FreeAgent(call);
        Tell(call, new CallClosed { Final = true });
        TellOfFlow(call, new FlowEnded(FlowOutcome.CallerGone, null) { Final = true });
    }

    private void Tell(PlayedCall call, ContactEvent e) => Send(call, e, GatewaySource, ++call.GatewaySequence);

    private void TellOfFlow(PlayedCall call, ContactEvent e) => Send(call, e, FlowSource, ++call.FlowSequence);

    private void Send(PlayedCall call, ContactEvent e, string source, long sequence) => events.Send(e with
    {
        EventId = Guid.CreateVersion7(), Tenant = RoutingHost.Tenant, Stream = call.Id, OccurredAt = clock.Now(), Source = source, Sequence = sequence,
    });

    // The moment is the id's first 48 bits (RFC 9562, section 5.7).
    private static DateTimeOffset TimeOf(Guid id) => DateTimeOffset.FromUnixTimeMilliseconds(
        System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(id.ToByteArray(bigEndian: true)) >>> 16);

    private void After(TimeSpan pause, Action step) => steps.Enqueue(step, clock.GetUtcNow() + pause);

    private async Task Tick()
    {
        using var timer = new PeriodicTimer(Resolution, clock);
        var last = clock.GetUtcNow();
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                lock (gate)
                {
                    var now = clock.GetUtcNow();
                    Starved = now - last > Starved ? now - last : Starved;
                    Advance(last = now);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It was told to end.
        }
    }

    private void Advance(DateTimeOffset now)
    {
        while (steps.TryPeek(out var step, out var due) && due <= now)
        {
            steps.Dequeue();
            step();
        }

        for (; perSecond > 0 && next <= now; next += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / perSecond))
        {
            Arrive();
        }
    }
}
