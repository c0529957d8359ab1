using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Queues;

namespace CallCenter.Benchmarks.Acd;

/// <summary>Who finds agents for contacts.</summary>
internal interface IAcdRouter
{
    /// <summary>What Telephony or Ivr tell.</summary>
    void Send(DomainEvent e);

    /// <summary>The gateway's answer to a command.</summary>
    void Send(CommandResult answer);
}

/// <summary>
/// Plays callers, flows, the gateway and the agents' phones of a centre: contacts come at random moments for random queues. A call:
/// <code>
/// CallArrived, CallAnswered, ControlChanged, FlowStarted -100 ms-> QueueRequested -> (OfferLeg) LegOffered, LegRinging -100 ms-> LegAccepted
/// -> (TakeControl) ControlChanged -> (ConnectAgent) AgentAnswered -2 s-> LegEnded of both, CallClosed, FlowEnded -1 s-> the agent is idle
/// </code>
/// The wait for an offer counts from the moment when both were there, contact and agent, to the command that rings the phone.
/// </summary>
internal sealed class AcdLoad : IAsyncDisposable
{
    private const string GatewaySource = "telephony/acd", FlowSource = "ivr";
    private const int OpenMax = 15_000, Numbers = 100_000;

    private static readonly TimeSpan Prompt = TimeSpan.FromMilliseconds(100), Ringing = TimeSpan.FromMilliseconds(100), Talk = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(1), RegistrationTime = TimeSpan.FromHours(10);

    private readonly Lock gate = new();
    private readonly Random random = new(AcdPlan.Seed);
    private readonly Dictionary<Guid, Call> calls = [];
    private readonly Dictionary<Guid, DateTimeOffset> idleFrom = [];
    private readonly PriorityQueue<Action, DateTimeOffset> steps = new();
    private readonly AcdPlan plan;
    private readonly IAcdRouter router;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource stop = new();
    private readonly Task ticking;
    private double perSecond;
    private DateTimeOffset nextArrival;

    public AcdLoad(AcdPlan plan, IAcdRouter router, TimeProvider clock)
    {
        (this.plan, this.router, this.clock) = (plan, router, clock);
        foreach (var agent in plan.Agents)
        {
            idleFrom[agent.Agent] = DateTimeOffset.MinValue;
        }

        ticking = Tick();
    }

    public AcdTally Tally { get; private set; } = new();

    /// <summary>Contacts that ever came.</summary>
    public int Arrivals { get; private set; }

    /// <summary>Contacts that have not ended.</summary>
    public int Open
    {
        get
        {
            lock (gate)
            {
                return calls.Count;
            }
        }
    }

    /// <summary>Every agent's phone registers.</summary>
    public void Register()
    {
        foreach (var agent in plan.Agents)
        {
            router.Send(new DeviceReachable(AcdHost.Gateway, clock.Now() + RegistrationTime)
            {
                EventId = Guid.CreateVersion7(), Tenant = AcdPlan.Operator, Stream = agent.Agent, OccurredAt = clock.Now(), Source = GatewaySource, Sequence = 1,
            });
        }
    }

    /// <summary>So many contacts a second from now on, none with 0; counts anew.</summary>
    public AcdTally Set(double contactsPerSecond)
    {
        lock (gate)
        {
            var before = Tally;
            (Tally, perSecond, nextArrival) = (new AcdTally(), contactsPerSecond, clock.GetUtcNow());
            return before;
        }
    }

