using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Pools;

/// <summary>A queue in the matcher.</summary>
internal sealed class QueueState
{
    public QueueState(QueueRecord settings) => Configure(settings);

    public QueueRecord Settings { get; private set; } = null!;

    public Requirement Requirement { get; private set; } = null!;

    public Strategy Strategy { get; private set; } = null!;

    /// <summary>Contacts that wait for a free agent.</summary>
    public Line Waiting { get; } = new();

    /// <summary>Contacts that ring at some agents and may ring at more.</summary>
    public Line Ringing { get; } = new();

    /// <summary>Those and the ones being offered, kept or held back.</summary>
    public Line Present { get; } = new();

    /// <summary>Free agents that may take the queue's contacts, now or later.</summary>
    public IdleAgents Idle { get; private set; } = new();

    /// <summary>How many there are, beside the settings: an agent who comes or goes asks all its queues.</summary>
    public int IdleCount { get; set; }

    /// <summary>How many wait.</summary>
    public int WaitingCount { get; private set; }

    /// <summary>Agents who are logged in and can serve the queue, free, busy or on a break.</summary>
    public int Servers { get; set; }

    /// <summary>Agents whose profile has the queue, those too who do not have its skills.</summary>
    public HashSet<AgentSlot> Members { get; } = [];

    /// <summary>How the queue has kept its contract.</summary>
    public ServiceLevelTally Level { get; } = new();

    /// <summary>The lots of idle agents, where the strategy draws.</summary>
    public Lots Lots { get; } = new();

    public bool IsByLot => Settings.Strategy == AgentStrategy.Random;

    public bool IsRingAll => Settings.Strategy == AgentStrategy.RingAll;

    public bool IsByRisk => Settings.Strategy == AgentStrategy.ServiceLevelRisk;

    /// <summary>Groups that help this queue now.</summary>
    public List<OverflowGroup> SwitchedIn { get; } = [];

    /// <summary>Queues that this one's agents help now, and by which of their groups.</summary>
    public List<(QueueState Queue, OverflowGroup Group)> Helped { get; } = [];

    /// <summary>Queues that this one's agents help when it is needed.</summary>
    public HashSet<QueueState> MayHelp { get; } = [];

    /// <summary>When the first who waits is old enough for the first who is free, in ticks; null when that cannot be.</summary>
    public long? Due { get; set; }

    public long? DueNow => WaitingCount > 0 && IdleCount > 0 ? Waiting.Oldest + Idle.OpenFrom : null;

    /// <summary>New settings. Nobody may be idle here: those who serve the queue come anew.</summary>
    public void Configure(QueueRecord settings)
    {
        Idle = new IdleAgents();
        Settings = settings;
        Requirement = new Requirement(settings);
        Strategy = Strategy.Of(settings.Strategy);
    }

    /// <summary>The queue was named by a profile before its tenant was known.</summary>
    public void Own(Guid tenant) => Settings = Settings with { Tenant = tenant };

    public void Wait(Place place)
    {
        Waiting.Add(place);
        WaitingCount = Waiting.Count;
    }

    public void WaitNoMore(Place place)
    {
        Waiting.Remove(place);
        WaitingCount = Waiting.Count;
    }

    public int PriorityOf(Place place) => place.Priority ?? Settings.Priority;

    public int PriorityOf(int own) => own == Line.OfQueue ? Settings.Priority : own;

    /// <summary>How many of a line of this queue go before another queue's contact, or one of its own.</summary>
    public int CountBefore(Line line, Place place, int priority) => line.CountBefore(Turn.Of(place), priority, Settings.Priority);

    /// <summary>1 for the next.</summary>
    public int PositionOf(Place place) => 1 + CountBefore(Present, place, PriorityOf(place));
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
/// <param name="openFrom">Age of a contact, in ticks, from which it is the agent's.</param>
/// <param name="level">Of the skills asked for, added up.</param>
internal sealed class Service(QueueState queue, Agents.ProfileEntry entry, long openFrom, int level)
{
    private readonly OrderedSet<AgentTurn> idle = queue.Idle.SetOf(openFrom);
    private AgentTurn turn;
    private long lot;

    public QueueState Queue => queue;

    public Agents.ProfileEntry Entry => entry;

    public long OpenFrom => openFrom;

    /// <summary>When the agent was given the last contact of this queue, in ticks; 0 for never.</summary>
    public long LastTurn { get; set; }

    public AgentTurn Turn => turn;

    /// <param name="draw">From [0, 1), for an agent in a queue.</param>
    public void Enter(AgentView agent, Func<Guid, Guid, double> draw)
    {
        lot = queue.IsByLot ? queue.Lots.Draw(entry.Weight, draw(queue.Settings.Id, agent.Agent)) : 0;
        turn = queue.Strategy.TurnOf(FactsOf(agent));
        idle.Add(turn);
        queue.IdleCount++;
    }

    public void Leave()
    {
        idle.Remove(turn);
        queue.IdleCount--;
    }

    public AgentFacts FactsOf(AgentView agent) => new(
        agent.Agent, agent.IdleSince, openFrom / TimeSpan.TicksPerMillisecond, agent.Contacts, agent.TalkMs, level,
        entry.Tier, entry.Position, agent.WagePerHour, LastTurn, agent.Queues.Count, lot);
}
