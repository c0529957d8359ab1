using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Pools;

/// <summary>What the matcher has to know of an agent.</summary>
/// <param name="Version">Of the agent's row: older news are dropped.</param>
internal sealed record AgentView(
    Guid Agent, long Version, bool CanBeOffered, DateTimeOffset IdleSince,
    IReadOnlyDictionary<string, int> Skills, IReadOnlyList<Agents.ProfileEntry> Queues)
{
    /// <summary>Available with a phone, free or busy, and not about to leave.</summary>
    public bool IsAtWork { get; init; }

    /// <summary>A contact has the agent, from the reservation to the end of the wrap-up.</summary>
    public bool IsEngaged { get; init; }
}

/// <summary>A match: who gets which contact, and why.</summary>
internal sealed record Match(Place Place, AgentView Agent, QueueRecord Queue, string Why);

/// <summary>
/// The queues connected by shared agents, in memory: who waits, who is free, who goes to whom. Pure: no clock, no input or output.
/// Between two calls no free agent stands beside a contact that the agent could take, so a newcomer on either side decides alone:
/// a new contact goes to the agent of its queue who is idle longest; a new free agent takes, of the first contacts of its queues, the one
/// of the best profile priority, then contact priority, then adjusted age. A place that is kept for an agent is that agent's first, and for a
/// while nobody else's. Every step is O(log n) in contacts and agents.
/// </summary>
internal sealed class Pool
{
    private const int CandidatesTold = 5;

    private readonly Dictionary<Guid, QueueState> queues = [];
    private readonly Dictionary<Guid, Place> places = [];
    private readonly Dictionary<Guid, AgentView> agents = [];
    private readonly HashSet<Guid> taken = [];
    private readonly Dictionary<Guid, Guid> kept = [];

    public IEnumerable<Place> Places => places.Values;

    public Place? Find(Guid contact) => places.GetValueOrDefault(contact);

    /// <summary>Contacts that wait in the queue, offered ones too, and since when the longest does.</summary>
    public (int Waiting, DateTimeOffset? Since) Figures(Guid queue) =>
        queues.TryGetValue(queue, out var state) && state.Present.Count > 0 ? (state.Present.Count, state.Present.Min.Since) : (0, null);

    /// <summary>Where a contact stands; null when it has no place. Searches through agents and queues: for callers who are told, not for offers.</summary>
    public Standing? StandingOf(Guid contact, Func<Guid, ServiceTime?> serviceOf)
    {
        if (!places.TryGetValue(contact, out var place))
        {
            return null;
        }

        var state = queues[place.Queue];
        var mine = (place.Since, contact);
        var serving = agents.Values.Where(agent => agent.IsAtWork).Select(agent => ServedBy(agent).ToList()).Where(served => served.Any(s => s.State == state)).ToList();
        var ahead = 1 + state.Waiting.Count(other => other.CompareTo(mine) < 0) + Others(state, place, serving);
        return new Standing(1 + state.Present.Count(other => other.CompareTo(mine) < 0), ahead, place.Offer is not null, serving.Count, serviceOf(place.Queue));
    }

    /// <summary>Contacts of other queues that go before: each may be taken by any agent of its queue, so by this queue's with the share of those who serve both.</summary>
    private double Others(QueueState state, Place place, List<List<(QueueState State, int Priority)>> serving)
    {
        var before = 0.0;
        foreach (var other in queues.Values.Where(other => other != state && other.Waiting.Count > 0))
        {
            var older = other.Waiting.Count(waiting => waiting.Since < place.Since);
            var all = agents.Values.Count(agent => agent.IsAtWork && ServedBy(agent).Any(served => served.State == other));
            foreach (var served in serving.Where(served => served.Any(s => s.State == other)))
            {
                var order = served.First(s => s.State == other).Priority.CompareTo(served.First(s => s.State == state).Priority);
                order = order == 0 ? other.Settings.Priority.CompareTo(state.Settings.Priority) : order;
                before += (order < 0 ? other.Waiting.Count : order == 0 ? older : 0) / (double)all;
            }
        }

        return before;
    }

    /// <summary>The settings of a queue; those of an unknown one are the defaults, so that no contact is without a place.</summary>
    public QueueRecord Settings(Guid tenant, Guid queue) => StateOf(tenant, queue).Settings;

    /// <summary>The free agents of the queue, the longest idle first; null when the tenant has no such queue.</summary>
    public List<Guid>? FreeAgents(Guid tenant, Guid queue) => queues.TryGetValue(queue, out var state) && state.Settings is { Name.Length: > 0 } settings && settings.Tenant == tenant
        ? [.. state.Idle.Take(CandidatesTold).Select(idle => idle.Agent)]
        : null;

    /// <summary>Gives settings to a queue; they hold for those who wait at once. The matches are what becomes possible.</summary>
    public List<Match> Configure(QueueRecord settings)
    {
        var state = StateOf(settings.Tenant, settings.Id);
        state.Settings = settings;
        var free = agents.Values.Where(agent => agent.CanBeOffered && !taken.Contains(agent.Agent)).OrderBy(agent => agent.IdleSince).ToList();
        free.ForEach(agent => Leave(agent));
        return MatchAll(free);
    }