    /// <summary>A command to the gateway.</summary>
    public void Take(CallCommand command)
    {
        lock (gate)
        {
            if (!calls.TryGetValue(command.Contact, out var call))
            {
                router.Send(new CommandResult(command.CommandId, CommandOutcome.NoSuchCall, 0, null));
                return;
            }

            call.Epoch += command is TakeControl ? 1 : 0;
            router.Send(new CommandResult(command.CommandId, CommandOutcome.Done, call.Epoch, null));
            switch (command)
            {
                case OfferLeg offer:
                    Ring(call, offer);
                    break;
                case TakeControl control:
                    Tell(call, new ControlChanged(control.Holder, call.Epoch, "command"));
                    break;
                case ConnectAgent connect:
                    Tell(call, new AgentAnswered(call.Agent) { Leg = connect.Leg });
                    Tally.Routed++;
                    After(Talk, () => HangUp(call));
                    break;
                default:
                    Tally.Fault(command.GetType().Name);
                    break;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await ticking;
        stop.Dispose();
    }

    private void Ring(Call call, OfferLeg offer)
    {
        var now = clock.GetUtcNow();
        var idle = idleFrom[offer.Agent];
        if (idle > now || call.Agent != Guid.Empty)
        {
            Tally.Fault(idle > now ? "offer to a busy agent" : "second offer of a contact");
        }

        var waited = idle > call.QueuedAt;
        var wait = (now - (waited ? idle : call.QueuedAt)).TotalMilliseconds;
        Tally.Offers.Add(wait);
        if (waited)
        {
            Tally.OffersOfWaiting.Add(wait);
        }

        (call.Agent, idleFrom[offer.Agent]) = (offer.Agent, DateTimeOffset.MaxValue);
        Tell(call, new LegOffered(offer.Agent) { Leg = offer.Leg });
        Tell(call, new LegRinging(offer.Agent) { Leg = offer.Leg });
        After(Ringing, () => Tell(call, new LegAccepted(offer.Agent) { Leg = offer.Leg }));
        call.AgentLeg = offer.Leg;
    }

    private void Arrive()
    {
        var queue = plan.Queues[random.Next(plan.Queues.Count)];
        var call = new Call(Guid.CreateVersion7(clock.GetUtcNow()), queue);
        calls[call.Id] = call;
        Tally.Arrived++;
        Arrivals++;
        Tell(call, new CallArrived(AcdHost.Gateway, $"+35840{random.Next(Numbers):D6}", "+358700", "trunk", queue.Id, 0) { Leg = call.CallerLeg });
        Tell(call, new CallAnswered("PCMA") { Leg = call.CallerLeg });
        Tell(call, new ControlChanged(ControlHolder.Ivr, call.Epoch = 1, "command"));
        TellOfFlow(call, new FlowStarted(queue.Id, 1, "fi"));
        After(Prompt, () =>
        {
            call.QueuedAt = clock.Now();
            TellOfFlow(call, new QueueRequested(queue.Id, false));
        });
    }

    private void HangUp(Call call)
    {
        Tell(call, new LegEnded(LegRole.Caller, null, LegEnd.PartyHungUp) { Leg = call.CallerLeg });
        Tell(call, new LegEnded(LegRole.Agent, call.Agent, LegEnd.Ended) { Leg = call.AgentLeg });
        idleFrom[call.Agent] = clock.Now().AddMilliseconds(call.Queue.WrapUpMs);
        Tell(call, new CallClosed { Final = true });
        TellOfFlow(call, new FlowEnded(FlowOutcome.CallerGone, null) { Final = true });
        calls.Remove(call.Id);
    }

    private void Tell(Call call, ContactEvent e) => Send(call, e, GatewaySource, ++call.GatewaySequence);

    private void TellOfFlow(Call call, ContactEvent e) => Send(call, e, FlowSource, ++call.FlowSequence);

    private void Send(Call call, ContactEvent e, string source, long sequence) => router.Send(e with
    {
        EventId = Guid.CreateVersion7(), Tenant = call.Queue.Tenant, Stream = call.Id, OccurredAt = clock.Now(), Source = source, Sequence = sequence,
    });

    private void After(TimeSpan pause, Action step) => steps.Enqueue(step, clock.GetUtcNow() + pause);

    private async Task Tick()
    {
        using var timer = new PeriodicTimer(Resolution, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                lock (gate)
                {
                    Advance(clock.GetUtcNow());
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

        for (; perSecond > 0 && nextArrival <= now; nextArrival += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / perSecond))
        {
            if (calls.Count < OpenMax)
            {
                Arrive();
            }
            else
            {
                Tally.NotStarted++;
            }
        }
    }

    private sealed class Call(Guid id, QueueRecord queue)
    {
        public Guid Id => id;

        public QueueRecord Queue => queue;

        public Guid CallerLeg { get; } = Guid.CreateVersion7();

        public DateTimeOffset QueuedAt { get; set; } = DateTimeOffset.MaxValue;

        public Guid Agent { get; set; }

        public Guid AgentLeg { get; set; }

        public long Epoch { get; set; }

        public long GatewaySequence { get; set; }

        public long FlowSequence { get; set; }
    }
}

/// <summary>What the load saw.</summary>
internal sealed class AcdTally
{
    public int Arrived { get; set; }

    /// <summary>Caller and agent heard each other.</summary>
    public int Routed { get; set; }

    /// <summary>Commands that cannot be: a second offer to a busy agent or of a contact, one that nobody asked for.</summary>
    public int Faults => FaultsBy.Values.Sum();

    public SortedDictionary<string, int> FaultsBy { get; } = new(StringComparer.Ordinal);

    /// <summary>Contacts that did not come, as too many were under way.</summary>
    public int NotStarted { get; set; }

    /// <summary>Milliseconds from the moment both were there to the offer.</summary>
    public List<double> Offers { get; } = [];

    /// <summary>Those where the contact had waited for the agent.</summary>
    public List<double> OffersOfWaiting { get; } = [];

    public void Fault(string what) => FaultsBy[what] = FaultsBy.GetValueOrDefault(what) + 1;
}
