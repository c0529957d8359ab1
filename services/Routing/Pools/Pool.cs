using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Pools;

/// <summary>
/// The queues connected by shared agents, in memory: who waits, who is free, who goes to whom. Pure: no clock, no input or output; the
/// moment is given with each call, what is random at the making. Between two calls no free agent stands beside a contact that it may take, so a newcomer on either side
/// decides alone: a new contact goes to an agent by its queue's <see cref="Strategy"/>; an agent who becomes free takes the contact with the
/// first <see cref="Claim"/>. Contacts that become old enough for an agent are told by <see cref="NextDue"/> and matched by
/// <see cref="Advance"/>. A place that is kept for an agent is that agent's first, and for a while nobody else's.
/// Every step is O(log n) in contacts and agents, times the queues of the agent.
/// </summary>
internal sealed partial class Pool
{
    private readonly Dictionary<Guid, QueueState> queues = [];
    private readonly Dictionary<Guid, Place> places = [];
    private readonly Dictionary<Guid, AgentSlot> agents = [];
    private readonly Dictionary<Guid, Guid> kept = [];
    private readonly SortedSet<(long Due, Guid Queue)> dues = [];
    private readonly Departures departures = new();
    private readonly Overflows overflows;
    private readonly Func<Guid, Guid, double> draw;
    private long turns;

    /// <param name="draw">What is random: evenly from [0, 1), for an agent who becomes idle in a queue that draws lots.</param>
    public Pool(Func<Guid, Guid, double>? draw = null)
    {
        overflows = new Overflows(StateOf);
        this.draw = draw ?? ((_, _) => Random.Shared.NextDouble());
    }

    /// <summary>Queues with overflow groups.</summary>
    public IEnumerable<Guid> WithOverflow => overflows.Queues.Select(state => state.Settings.Id);

    public IEnumerable<Place> Places => places.Values;

    /// <summary>When a contact that waits is old enough for an agent who is free, or has waited for as long as its queue allows; null when there is none such.</summary>
    public DateTimeOffset? NextDue => (dues.Count > 0 ? dues.Min.Due : (long?)null, departures.Next) switch
    {
        (null, null) => null,
        var (match, leave) => new DateTimeOffset(Math.Min(match ?? long.MaxValue, leave ?? long.MaxValue), TimeSpan.Zero),
    };

    public Place? Find(Guid contact) => places.GetValueOrDefault(contact);

    /// <summary>Contacts that wait in the queue, offered ones too, and since when the longest does.</summary>
    public (int Waiting, DateTimeOffset? Since) Figures(Guid queue) =>
        queues.TryGetValue(queue, out var state) && state.Present.Oldest is { } oldest ? (state.Present.Count, new DateTimeOffset(oldest, TimeSpan.Zero)) : (0, null);

    /// <summary>The contact's position in its queue, 1 for the next; null when it has no place.</summary>
    public int? PositionOf(Guid contact) => places.TryGetValue(contact, out var place) ? queues[place.Queue].PositionOf(place) : null;

    /// <summary>Where a contact stands; null when it has no place.</summary>
    public Standing? StandingOf(Guid contact, Func<Guid, ServiceTime?> serviceOf) =>
        places.TryGetValue(contact, out var place) ? Standings.Of(place, queues[place.Queue], serviceOf(place.Queue), overflows) : null;

    /// <summary>The settings of a queue; those of an unknown one are the defaults, so that no contact is without a place.</summary>
    public QueueRecord Settings(Guid tenant, Guid queue) => StateOf(tenant, queue).Settings;

    /// <summary>The free agents of the queue who take any contact, in its order; null when the tenant has no such queue.</summary>
    public List<Guid>? FreeAgents(Guid tenant, Guid queue) => queues.TryGetValue(queue, out var state) && state.Settings is { Name.Length: > 0 } settings && settings.Tenant == tenant
        ? state.Idle.Top(age: 0, Choice.Told).First.ConvertAll(idle => idle.Agent)
        : null;

    /// <summary>Puts or replaces a place; one without an offer looks for an agent unless it is held back.</summary>
    public Match? Put(Place place, DateTimeOffset now, bool heldBack = false)
    {
        Drop(place.Contact);
        places[place.Contact] = place;
        var state = StateOf(place.Tenant, place.Queue);
        state.Present.Add(place);
        departures.Enter(place, state);
        if (place.IsOffered)
        {
            KeepRinging(place, state);
            return null;
        }

        if (heldBack)
        {
            return null;
        }

        if (place.For is { } agent)
        {
            kept[agent] = place.Contact;
            return agents.TryGetValue(agent, out var back) && back.IsFree ? TakeKept(place, back, state, now) : null;
        }

        if (Choose(place, state, now) is { } match)
        {
            return match;
        }

        state.Wait(place);
        Refresh(state);
        return null;
    }

