using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Tests.Pools;

/// <summary>Agents chosen by lot: by their weight, whoever of them was idle before.</summary>
public sealed class LotsTests
{
    private const int Seed = 20261123, Contacts = 20_000;
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Queue = Guid.NewGuid();
    private static readonly int[] Weights = [1, 2, 5];

    private readonly Random random = new(Seed);
    private readonly List<AgentView> agents = [.. Weights.Select(weight => new AgentView(
        Guid.NewGuid(), 1, true, Start, new Dictionary<string, int>(), [new ProfileEntry(Queue, Weight: weight)]))];

    [Fact]
    public void Each_is_chosen_as_often_as_its_weight_says()
    {
        var pool = Pool();
        var taken = Enumerable.Range(0, Contacts).Select(n => Give(pool, n, free: agents)).ToList();

        Shares(taken).ShouldBe([1 / 8.0, 2 / 8.0, 5 / 8.0], 0.01, $"seed {Seed}");
    }

    [Fact]
    public void Who_was_away_has_the_same_chance_when_it_is_back()
    {
        var pool = Pool();
        var taken = new List<Guid>();
        for (var n = 0; n < Contacts; n++)
        {
            // The heaviest is idle at every second contact alone.
            Set(pool, agents[2], isFree: n % 2 == 0, n);
            var agent = Give(pool, n, n % 2 == 0 ? agents : agents[..2]);
            if (n % 2 == 0)
            {
                taken.Add(agent);
            }
        }

        Shares(taken).ShouldBe([1 / 8.0, 2 / 8.0, 5 / 8.0], 0.015, $"seed {Seed}");
    }

    private Pool Pool()
    {
        var pool = new Pool((_, _) => random.NextDouble());
        pool.Configure(new QueueRecord { Id = Queue, Tenant = Queue, Name = "Q", Strategy = AgentStrategy.Random }, Start);
        agents.ForEach(agent => pool.Put(agent, Start).ShouldBeNull());
        return pool;
    }

    /// <summary>A contact comes and is taken at once; whoever took it is idle again.</summary>
    private static Guid Give(Pool pool, int n, IReadOnlyCollection<AgentView> free)
    {
        var now = Start.AddSeconds(n);
        var match = pool.Put(new Place(Guid.NewGuid(), Queue, Queue, now, now, Guid.NewGuid()), now)!;
        match.Choice.Replay().ShouldBe((match.Place.Contact, match.Agent.Agent));
        free.ShouldContain(agent => agent.Agent == match.Agent.Agent);
        pool.Drop(match.Place.Contact);
        pool.Return(match.Agent.Agent, now).ShouldBeNull();
        return match.Agent.Agent;
    }

    private static void Set(Pool pool, AgentView agent, bool isFree, int n) =>
        pool.Put(agent with { CanBeOffered = isFree, Version = n + 2 }, Start.AddSeconds(n)).ShouldBeNull();

    private double[] Shares(List<Guid> taken) => [.. agents.Select(agent => taken.Count(one => one == agent.Agent) / (double)taken.Count)];
}