    /// <summary>Puts or replaces a place; one without an offer looks for an agent unless it is held back.</summary>
    public Match? Put(Place place, bool heldBack = false)
    {
        Drop(place.Contact);
        places[place.Contact] = place;
        var state = StateOf(place.Tenant, place.Queue);
        state.Present.Add((place.Since, place.Contact));
        if (place.Offer is not null || heldBack)
        {
            return null;
        }

        if (place.For is { } agent)
        {
            kept[agent] = place.Contact;
            return agents.TryGetValue(agent, out var back) && back.CanBeOffered && !taken.Contains(agent) ? Take(place, back, state) : null;
        }

        if (state.Idle.Count > 0)
        {
            return Take(place, agents[state.Idle.Min.Agent], state);
        }

        state.Waiting.Add((place.Since, place.Contact));
        return null;
    }

    /// <summary>Ends a place.</summary>
    public void Drop(Guid contact)
    {
        if (places.Remove(contact, out var place) && queues.TryGetValue(place.Queue, out var state))
        {
            state.Waiting.Remove((place.Since, contact));
            state.Present.Remove((place.Since, contact));
        }

        if (place?.For is { } agent && kept.GetValueOrDefault(agent) == contact)
        {
            kept.Remove(agent);
        }
    }

    /// <summary>News of an agent; older than what is known are dropped. A free agent looks for a contact.</summary>
    public Match? Put(AgentView agent)
    {
        if (agents.TryGetValue(agent.Agent, out var known))
        {
            if (known.Version >= agent.Version)
            {
                return null;
            }

            Leave(known);
        }

        agents[agent.Agent] = agent;
        return agent.CanBeOffered && !taken.Contains(agent.Agent) ? MatchAll([agent]).FirstOrDefault() : null;
    }

    /// <summary>The reserving of a matched agent is over, one way or the other; the agent's own news say whether it is free.</summary>
    public Match? Return(Guid agent)
    {
        taken.Remove(agent);
        return agents.TryGetValue(agent, out var view) && view.CanBeOffered ? MatchAll([view]).FirstOrDefault() : null;
    }

    private List<Match> MatchAll(IEnumerable<AgentView> free)
    {
        var matches = new List<Match>();
        foreach (var agent in free)
        {
            if (kept.TryGetValue(agent.Agent, out var own))
            {
                matches.Add(Take(places[own], agent, queues[places[own].Queue]));
                continue;
            }

            var best = ServedBy(agent).Where(served => served.State.Waiting.Count > 0)
                .OrderBy(served => served.Priority).ThenBy(served => served.State.Settings.Priority).ThenBy(served => served.State.Waiting.Min.Since)
                .FirstOrDefault();
            if (best.State is null)
            {
                Enter(agent);
            }
            else
            {
                matches.Add(Take(places[best.State.Waiting.Min.Contact], agent, best.State));
            }
        }

        return matches;
    }

    private Match Take(Place place, AgentView agent, QueueState state)
    {
        var why = place.For == agent.Agent ? $"was cut off from this caller: {agent.Agent}" : Explain(agent, state);
        state.Waiting.Remove((place.Since, place.Contact));
        Leave(agent);
        kept.Remove(agent.Agent);
        taken.Add(agent.Agent);
        return new Match(place, agent, state.Settings, why);
    }

    private static string Explain(AgentView agent, QueueState state)
    {
        var others = state.Idle.Where(idle => idle.Agent != agent.Agent).Take(CandidatesTold).Select(idle => $"{idle.Agent} idle since {idle.Since:O}");
        var rest = string.Join("; ", others);
        return $"longest idle with the skills: {agent.Agent} idle since {agent.IdleSince:O}" + (rest.Length > 0 ? $"; also free: {rest}" : "; nobody else was free");
    }

    private void Enter(AgentView agent)
    {
        foreach (var (state, _) in ServedBy(agent))
        {
            state.Idle.Add((agent.IdleSince, agent.Agent));
        }
    }

    private void Leave(AgentView agent)
    {
        foreach (var entry in agent.Queues)
        {
            if (queues.TryGetValue(entry.Queue, out var state))
            {
                state.Idle.Remove((agent.IdleSince, agent.Agent));
            }
        }
    }

    /// <summary>The queues of the agent's profile whose skills the agent has.</summary>
    private IEnumerable<(QueueState State, int Priority)> ServedBy(AgentView agent)
    {
        foreach (var entry in agent.Queues)
        {
            if (queues.TryGetValue(entry.Queue, out var state)
                && state.Settings.Skills.All(asked => agent.Skills.GetValueOrDefault(asked.Key) >= asked.Value))
            {
                yield return (state, entry.Priority);
            }
        }
    }

    private QueueState StateOf(Guid tenant, Guid queue)
    {
        if (!queues.TryGetValue(queue, out var state))
        {
            state = new QueueState(new QueueRecord { Id = queue, Tenant = tenant });
            queues[queue] = state;
            foreach (var agent in agents.Values.Where(agent => agent.CanBeOffered && !taken.Contains(agent.Agent)))
            {
                Enter(agent);
            }
        }

        return state;
    }

    private sealed class QueueState(QueueRecord settings)
    {
        public QueueRecord Settings { get; set; } = settings;

        /// <summary>Contacts that wait for a free agent.</summary>
        public SortedSet<(DateTimeOffset Since, Guid Contact)> Waiting { get; } = [];

        /// <summary>Those and the ones being offered or held back.</summary>
        public SortedSet<(DateTimeOffset Since, Guid Contact)> Present { get; } = [];

        /// <summary>Free agents that may take the queue's contacts.</summary>
        public SortedSet<(DateTimeOffset Since, Guid Agent)> Idle { get; } = [];
    }
}
