using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Pools;

/// <summary>Which queues' agents help which: what is set, and what is switched in now. The matcher asks it whom an agent serves.</summary>
internal sealed class Overflows(Func<Guid, Guid, QueueState> stateOf)
{
    private readonly HashSet<QueueState> queues = [];

    /// <summary>Queues with overflow groups.</summary>
    public IEnumerable<QueueState> Queues => queues;

    /// <summary>All who serve a queue now: its own and those who help.</summary>
    public IEnumerable<AgentSlot> AgentsOf(QueueState state) =>
        state.SwitchedIn.Count == 0 ? state.Members : state.SwitchedIn.SelectMany(group => Lender(state, group).Members).Concat(state.Members).Distinct();

    /// <summary>The settings of a queue are about to change: whoever helps goes, and comes back when it is still needed.</summary>
    public void Forget(QueueState state)
    {
        foreach (var group in state.SwitchedIn.ToList())
        {
            Set(state, group, isIn: false);
        }

        foreach (var group in state.Settings.Overflow)
        {
            Lender(state, group).MayHelp.Remove(state);
        }

        queues.Remove(state);
    }

    /// <summary>The settings of a queue have changed.</summary>
    public void Learn(QueueState state)
    {
        foreach (var group in state.Settings.Overflow)
        {
            Lender(state, group).MayHelp.Add(state);
            queues.Add(state);
        }
    }

    public QueueState Lender(QueueState state, OverflowGroup group) => stateOf(state.Settings.Tenant, group.AgentsOf);

    /// <summary>Switches a group in or out; its agents learn of it when they look at what they serve.</summary>
    public void Set(QueueState state, OverflowGroup group, bool isIn)
    {
        var helped = Lender(state, group).Helped;
        helped.RemoveAll(one => one.Queue == state && one.Group == group);
        state.SwitchedIn.Remove(group);
        if (isIn)
        {
            helped.Add((state, group));
            state.SwitchedIn.Add(group);
        }
    }

    /// <summary>Somebody who is logged in would serve the queue if it needed help.</summary>
    public bool IsHelpAtHand(QueueState state) => state.Settings.Overflow.Any(group =>
        Lender(state, group).Members.Any(slot => slot.View.IsLoggedIn && state.Requirement.OpenFrom(slot.View.Skills) is not null));

    /// <summary>What an agent serves: its profile, and what the profile's queues help with now.</summary>
    public static IEnumerable<(QueueState Queue, Agents.ProfileEntry Entry)> ServedBy(AgentView agent, Func<Guid, QueueState> find)
    {
        foreach (var entry in agent.Queues)
        {
            yield return (find(entry.Queue), entry);
        }

        var helped = agent.Queues.SelectMany(entry => find(entry.Queue).Helped).Where(one => !agent.Queues.Any(entry => entry.Queue == one.Queue.Settings.Id));
        foreach (var (queue, group) in helped.GroupBy(one => one.Queue).Select(same => same.MinBy(one => one.Group.Priority)))
        {
            yield return (queue, new Agents.ProfileEntry(queue.Settings.Id, group.Priority));
        }
    }
}
