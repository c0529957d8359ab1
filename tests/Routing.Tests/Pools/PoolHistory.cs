using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Tests.Pools;

/// <summary>A random history of a pool beside a plain model of it: lists, searched through.</summary>
internal sealed class PoolHistory
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly string[] Skills = ["fi", "da", "ru"];

    private readonly Random random;
    private readonly Pool pool = new();
    private readonly List<QueueRecord> queues;
    private readonly List<AgentView> agents;
    private readonly HashSet<Guid> reserving = [];
    private readonly Dictionary<Guid, Place> waiting = [];
    private int clock;

    public PoolHistory(Random random)
    {
        this.random = random;
        queues = [.. Enumerable.Range(0, 4).Select(_ => Queue(Guid.NewGuid()))];
        queues.ForEach(queue => pool.Configure(queue));
        agents = [.. Enumerable.Range(0, 6).Select(_ => NewAgent())];
        agents.ForEach(agent => Check(pool.Put(agent), agent));
    }

    public void Run(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            clock++;
            switch (random.Next(5))
            {
                case 0:
                case 1:
                    Arrive();
                    break;
                case 2 when waiting.Count > 0:
                    Leave();
                    break;
                case 3:
                    AgentChanges();
                    break;
                case 4:
                    Reconfigure();
                    break;
            }

            NoPairIsLeft();
        }
    }

    private void Arrive()
    {
        var queue = queues[random.Next(queues.Count)];
        var place = new Place(Guid.NewGuid(), queue.Tenant, queue.Id, Now(), Start.AddSeconds(random.Next(clock + 1)).AddTicks(clock), Guid.NewGuid());
        waiting[place.Contact] = place;
        var expected = agents.Where(agent => IsFree(agent) && Serves(agent, queue)).OrderBy(agent => (agent.IdleSince, agent.Agent)).FirstOrDefault();
        var match = pool.Put(place);
        match?.Agent.ShouldBe(expected);
        (match is null).ShouldBe(expected is null);
        Take(match);
    }

    private void Leave()
    {
        var contact = waiting.Keys.ElementAt(random.Next(waiting.Count));
        waiting.Remove(contact);
        pool.Drop(contact);
    }

    private void AgentChanges()
    {
        var index = random.Next(agents.Count);
        var agent = agents[index];
        var next = agent with { Version = agent.Version + 1, CanBeOffered = random.Next(3) > 0, IdleSince = Now() };
        agents[index] = next;
        var match = pool.Put(next);
        if (reserving.Remove(agent.Agent))
        {
            match.ShouldBeNull();
            match = pool.Return(agent.Agent);
        }

        Check(match, next);
    }

    private void Reconfigure()
    {
        var index = random.Next(queues.Count);
        queues[index] = Queue(queues[index].Id);
        pool.Configure(queues[index]).ForEach(Take);
    }

    /// <summary>A free agent takes the first contact of its best queue.</summary>
    private void Check(Match? match, AgentView agent)
    {
        var best = !IsFree(agent) ? null : waiting.Values
            .Where(place => Serves(agent, QueueOf(place)))
            .OrderBy(place => agent.Queues.Single(entry => entry.Queue == place.Queue).Priority)
            .ThenBy(place => QueueOf(place).Priority).ThenBy(place => place.Since).FirstOrDefault();
        match?.Place.ShouldBe(best);
        (match is null).ShouldBe(best is null);
        Take(match);
    }

    private void Take(Match? match)
    {
        if (match is not null)
        {
            waiting.Remove(match.Place.Contact).ShouldBeTrue();
            reserving.Add(match.Agent.Agent).ShouldBeTrue("an agent has one offer at a time");
            Serves(match.Agent, QueueOf(match.Place)).ShouldBeTrue();
            pool.Drop(match.Place.Contact);
        }
    }

    private void NoPairIsLeft() =>
        agents.Where(IsFree).SelectMany(agent => waiting.Values.Where(place => Serves(agent, QueueOf(place)))).ShouldBeEmpty();

    private bool IsFree(AgentView agent) => agent.CanBeOffered && !reserving.Contains(agent.Agent);

    private QueueRecord QueueOf(Place place) => queues.Single(queue => queue.Id == place.Queue);

    private static bool Serves(AgentView agent, QueueRecord queue) =>
        agent.Queues.Any(entry => entry.Queue == queue.Id) && queue.Skills.All(skill => agent.Skills.GetValueOrDefault(skill.Key) >= skill.Value);

    private QueueRecord Queue(Guid id) => new()
    {
        Id = id, Tenant = Guid.NewGuid(), Priority = random.Next(1, 4),
        Skills = random.Next(2) == 0 ? [] : new Dictionary<string, int> { [Skills[random.Next(3)]] = random.Next(1, 4) },
    };

    private AgentView NewAgent() => new(
        Guid.NewGuid(), 1, true, Now(), Skills.ToDictionary(skill => skill, _ => random.Next(6)),
        [.. queues.Where(_ => random.Next(2) == 0).Select(queue => new ProfileEntry(queue.Id, random.Next(1, 4)))]);

    private DateTimeOffset Now() => Start.AddSeconds(clock);
}
