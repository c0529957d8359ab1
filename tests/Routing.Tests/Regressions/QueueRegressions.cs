using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Tests.Regressions;

/// <summary>Faults of order that other systems are known for, in the matcher alone.</summary>
public class QueueRegressions
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Tenant = Guid.NewGuid();

    private readonly Pool pool = new();
    private readonly Guid favoured = Guid.NewGuid(), neglected = Guid.NewGuid();

    /// <summary>Every agent prefers one queue, whose calls never end: the other queue's caller still gets an agent, after half an hour at the latest.</summary>
    [Fact]
    public void Weight_with_penalty_starves_a_queue()
    {
        Configure(favoured, priority: 1);
        Configure(neglected, priority: 99);
        var agent = new AgentView(Guid.NewGuid(), 1, true, Start, new Dictionary<string, int>(), [new ProfileEntry(favoured, 1), new ProfileEntry(neglected, 99)]);
        var starving = Place(neglected, Start);
        pool.Put(agent with { CanBeOffered = false }, Start);
        pool.Put(starving, Start).ShouldBeNull();
        for (var minute = 1; minute <= 31; minute++)
        {
            var now = Start.AddMinutes(minute);
            pool.Put(Place(favoured, now), now).ShouldBeNull();
            var match = pool.Put(agent with { Version = 2 * minute, IdleSince = now }, now)!;
            if (match.Place.Contact == starving.Contact)
            {
                minute.ShouldBe(30);
                return;
            }

            pool.Drop(match.Place.Contact);
            pool.Put(agent with { Version = (2 * minute) + 1, CanBeOffered = false }, now);
            pool.Return(agent.Agent, now).ShouldBeNull("the agent talks for a minute");
        }

        throw new ShouldAssertException("it waited for ever");
    }

    /// <summary>Agents drawn by weight, one of them a hundred times as heavy: the light one has contacts too, whatever the profiles prefer.</summary>
    [Fact]
    public void Weight_of_agents_starves_nobody()
    {
        var random = new Random(7);
        var drawing = new Pool((_, _) => random.NextDouble());
        drawing.Configure(new QueueRecord { Id = favoured, Tenant = Tenant, Name = "Q", Strategy = AgentStrategy.Random }, Start);
        var heavy = new AgentView(Guid.NewGuid(), 1, true, Start, new Dictionary<string, int>(), [new ProfileEntry(favoured, 99, Weight: 100)]);
        var light = new AgentView(Guid.NewGuid(), 1, true, Start, new Dictionary<string, int>(), [new ProfileEntry(favoured, 1, Weight: 1)]);
        drawing.Put(heavy, Start);
        drawing.Put(light, Start);
        var served = new HashSet<Guid>();
        for (var second = 0; second < 2_000; second++)
        {
            var match = drawing.Put(Place(favoured, Start.AddSeconds(second)), Start.AddSeconds(second))!;
            served.Add(match.Agent.Agent);
            drawing.Drop(match.Place.Contact);
            drawing.Return(match.Agent.Agent, Start.AddSeconds(second));
        }

        served.ShouldBe([heavy.Agent, light.Agent], ignoreOrder: true);
    }

    /// <summary>A queue's new priority holds for those who wait already.</summary>
    [Fact]
    public void Priority_change_without_effect()
    {
        Configure(favoured, priority: 10);
        Configure(neglected, priority: 50);
        var (first, second) = (Place(favoured, Start), Place(neglected, Start));
        pool.Put(first, Start);
        pool.Put(second, Start);
        Configure(neglected, priority: 5);
        var agent = new AgentView(Guid.NewGuid(), 1, true, Start, new Dictionary<string, int>(), [new ProfileEntry(favoured), new ProfileEntry(neglected)]);
        pool.Put(agent, Start)!.Place.ShouldBe(second);
    }

    private static Place Place(Guid queue, DateTimeOffset since) => new(Guid.NewGuid(), Tenant, queue, since, since, Guid.NewGuid());

    private void Configure(Guid queue, int priority) => pool.Configure(new QueueRecord { Id = queue, Tenant = Tenant, Priority = priority }, Start).ShouldBeEmpty();
}
