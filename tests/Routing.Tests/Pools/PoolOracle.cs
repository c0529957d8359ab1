using System.Text.Json;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Tests.Pools;

/// <summary>
/// A random history of a pool beside a chooser that keeps plain lists and looks at every pair: at most 12 agents and 12 contacts, every
/// strategy, skill rule, ring, delay and priority. Each match must be the same, and what its choice tells must lead to it again.
/// </summary>
internal sealed partial class PoolOracle
{
    private const int Most = 12;

    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    private readonly Random random;
    private readonly Pool pool;
    private readonly Dictionary<(Guid Queue, Guid Agent), double> lots = [];
    private readonly Dictionary<Guid, double> clocks = [];
    private readonly List<RandomQueue> queues;
    private readonly List<AgentView> agents;
    private readonly HashSet<Guid> reserving = [];
    private readonly Dictionary<Guid, Place> waiting = [];
    private readonly Dictionary<(Guid Queue, Guid Agent), int> turns = [];
    private readonly List<(Guid Queue, DateTimeOffset At, double Ms, bool IsCounted, bool IsMissed, bool IsOver)> waits = [];
    private readonly List<(Guid Queue, double Ms)> services = [];
    private DateTimeOffset now = Start;
    private int matches;

    public PoolOracle(Random random)
    {
        this.random = random;
        pool = new Pool(Draw);
        queues = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => new RandomQueue(random, NewId()))];
        queues.ForEach(queue => pool.Configure(queue.Record, now));
        agents = [.. Enumerable.Range(0, random.Next(1, Most + 1)).Select(_ => NewAgent(NewId(), 1))];
        agents.ForEach(agent => Expect(ContactFor(agent), pool.Put(agent, now)));
    }

    /// <returns>How many matches were compared.</returns>
    public int Run(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(4) == 0 ? random.Next(600_000) : random.Next(5_000));
            Advance();
            switch (random.Next(9))
            {
                case < 3 when waiting.Count < Most:
                    Arrive();
                    break;
                case 3 when waiting.Count > 0:
                    Leave();
                    break;
                case < 7:
                    AgentChanges();
                    break;
                case 7 when random.Next(3) == 0:
                    Reconfigure();
                    break;
                case 8 when ringing.Count > 0:
                    EndRing();
                    break;
            }

            if (step % 4 == 0)
            {
                IsLeftRight();
            }
        }

        return matches;
    }

    private void Advance()
    {
        var expected = new List<(Place, AgentView)>();
        while (EarliestDue() is { } due && due.At <= now)
        {
            var open = Free().Min(agent => due.Queue.OpenFrom(agent) ?? TimeSpan.MaxValue);
            var place = waiting.Values.Where(place => place.Queue == due.Queue.Id && now - place.Since >= open).MinBy(place => Order(place, 1))!;
            expected.Add((place, AgentFor(place)!));
            Take(expected[^1]);
        }

        var made = pool.Advance(now);
        made.Count.ShouldBe(expected.Count);
        foreach (var (match, pair) in made.Zip(expected))
        {
            Same(match, pair);
        }

        pool.NextDue.ShouldBe(EarliestDue()?.At);
    }

    private (DateTimeOffset At, RandomQueue Queue)? EarliestDue()
    {
        var dues = from queue in queues
                   let opens = Free().Select(queue.OpenFrom).OfType<TimeSpan>().ToList()
                   let places = waiting.Values.Where(place => place.Queue == queue.Id).ToList()
                   where opens.Count > 0 && places.Count > 0
                   orderby places.Min(place => place.Since) + opens.Min(), queue.Id
                   select (places.Min(place => place.Since) + opens.Min(), queue);
        return dues.Select(due => ((DateTimeOffset, RandomQueue)?)due).FirstOrDefault();
    }

    private void Arrive()
    {
        var queue = queues[random.Next(queues.Count)];
        var place = new Place(NewId(), queue.Record.Tenant, queue.Id, now, now.AddSeconds(-(random.Next(3) == 0 ? random.Next(3000) : 0)), NewId())
        {
            Priority = random.Next(3) == 0 ? random.Next(1, 100) : null, LastAgent = agents[random.Next(agents.Count)].Agent,
        };
        waiting[place.Contact] = place;
        var agent = AgentFor(place);
        Expect(agent is null ? null : (place, agent), pool.Put(place, now));
    }

    private void Leave()
    {
        var contact = waiting.Keys.ElementAt(random.Next(waiting.Count));
        waiting.Remove(contact, out var place);
        pool.Drop(contact);
        Waited(place!, isAnswered: false);
    }

    private void AgentChanges()
    {
        var index = random.Next(agents.Count);
        var agent = agents[index];
        var next = random.Next(4) == 0 ? NewAgent(agent.Agent, agent.Version + 1) : agent with
        {
            Version = agent.Version + 1, CanBeOffered = random.Next(3) > 0, IdleSince = now,
            Contacts = agent.Contacts + random.Next(2), TalkMs = agent.TalkMs + random.Next(3),
        };
        agents[index] = next;
        ForgetTurns();
        if (reserving.Contains(agent.Agent))
        {
            pool.Put(next, now).ShouldBeNull();
            reserving.Remove(agent.Agent);
            Expect(ContactFor(next), pool.Return(agent.Agent, now));
        }
        else
        {
            Expect(ContactFor(next), pool.Put(next, now));
        }
    }

    /// <summary>What waits and who is free is judged by the new settings at once, the longest idle of the queue's agents first.</summary>
    private void Reconfigure()
    {
        var index = random.Next(queues.Count);
        queues[index] = new RandomQueue(random, queues[index].Id);
        ForgetTurns();
        var members = Free().Where(agent => agent.Queues.Any(entry => entry.Queue == queues[index].Id)).OrderBy(agent => agent.IdleSince).ThenBy(agent => agent.Agent).ToList();
        var expected = new List<(Place, AgentView)>();
        foreach (var agent in members)
        {
            if (ContactFor(agent) is { } pair)
            {
                expected.Add(pair);
                Take(pair);
            }
        }

        var made = pool.Configure(queues[index].Record, now);
        made.Count.ShouldBe(expected.Count);
        foreach (var (match, pair) in made.Zip(expected))
        {
            Same(match, pair);
        }
    }

    /// <summary>Who does not serve a queue any more begins there anew.</summary>
    private void ForgetTurns()
    {
        foreach (var turn in turns.Keys.Where(turn => queues.Single(queue => queue.Id == turn.Queue).OpenFrom(agents.Single(agent => agent.Agent == turn.Agent)) is null).ToList())
        {
            turns.Remove(turn);
        }
    }

    private AgentView? AgentFor(Place place)
    {
        var queue = QueueOf(place);
        var able = Free().Where(agent => queue.OpenFrom(agent) <= now - place.Since).ToList();
        var last = queue.Record.Strategy == AgentStrategy.LastAgent ? able.Find(agent => agent.Agent == place.LastAgent) : null;
        var chosen = last ?? able.OrderBy(agent => Worth(agent, queue)).ThenBy(agent => queue.Record.Strategy == AgentStrategy.Linear ? default : agent.IdleSince).ThenBy(agent => agent.Agent).FirstOrDefault();
        if (chosen is not null && queue.Record.Strategy == AgentStrategy.Random)
        {
            clocks[queue.Id] = Math.Max(clocks.GetValueOrDefault(queue.Id), lots[(queue.Id, chosen.Agent)]);
        }

        return chosen;
    }

    private (decimal, decimal) Worth(AgentView agent, RandomQueue queue)
    {
        var entry = agent.Queues.Single(entry => entry.Queue == queue.Id);
        return queue.Record.Strategy switch
        {
            AgentStrategy.RoundRobin => (turns.GetValueOrDefault((queue.Id, agent.Agent)), 0),
            AgentStrategy.FewestContacts => (agent.Contacts, 0),
            AgentStrategy.LeastTalkTime => (agent.TalkMs, 0),
            AgentStrategy.SkillLevel => (-queue.LevelOf(agent), 0),
            AgentStrategy.Tiers => (entry.Tier, entry.Position),
            AgentStrategy.Cheapest => (agent.WagePerHour, 0),
            AgentStrategy.Linear => (entry.Position, 0),
            AgentStrategy.ServiceLevelRisk => (agent.WagePerHour + (2 * agent.Queues.Count), 0),
            AgentStrategy.Random => ((decimal)lots[(queue.Id, agent.Agent)], 0),
            AgentStrategy.LongestIdle or AgentStrategy.LastAgent or AgentStrategy.RingAll => (0, 0),
            _ => throw new InvalidOperationException($"{queue.Record.Strategy} has no reference"),
        };
    }

    /// <summary>Who becomes idle draws an exponential time, of mean 1 / weight, from the last that was chosen on.</summary>
    private double Draw(Guid queue, Guid agent)
    {
        var drawn = random.NextDouble();
        var weight = agents.Single(one => one.Agent == agent).Queues.Single(entry => entry.Queue == queue).Weight;
        lots[(queue, agent)] = clocks.GetValueOrDefault(queue) + Math.Floor(-Math.Log(1 - drawn) * 1e6 / weight);
        return drawn;
    }

    private (Place, AgentView)? ContactFor(AgentView agent)
    {
        (int, DateTimeOffset, DateTimeOffset, DateTimeOffset, Guid) Turn(Place place) => Order(place, agent.Queues.Single(entry => entry.Queue == place.Queue).Priority);

        var open = !IsFree(agent) ? [] : waiting.Values.Where(place => QueueOf(place).OpenFrom(agent) <= now - place.Since).ToList();
        var first = open.MinBy(Turn);
        if (first is null)
        {
            var joined = ringing.Values.Where(ring => IsFree(agent) && CanAsk(ring, agent)).Select(ring => ring.Place).MinBy(Turn);
            return joined is null ? null : (joined, agent);
        }

        if (!IsByRisk(first) || Turn(first).Item1 == 0)
        {
            return (first, agent);
        }

        // The first in line of each queue, and its first that is still in time.
        var alike = open.Where(place => IsByRisk(place) && Turn(place).Item1 == Turn(first).Item1).GroupBy(place => place.Queue);
        var heads = alike.SelectMany(queue => new[] { queue.MinBy(Turn), queue.Where(place => now - place.Since <= TimeSpan.FromMilliseconds(QueueOf(place).Record.ServiceLevelMs)).MinBy(Turn) });
        return (heads.OfType<Place>().OrderByDescending(ScoreOf).ThenBy(Turn).First(), agent);
    }

    private bool IsByRisk(Place place) => QueueOf(place).Record.Strategy == AgentStrategy.ServiceLevelRisk;

    private double ScoreOf(Place place)
    {
        var (queue, age) = (QueueOf(place).Record, Math.Floor((now - place.Since).TotalMilliseconds));
        var own = waits.Where(wait => wait.Queue == queue.Id).ToList();
        // What is counted fades from the last contact that was counted on.
        double Faded(Func<(Guid, DateTimeOffset At, double, bool IsCounted, bool IsMissed, bool), bool> which) => own.Where(wait => which(wait)).Sum(wait => Math.Exp(-(own[^1].At - wait.At).TotalDays));
        var over = own.Aggregate(0.0, (share, wait) => (0.99 * share) + (wait.IsOver ? 0.01 : 0));
        var passed = age / queue.WaitLimitMs;
        if (passed >= Math.Max(0.8 - (12 * over), 0.3))
        {
            return 1e9 * passed;
        }

        if (age > queue.ServiceLevelMs)
        {
            return passed;
        }

        var (counted, missed, percent) = (Faded(wait => wait.IsCounted), Faded(wait => wait.IsMissed), queue.ServiceLevelPercent / 100.0);
        var weight = 0.05 + (0.95 / (1 + Math.Exp(((counted * (1 - percent)) - missed) / (1 + Math.Sqrt(counted * percent * (1 - percent))))));
        var took = services.Where(service => service.Queue == queue.Id).Select(service => service.Ms).ToList();
        var mean = took.Count == 0 ? 180_000 : took.Average();
        return 1 + ((double)queue.MissedPenalty * weight * Math.Exp(-2 * (1 - (age / queue.ServiceLevelMs))) / (mean / 3_600_000));
    }

    private void Waited(Place place, bool isAnswered)
    {
        var (queue, ms) = (QueueOf(place).Record, (now - place.EnteredAt).TotalMilliseconds);
        var isCounted = isAnswered || ms >= queue.ShortAbandonMs;
        waits.Add((queue.Id, now, ms, isCounted, isCounted && !(isAnswered && ms <= queue.ServiceLevelMs), ms > queue.WaitLimitMs));
        pool.Waited(place, isAnswered, now);
        // Up to 30 services their mean is a plain one.
        if (isAnswered && services.Count(service => service.Queue == queue.Id) < 30)
        {
            services.Add((queue.Id, random.Next(1_000, 600_000)));
            pool.Served(services[^1]);
        }
    }

    /// <summary>Profile priority unless overdue; a minute for each step of priority; adjusted age; first in first out.</summary>
    private (int, DateTimeOffset, DateTimeOffset, DateTimeOffset, Guid) Order(Place place, int profile) => (
        now - place.Since >= TimeSpan.FromMinutes(30) ? 0 : profile, Rank(place), place.Since, place.EnteredAt, place.Contact);

    private DateTimeOffset Rank(Place place) => place.Since.AddMinutes(place.Priority ?? QueueOf(place).Record.Priority);

    private void Expect((Place Place, AgentView Agent)? expected, Match? match)
    {
        (match is null).ShouldBe(expected is null);
        if (expected is { } pair)
        {
            Take(pair);
            Same(match!, pair);
        }
    }

    private void Take((Place Place, AgentView Agent) pair)
    {
        if (ringing.TryGetValue(pair.Place.Contact, out var ring))
        {
            ring.Asked.Add(pair.Agent.Agent).ShouldBeTrue("nobody is asked twice");
        }
        else
        {
            waiting.Remove(pair.Place.Contact).ShouldBeTrue();
            if (QueueOf(pair.Place).Record.Strategy == AgentStrategy.RingAll)
            {
                ringing[pair.Place.Contact] = new Ring(pair.Place) { Asked = { pair.Agent.Agent } };
            }
        }

        reserving.Add(pair.Agent.Agent).ShouldBeTrue("an agent has one offer at a time");
        turns[(pair.Place.Queue, pair.Agent.Agent)] = ++matches;
    }

    private void Same(Match match, (Place Place, AgentView Agent) pair)
    {
        (match.Place.Contact, match.Agent.Agent).ShouldBe((pair.Place.Contact, pair.Agent.Agent));
        var told = JsonSerializer.Deserialize<Choice>(JsonSerializer.Serialize(match.Choice, EventCatalog.Json), EventCatalog.Json)!;
        told.Replay().ShouldBe((pair.Place.Contact, pair.Agent.Agent), "what was told leads to the same choice");
        if (ringing.TryGetValue(match.Place.Contact, out var ring))
        {
            Rings(ring, match);
            return;
        }

        pool.Drop(match.Place.Contact);
        Waited(match.Place, isAnswered: true);
    }

    private void IsLeftRight()
    {
        Free().SelectMany(agent => waiting.Values.Where(place => QueueOf(place).OpenFrom(agent) <= now - place.Since)).ShouldBeEmpty("nobody is free beside a contact");
        foreach (var place in waiting.Values)
        {
            var before = waiting.Values.Concat(ringing.Values.Select(ring => ring.Place)).Count(other => other.Queue == place.Queue
                && (Rank(other), other.Since, other.EnteredAt, other.Contact).CompareTo((Rank(place), place.Since, place.EnteredAt, place.Contact)) < 0);
            pool.PositionOf(place.Contact).ShouldBe(before + 1);
        }
    }

    private IEnumerable<AgentView> Free() => agents.Where(IsFree);

    private bool IsFree(AgentView agent) => agent.CanBeOffered && !reserving.Contains(agent.Agent);

    private RandomQueue QueueOf(Place place) => queues.Single(queue => queue.Id == place.Queue);

    private AgentView NewAgent(Guid id, long version) => new(
        id, version, random.Next(4) > 0, now.AddSeconds(-random.Next(4)), RandomQueue.SkillNames.Where(_ => random.Next(3) > 0).ToDictionary(skill => skill, _ => random.Next(1, 6)),
        [.. queues.Where(_ => random.Next(3) > 0).Select(queue => new ProfileEntry(queue.Id, random.Next(1, 4), random.Next(3) == 0 ? random.Next(60) : 0, random.Next(1, 3), random.Next(1, 4), random.Next(1, 5)))])
    {
        Contacts = random.Next(4), TalkMs = random.Next(4), WagePerHour = random.Next(4), IsAtWork = true,
    };

    private Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
