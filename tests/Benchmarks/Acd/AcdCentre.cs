using System.Diagnostics;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;

namespace CallCenter.Benchmarks.Acd;

/// <summary>
/// A centre in the pure matcher's memory: queues of mixed strategies, priorities, skills and rings, agents in several queues, a time that
/// the bench moves. Load comes in waves, so that now agents wait for contacts and now contacts for agents.
/// </summary>
internal sealed class AcdCentre
{
    private const int Wave = 20_000;

    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    private readonly Random random = new(AcdPlan.Seed);
    private readonly Pool pool = new();
    private readonly IReadOnlyList<QueueRecord> queues;
    private readonly Queue<AgentView> busy = new();
    private readonly Dictionary<Guid, AgentView> views = [];
    private readonly double[] times;
    private DateTimeOffset now = Start;
    private int decisions;

    /// <param name="samples">So many decisions are timed one by one.</param>
    public AcdCentre(AcdShape shape, int samples)
    {
        times = new double[samples];
        var plan = new AcdPlan(shape);
        queues = plan.Queues;
        foreach (var queue in queues)
        {
            pool.Configure(queue, now);
        }

        foreach (var agent in plan.Agents)
        {
            views[agent.Agent] = agent;
            pool.Put(agent, now);
        }
    }

    public IReadOnlyList<double> Times => new ArraySegment<double>(times, 0, Math.Min(decisions, times.Length));

    /// <summary>Contacts come and agents become free, with all that lies between: reserving, the place's end, the agent's news. Offers are answered at once.</summary>
    /// <returns>Decisions: calls in which the matcher looked for a partner.</returns>
    public int Run(int contacts)
    {
        decisions = 0;
        for (var contact = 0; contact < contacts; contact++)
        {
            now += TimeSpan.FromMilliseconds(1);
            pool.Advance(now).ForEach(Take);
            var queue = queues[random.Next(queues.Count)];
            var place = new Place(AcdPlan.NewId(random), queue.Tenant, queue.Id, now, now, Guid.Empty);
            Decide(() => pool.Put(place, now));
            // In the first half of a wave more contacts come than conversations end; at its end two of three agents are busy.
            var ends = busy.Count < views.Count * 2 / 3 ? 0 : contact % Wave < Wave / 2 ? contact % 3 > 0 ? 1 : 0 : contact % 3 > 0 ? 1 : 2;
            for (; ends > 0 && busy.TryDequeue(out var agent); ends--)
            {
                Free(agent);
            }
        }

        return decisions;
    }

    private void Free(AgentView agent)
    {
        var free = views[agent.Agent] with { Version = views[agent.Agent].Version + 1, CanBeOffered = true, IsEngaged = false, IdleSince = now, TalkMs = agent.TalkMs + random.Next(9) };
        views[agent.Agent] = free;
        Decide(() => pool.Put(free, now));
    }

    private void Decide(Func<Match?> decide)
    {
        var began = Stopwatch.GetTimestamp();
        var match = decide();
        if (decisions < times.Length)
        {
            times[decisions] = Stopwatch.GetElapsedTime(began).TotalMicroseconds;
        }

        decisions++;
        if (match is not null)
        {
            Take(match);
        }
    }

    private void Take(Match match)
    {
        var taken = match.Agent with { Version = match.Agent.Version + 1, CanBeOffered = false, IsEngaged = true, Contacts = match.Agent.Contacts + 1 };
        views[taken.Agent] = taken;
        pool.Put(taken, now);
        pool.Return(taken.Agent, now);
        pool.Drop(match.Place.Contact);
        busy.Enqueue(taken);
    }
}
