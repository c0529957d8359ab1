using System.Diagnostics;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;

namespace CallCenter.Benchmarks.Acd;

/// <summary>One queue in which so many contacts wait, and one agent who takes them: the length stays as it is.</summary>
internal sealed class LongLine
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Queue = Guid.NewGuid();

    private readonly Random random = new(20261122);
    private readonly Pool pool = new();
    private readonly List<Guid> waiting = [];
    private AgentView agent = new(Guid.NewGuid(), 1, false, Start, new Dictionary<string, int>(), [new ProfileEntry(Queue)]);
    private DateTimeOffset now = Start;

    public LongLine(int length)
    {
        pool.Configure(new QueueRecord { Id = Queue, Tenant = Queue, Name = "Queue" }, Start);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < length; i++)
        {
            waiting.Add(Enter());
        }

        BytesOfContact = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)length;
    }

    /// <summary>Memory of a waiting contact, its place and identifiers with it.</summary>
    public double BytesOfContact { get; }

    /// <summary>Microseconds of each kind of step, by its name; so many of each are made, in turn.</summary>
    public Dictionary<string, double> Measure(int steps)
    {
        var ticks = new Dictionary<string, long> { ["insert"] = 0, ["match"] = 0, ["leave"] = 0, ["position"] = 0 };
        for (var step = 0; step < steps; step++)
        {
            now += TimeSpan.FromMilliseconds(1);
            ticks["match"] += Timed(() => Match());
            ticks["insert"] += Timed(() => waiting.Add(Enter()));
            var index = random.Next(waiting.Count);
            ticks["position"] += Timed(() => pool.PositionOf(waiting[index]));
            ticks["leave"] += Timed(() => pool.Drop(waiting[index]));
            waiting[index] = Enter();
        }

        return ticks.ToDictionary(kind => kind.Key, kind => TimeSpan.FromSeconds((double)kind.Value / Stopwatch.Frequency).TotalMicroseconds / steps);
    }

    /// <summary>The agent becomes free, takes the first contact and is busy again.</summary>
    private void Match()
    {
        agent = agent with { Version = agent.Version + 1, CanBeOffered = true };
        var match = pool.Put(agent, now)!;
        agent = agent with { Version = agent.Version + 1, CanBeOffered = false };
        pool.Put(agent, now);
        pool.Return(agent.Agent, now);
        pool.Drop(match.Place.Contact);
    }

    private Guid Enter()
    {
        var place = new Place(Guid.CreateVersion7(now), Queue, Queue, now, now.AddSeconds(-random.Next(600)), Queue);
        pool.Put(place, now);
        return place.Contact;
    }

    private static long Timed(Action step)
    {
        var began = Stopwatch.GetTimestamp();
        step();
        return Stopwatch.GetTimestamp() - began;
    }
}
