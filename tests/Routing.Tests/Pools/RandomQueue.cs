using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Tests.Pools;

/// <summary>Random settings of a queue, with what they mean in plain functions.</summary>
internal sealed class RandomQueue
{
    public static readonly string[] SkillNames = ["fi", "da", "customer care"];

    private readonly List<(TimeSpan After, Func<IReadOnlyDictionary<string, int>, bool> Rule)> steps = [];
    private readonly HashSet<string> asked = [];

    public RandomQueue(Random random, Guid id)
    {
        var levels = random.Next(3) > 0 ? [] : new Dictionary<string, int> { [SkillNames[random.Next(3)]] = random.Next(1, 6) };
        var (rule, meets) = random.Next(2) == 0 ? (null, _ => true) : Rule(random, 2, isAsked: true);
        asked.UnionWith(levels.Keys);
        steps.Add((TimeSpan.Zero, skills => levels.All(level => skills.GetValueOrDefault(level.Key) >= level.Value) && meets(skills)));
        var relax = new List<RelaxStep>();
        for (var after = 0; relax.Count < 3 && random.Next(2) == 0;)
        {
            after += random.Next(1, 30_000);
            var (later, met) = random.Next(3) == 0 ? (null, _ => true) : Rule(random, 1, isAsked: false);
            relax.Add(new RelaxStep(after, later));
            steps.Add((TimeSpan.FromMilliseconds(after), met));
        }

        Record = new QueueRecord
        {
            Id = id, Tenant = id, Name = "Q", Priority = random.Next(1, 100), Skills = levels, SkillRule = rule, Relax = relax,
            ServiceLevelMs = 1_000 * random.Next(1, 300), ServiceLevelPercent = random.Next(50, 100), MissedPenalty = random.Next(1, 20), WaitLimitMs = 1_000 * random.Next(300, 3_000),
            Strategy = random.Next(3) == 0 ? AgentStrategy.ServiceLevelRisk : Enum.GetValues<AgentStrategy>()[random.Next(Enum.GetValues<AgentStrategy>().Length)],
        };
    }

    public QueueRecord Record { get; }

    public Guid Id => Record.Id;

    /// <summary>The age from which the agent may take a contact; null when it never may.</summary>
    public TimeSpan? OpenFrom(AgentView agent)
    {
        if (agent.Queues.FirstOrDefault(entry => entry.Queue == Id) is not { } entry)
        {
            return null;
        }

        var delay = TimeSpan.FromSeconds(entry.DelaySeconds);
        var met = steps.Where(step => step.Rule(agent.Skills)).Select(step => step.After).ToList();
        return met.Count == 0 ? null : met.Min() > delay ? met.Min() : delay;
    }

    public int LevelOf(AgentView agent) => asked.Sum(skill => agent.Skills.GetValueOrDefault(skill));

    private (string, Func<IReadOnlyDictionary<string, int>, bool>) Rule(Random random, int depth, bool isAsked)
    {
        switch (depth == 0 ? 3 : random.Next(4))
        {
            case 0:
                var (no, isNo) = Rule(random, depth - 1, isAsked: false);
                return ($"not ({no})", skills => !isNo(skills));
            case 1:
                var ((a, isA), (b, isB)) = (Rule(random, depth - 1, isAsked), Rule(random, depth - 1, isAsked));
                return ($"({a}) AND ({b})", skills => isA(skills) && isB(skills));
            case 2:
                var ((c, isC), (d, isD)) = (Rule(random, depth - 1, isAsked), Rule(random, depth - 1, isAsked));
                return ($"({c} or {d})", skills => isC(skills) || isD(skills));
            default:
                var (name, level) = (SkillNames[random.Next(3)], random.Next(1, 6));
                if (isAsked)
                {
                    asked.Add(name);
                }

                return ($"\"{name}\" >= {level}", skills => skills.GetValueOrDefault(name) >= level);
        }
    }
}