    /// <summary>Ends a place.</summary>
    public void Drop(Guid contact)
    {
        departures.Leave(contact);
        if (places.Remove(contact, out var place) && queues.TryGetValue(place.Queue, out var state))
        {
            state.WaitNoMore(place);
            state.Present.Remove(place);
            state.Ringing.Remove(place);
            Refresh(state);
        }

        if (place?.For is { } agent && kept.GetValueOrDefault(agent) == contact)
        {
            kept.Remove(agent);
        }
    }

    /// <summary>A contact waits no more, answered or not: how its queue keeps its contract.</summary>
    public void Waited(Place place, bool isAnswered, DateTimeOffset now)
    {
        var state = StateOf(place.Tenant, place.Queue);
        state.Level.Waited((now - place.EnteredAt).TotalMilliseconds, isAnswered, state.Settings, now);
    }

    /// <summary>An agent is done with a contact of the queue; null when it was with none.</summary>
    public void Served((Guid Queue, double Ms)? service)
    {
        if (service is var (queue, ms) && queues.TryGetValue(queue, out var state))
        {
            state.Level.Served(ms);
        }
    }

    /// <summary>News of an agent; older than what is known are dropped. A free agent looks for a contact.</summary>
    public Match? Put(AgentView agent, DateTimeOffset now)
    {
        if (!agents.TryGetValue(agent.Agent, out var slot))
        {
            agents[agent.Agent] = slot = new AgentSlot(agent);
            Enrol(slot);
        }
        else if ((slot.View.Activation, slot.View.Version).CompareTo((agent.Activation, agent.Version)) >= 0)
        {
            return null;
        }
        else
        {
            Leave(slot);
            var known = slot.View;
            Learn(slot, agent.SettingsNumber >= known.SettingsNumber ? agent : agent with
            {
                Skills = known.Skills, Queues = known.Queues, WagePerHour = known.WagePerHour, SettingsNumber = known.SettingsNumber,
            });
        }

        return slot.IsFree ? Choose(slot, now) : null;
    }

    /// <summary>The reserving of a matched agent is over, one way or the other; the agent's own news say whether it is free.</summary>
    public Match? Return(Guid agent, DateTimeOffset now)
    {
        if (!agents.TryGetValue(agent, out var slot))
        {
            return null;
        }

        slot.IsTaken = false;
        return slot.IsFree && !slot.IsIdle ? Choose(slot, now) : null;
    }

    /// <summary>Matches the contacts that have become old enough for an agent who is free, the earliest due first.</summary>
    public List<Match> Advance(DateTimeOffset now)
    {
        var matches = new List<Match>();
        while (dues.Count > 0 && dues.Min.Due <= now.UtcTicks)
        {
            var state = queues[dues.Min.Queue];
            var place = places[FirstOf(state, now.UtcTicks - state.Idle.OpenFrom, now)];
            matches.Add(Choose(place, state, now)!);
        }

        return matches;
    }

    /// <summary>The first in line of a queue among those who entered not later than that.</summary>
    private static Guid FirstOf(QueueState state, long upTo, DateTimeOffset now)
    {
        Claim? first = null;
        for (var i = 0; i < state.Waiting.Heads; i++)
        {
            if (state.Waiting.TryHead(i, out var turn, out var own) && turn.Since <= upTo
                && Claim.Of(turn, profile: 1, state.PriorityOf(own), now.UtcTicks) is var claim && (first is null || claim.CompareTo(first.Value) < 0))
            {
                first = claim;
            }
        }

        return first!.Value.Turn.Contact;
    }

    /// <summary>A contact and the free agents of its queue: who takes it, by the queue's strategy.</summary>
    private Match? Choose(Place place, QueueState state, DateTimeOffset now)
    {
        var age = AgeOf(place, now);
        if (state.IdleCount == 0 || FreeFor(place, state, age) is not ({ Count: > 0 } top, var all))
        {
            return null;
        }

        var first = top[0];
        var last = place.Round is null && (state.Settings.Strategy == AgentStrategy.LastAgent || place.Returns) ? place.LastAgent : null;
        if (last is { } known && agents.TryGetValue(known, out var before) && before.IsIdle && before.ServiceOf(state) is { } service && service.OpenFrom <= age)
        {
            first = service.Turn;
            top = [first, .. top.Where(turn => turn.Agent != known).Take(Choice.Told - 1)];
        }
        else if (state.IsByLot)
        {
            state.Lots.Choose(first.First);
        }

        var slot = agents[first.Agent];
        var rule = place.Returns && first.Agent == last ? Choice.ReturningCaller : state.Settings.Strategy.ToString();
        var choice = new Choice(rule, now, place.Contact, first.Agent, place.Queue, age / TimeSpan.TicksPerMillisecond, all)
        {
            LastAgent = last,
            Agents = top.ConvertAll(turn => agents[turn.Agent].ServiceOf(state)!.FactsOf(agents[turn.Agent].View)),
        };
        return Take(place, slot, state, choice);
    }

