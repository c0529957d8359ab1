using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;

namespace CallCenter.Benchmarks.Acd;

/// <summary>So many of each; queues belong to the tenants in turn.</summary>
internal sealed record AcdShape(int Tenants, int Queues, int Agents, int QueuesOfAgent)
{
    /// <summary>That of the acceptance.</summary>
    public static readonly AcdShape Full = new(Tenants: 100, Queues: 5_000, Agents: 5_000, QueuesOfAgent: 20);
}

/// <summary>Queues of every strategy but ring-all with priorities, skill rules and rings, and agents in several of them: the same from the same shape, in whichever process.</summary>
internal sealed class AcdPlan
{
    public const int Seed = 20261122;

    private const int WrapUpMs = 1_000;

    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    /// <summary>All by which one agent is offered a contact: a contact that rings at ten at once has no one way from idle to offer.</summary>
    private static readonly AgentStrategy[] Strategies = [.. Enum.GetValues<AgentStrategy>().Where(strategy => strategy != AgentStrategy.RingAll)];

    private static readonly string[] Skills = ["fi", "da", "ru"];

    private readonly Random random = new(Seed);

    public AcdPlan(AcdShape shape)
    {
        var owners = Enumerable.Range(0, shape.Tenants).Select(_ => NewId(random)).ToList();
        Queues = [.. Enumerable.Range(0, shape.Queues).Select(number => Queue(number, owners[number % shape.Tenants]))];
        Agents = [.. Enumerable.Range(0, shape.Agents).Select(_ => Agent(shape.QueuesOfAgent))];
    }

    public static Guid Operator { get; } = Guid.Parse("0190a000-0000-7000-8000-00000000000a");

    public IReadOnlyList<QueueRecord> Queues { get; }

    /// <summary>Free and idle since <see cref="Start"/>.</summary>
    public IReadOnlyList<AgentView> Agents { get; }

    public static Guid NewId(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private QueueRecord Queue(int number, Guid tenant) => new()
    {
        Id = NewId(random), Tenant = tenant, Name = "Queue", Priority = random.Next(1, 100), Strategy = Strategies[number % Strategies.Length],
        SkillRule = number % 3 == 0 ? $"{Skills[random.Next(3)]} >= 2 or {Skills[random.Next(3)]}" : null, Relax = number % 6 == 0 ? [new RelaxStep(20_000, null)] : [],
        WrapUpMs = WrapUpMs, Record = false,
    };

    private AgentView Agent(int queuesOfAgent)
    {
        var profile = Enumerable.Range(0, 2 * queuesOfAgent).Select(_ => Queues[random.Next(Queues.Count)].Id).Distinct().Take(queuesOfAgent)
            .Select(queue => new ProfileEntry(queue, random.Next(1, 5), random.Next(10) == 0 ? 10 : 0, random.Next(1, 4), random.Next(1, 10)));
        return new AgentView(NewId(random), 1, true, Start, Skills.ToDictionary(skill => skill, _ => random.Next(1, 6)), [.. profile]) { WagePerHour = random.Next(10, 30), IsAtWork = true };
    }
}
