using CallCenter.Routing.Agents;

namespace CallCenter.Routing.Queues;

/// <summary>What settings will keep contacts and agents apart, as the agents are set up now: it is saved all the same, since agents may be set up after their queues.</summary>
internal static class QueueWarnings
{
    private const int NamesTold = 10;

    public static IEnumerable<string> Of(QueueRecord queue, IEnumerable<AgentRecord> agents)
    {
        var members = agents.Where(agent => agent.Queues.Any(entry => entry.Queue == queue.Id || queue.Overflow.Any(group => group.AgentsOf == entry.Queue))).ToList();
        var requirement = new Requirement(queue);
        if (members.Count == 0)
        {
            yield return "No agent's profile has this queue: nobody can ever take its contacts.";
            yield break;
        }

        var unknown = requirement.Skills.Where(skill => !members.Exists(agent => agent.Skills.ContainsKey(skill))).ToList();
        if (unknown.Count > 0)
        {
            yield return $"No agent of the queue has {Names(unknown)}.";
        }

        var never = members.Where(agent => requirement.OpenFrom(agent.Skills) is null).Select(agent => agent.User).ToList();
        if (never.Count == members.Count)
        {
            yield return "No agent of the queue meets any step of what it asks for: nobody can ever take its contacts.";
        }
        else if (never.Count > 0)
        {
            yield return $"These agents of the queue meet no step of what it asks for and are never offered its contacts: {Names(never)}.";
        }
    }

    /// <summary>Queues of a profile that the agent's skills never allow it to serve. A queue that is not set up yet says nothing.</summary>
    public static IEnumerable<string> Of(IReadOnlyDictionary<string, int> skills, IReadOnlyList<ProfileEntry> profile, IEnumerable<QueueRecord> queues)
    {
        var never = queues.Where(queue => profile.Any(entry => entry.Queue == queue.Id) && new Requirement(queue).OpenFrom(skills) is null).Select(queue => queue.Name).ToList();
        if (never.Count > 0)
        {
            yield return $"The agent meets no step of what these queues ask for and is never offered their contacts: {Names(never)}.";
        }
    }

    private static string Names(List<string> names)
    {
        var told = string.Join(", ", names.Order(StringComparer.Ordinal).Take(NamesTold));
        return names.Count > NamesTold ? $"{told} and {names.Count - NamesTold} more" : told;
    }
}