    /// <summary>A free agent and the heads of its queues: whom it takes, by their claims. Without one it is idle.</summary>
    private Match? Choose(AgentSlot slot, DateTimeOffset now)
    {
        if (kept.TryGetValue(slot.View.Agent, out var own))
        {
            return TakeKept(places[own], slot, queues[places[own].Queue], now);
        }

        var (best, all) = LineOrder.Of(slot, now.UtcTicks);
        if (best.Count == 0)
        {
            if (Join(slot, now) is { } joined)
            {
                return joined;
            }

            Enter(slot);
            return null;
        }

        var isByRisk = best[0] is { Claim.Profile: > 0, Service.Queue.IsByRisk: true };
        if (isByRisk)
        {
            best = RiskOrder.Of(slot, best[0].Claim.Profile, now.UtcTicks);
            all = best.Count;
        }

        var place = places[best[0].Claim.Turn.Contact];
        var state = best[0].Service.Queue;
        var choice = new Choice(isByRisk ? Choice.HighestRisk : Choice.FirstInLine, now, place.Contact, slot.View.Agent, place.Queue, AgeOf(place, now) / TimeSpan.TicksPerMillisecond, all)
        {
            Contacts = [.. best.Take(Choice.Told).Select(found => FactsOf(places[found.Claim.Turn.Contact], found.Service) with
            {
                Risk = isByRisk ? RiskOrder.FactsOf(found.Claim.Turn.Since, found.Service.Queue, now.UtcTicks) : null,
            })],
        };
        return Take(place, slot, state, choice);
    }

    /// <summary>In ticks. Who entered by a clock that is ahead of ours has no age yet.</summary>
    private static long AgeOf(Place place, DateTimeOffset now) => Math.Max(0, (now - place.Since).Ticks);

    private static ContactFacts FactsOf(Place place, Service service) =>
        new(place.Contact, place.Queue, service.Entry.Priority, service.Queue.PriorityOf(place), place.Since, place.EnteredAt);

    private Match TakeKept(Place place, AgentSlot slot, QueueState state, DateTimeOffset now) => Take(
        place, slot, state, new Choice(Choice.KeptForAgent, now, place.Contact, slot.View.Agent, place.Queue, AgeOf(place, now) / TimeSpan.TicksPerMillisecond, 1));

    private Match Take(Place place, AgentSlot slot, QueueState state, Choice choice)
    {
        state.WaitNoMore(place);
        Leave(slot);
        if (slot.ServiceOf(state) is { } service)
        {
            turns = Math.Max(turns + 1, choice.At.UtcTicks);
            service.LastTurn = turns;
        }

        Refresh(state);
        kept.Remove(slot.View.Agent);
        slot.IsTaken = true;
        return new Match(Ask(place, slot, state, choice), slot.View, state.Settings, choice);
    }

    private void Enter(AgentSlot slot)
    {
        slot.IsIdle = true;
        foreach (var service in slot.Services)
        {
            service.Enter(slot.View, draw);
            Refresh(service.Queue);
        }
    }

    private void Leave(AgentSlot slot)
    {
        if (!slot.IsIdle)
        {
            return;
        }

        slot.IsIdle = false;
        foreach (var service in slot.Services)
        {
            service.Leave();
            Refresh(service.Queue);
        }
    }

    private void Learn(AgentSlot slot, AgentView view)
    {
        var known = slot.View;
        if (known.IsLoggedIn != view.IsLoggedIn)
        {
            Count(slot, view.IsLoggedIn ? 1 : -1);
        }

        slot.View = view;
        if (!ReferenceEquals(known.Queues, view.Queues) && !known.Queues.SequenceEqual(view.Queues))
        {
            foreach (var entry in known.Queues)
            {
                queues[entry.Queue].Members.Remove(slot);
            }

            Enrol(slot);
        }
        else if (!ReferenceEquals(known.Skills, view.Skills) && !(known.Skills.Count == view.Skills.Count && !known.Skills.Except(view.Skills).Any()))
        {
            Serve(slot);
        }
    }

    /// <summary>Keeps the time when the next contact of the queue is due.</summary>
    private void Refresh(QueueState state)
    {
        var due = state.DueNow;
        if (due == state.Due)
        {
            return;
        }

        if (state.Due is { } old)
        {
            dues.Remove((old, state.Settings.Id));
        }

        if (due is { } next)
        {
            dues.Add((next, state.Settings.Id));
        }

        state.Due = due;
    }

    private QueueState StateOf(Guid tenant, Guid queue)
    {
        if (!queues.TryGetValue(queue, out var state))
        {
            queues[queue] = state = new QueueState(new QueueRecord { Id = queue, Tenant = tenant });
        }
        else if (state.Settings.Tenant == Guid.Empty && tenant != Guid.Empty)
        {
            state.Own(tenant);
        }

        return state;
    }
}
