using System.Buffers.Binary;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;

namespace CallCenter.Days;

/// <summary>The trace's queues and agents as the product has them, under a policy.</summary>
internal sealed class DayQueues(Trace trace, Policy policy)
{
    private const byte Tenants = 1, Queues = 2, Agents = 3, Calls = 4;

    public List<QueueRecord> Records { get; } = [.. trace.Queues.Select((queue, index) => new QueueRecord
    {
        Id = Id(Queues, index), Tenant = Id(Tenants, trace.Queues.Select(other => other.Tenant).Distinct().ToList().IndexOf(queue.Tenant)), Name = queue.ToString(),
        Priority = policy == Policy.AsConfigured ? queue.Priority ?? 50 : 50, SkillRule = queue.SkillRule, Relax = [.. queue.Relax.Select(step => new RelaxStep(step.AfterMs, step.SkillRule))],
        ServiceLevelPercent = queue.Percent, ServiceLevelMs = (int)queue.TargetMs, MissedPenalty = queue.Penalty, WaitLimitMs = queue.LimitMs,
        Strategy = policy == Policy.ServiceLevelRisk ? AgentStrategy.ServiceLevelRisk : AgentStrategy.LongestIdle,
    })];

    /// <summary>Under strict priority: of each queue, 1 for the first. Its own, else by penalty.</summary>
    private readonly int[] ranks = [.. trace.Queues.Select(queue => 1 + trace.Queues.Where(other => Before(other, queue)).Select(other => (other.Priority, other.Penalty)).Distinct().Count()).Select(rank => Math.Min(rank, 99))];

    public static Guid IdOfCall(int index) => Id(Calls, index);

    public static int IndexOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt32BigEndian(bytes[12..]);
    }

    /// <summary>The agent before its shift.</summary>
    public AgentView View(TraceAgent agent, int index) => new(Id(Agents, index), 1, false, Day.Midnight, agent.Levels, [.. agent.Queues.Select(Entry)]) { WagePerHour = agent.Wage };

    private ProfileEntry Entry(TraceEntry entry) => new(
        Records[entry.Queue].Id,
        policy switch { Policy.AsConfigured => entry.Priority, Policy.StrictPriority => ranks[entry.Queue], _ => 50 },
        entry.DelaySeconds);

    private static bool Before(TraceQueue one, TraceQueue other) => (one.Priority ?? 50, -one.Penalty).CompareTo((other.Priority ?? 50, -other.Penalty)) < 0;

    private static Guid Id(byte kind, int index)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        bytes[0] = kind;
        BinaryPrimitives.WriteInt32BigEndian(bytes[12..], index);
        return new Guid(bytes, bigEndian: true);
    }
}
