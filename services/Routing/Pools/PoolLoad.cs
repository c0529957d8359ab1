using CallCenter.Routing.Agents;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Pools;

/// <summary>What a pool reads when it is activated, after it has made itself the only owner.</summary>
internal sealed record PoolLoad(
    long Epoch,
    IReadOnlyList<Guid> Tenants,
    IReadOnlyList<Stored<QueueRecord>> Queues,
    IReadOnlyList<Stored<AgentRecord>> Agents,
    IReadOnlyList<Stored<Place>> Places,
    IReadOnlyList<Stored<ContactState>> Contacts,
    IReadOnlyList<Stored<LearnedWaits>> Learned)
{
    public static async Task<PoolLoad> Read(IStateStore store, string pool, CancellationToken ct)
    {
        var (epoch, tenants) = await store.RaiseEpoch(pool, ct);
        return new PoolLoad(
            epoch,
            tenants,
            await store.Rows<QueueRecord>(StateTable.Queues, tenants, all: true, ct),
            await store.Agents<AgentRecord>(all: false, ct),
            await store.Rows<Place>(StateTable.Places, tenants, all: true, ct),
            await store.Rows<ContactState>(StateTable.Contacts, tenants, all: false, ct),
            await store.Rows<LearnedWaits>(StateTable.LearnedWaits, tenants, all: true, ct));
    }

    /// <summary>Puts everything into an empty pool; the matches are those that were not made before.</summary>
    public List<Match> Fill(Pool pool, Dictionary<Guid, long> versions, DateTimeOffset now)
    {
        var matches = new List<Match>();
        foreach (var queue in Queues)
        {
            matches.AddRange(pool.Configure(queue.State, now));
        }

        foreach (var place in Places)
        {
            versions[place.State.Contact] = place.Version;
            pool.Put(place.State, now);
        }

        foreach (var (agent, version) in Agents)
        {
            var view = new AgentView(agent.Id, version, agent.CanBeOffered, agent.IdleSince, agent.Skills, agent.Queues)
            {
                IsAtWork = agent.IsAtWork, IsLoggedIn = agent.IsLoggedIn, SettingsNumber = agent.SettingsNumber, Turns = agent.Turns, IsEngaged = agent.Engagement is not null, Contacts = agent.Contacts, TalkMs = agent.TalkMs, WagePerHour = agent.WagePerHour,
            };
            if (pool.Put(view, now) is { } match)
            {
                matches.Add(match);
            }
        }

        return matches;
    }
}
