using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Pools;

/// <summary>A queue in the matcher.</summary>
internal sealed class QueueState
{
    private readonly Dictionary<Guid, long> turns = [];

    public QueueState(QueueRecord settings) => Configure(settings);

    public QueueRecord Settings { get; private set; } = null!;

    public Requirement Requirement { get; private set; } = null!;

    public Strategy Strategy { get; private set; } = null!;

    /// <summary>Contacts that wait for a free agent.</summary>
    public Line Waiting { get; } = new();

    /// <summary>Those and the ones being offered, kept or held back.</summary>
    public Line Present { get; } = new();

    /// <summary>Free agents that may take the queue's contacts, now or later.</summary>
    public IdleAgents Idle { get; } = new();

    /// <summary>Agents whose profile has the queue, those too who do not have its skills.</summary>
    public HashSet<AgentSlot> Members { get; } = [];

    /// <summary>When the first who waits is old enough for the first who is free, in ticks; null when that cannot be.</summary>
    public long? Due { get; set; }

    public long? DueNow => Waiting.Count > 0 && Idle.Count > 0 ? Waiting.Oldest + Idle.OpenFrom : null;

    public void Configure(QueueRecord settings)
    {
        Settings = settings;
        Requirement = new Requirement(settings);
        Strategy = Strategy.Of(settings.Strategy);
    }

    public int PriorityOf(Place place) => place.Priority ?? Settings.Priority;

    public int PriorityOf(int own) => own == Line.OfQueue ? Settings.Priority : own;

    /// <summary>How many of a line of this queue go before another queue's contact, or one of its own.</summary>
    public int CountBefore(Line line, Place place, int priority) => line.CountBefore(Turn.Of(place), priority, Settings.Priority);

    /// <summary>1 for the next.</summary>
    public int PositionOf(Place place) => 1 + CountBefore(Present, place, PriorityOf(place));

    public long LastTurnOf(Guid agent) => turns.GetValueOrDefault(agent);

    public void TurnTaken(Guid agent, long number) => turns[agent] = number;
}

/// <summary>An agent in the matcher.</summary>
internal sealed class AgentSlot(AgentView view)
{
    public AgentView View { get; set; } = view;

    /// <summary>The queues that the agent serves.</summary>
    public Service[] Services { get; set; } = [];

    /// <summary>Stands in its queues' idle sets.</summary>
    public bool IsIdle { get; set; }

    /// <summary>Matched and not yet returned: an offer is being made.</summary>
    public bool IsTaken { get; set; }

    public bool IsFree => View.CanBeOffered && !IsTaken;

    /// <summary>The queue as this agent serves it; null when it does not.</summary>
    public Service? ServiceOf(QueueState queue)
    {
        foreach (var service in Services)
        {
            if (service.Queue == queue)
            {
                return service;
            }
        }

        return null;
    }
}

/// <summary>A queue as one agent serves it.</summary>
/// <param name="OpenFrom">Age of a contact, in ticks, from which it is the agent's.</param>
internal sealed record Service(QueueState Queue, Agents.ProfileEntry Entry, long OpenFrom, int Level)
{
    /// <summary>The agent's turn since it is idle.</summary>
    public AgentTurn Turn { get; set; }

    public AgentFacts FactsOf(AgentView agent) => new(
        agent.Agent, agent.IdleSince, OpenFrom / TimeSpan.TicksPerMillisecond, agent.Contacts, agent.TalkMs, Level,
        Entry.Tier, Entry.Position, agent.WagePerHour, Queue.LastTurnOf(agent.Agent));
}
