using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Queues;
using CallCenter.Routing.Settings;

namespace CallCenter.Routing.Pools;

/// <summary>Changed settings hold in one turn, for queues and agents together: nobody is matched by half of a change.</summary>
internal sealed partial class PoolGrain
{
    public async Task SettingsChanged(List<Guid> owners, SettingsNews news)
    {
        foreach (var tenant in owners)
        {
            await tenants.Know(fence, tenant);
        }

        var queues = news.Queues.ConvertAll(queue => JsonSerializer.Deserialize<QueueRecord>(queue, EventCatalog.Json)!);
        // Agents whom the pool does not know are not at work: their own grains tell of them.
        var agents = news.Agents.Select(agent => pool.Agent(agent.Agent) is { } known ? With(known, agent) : null).OfType<AgentView>().ToList();
        Now(now => pool.Configure(queues, agents, now)).ForEach(Offer);
        Watch();
    }

    private static AgentView With(AgentView known, AgentConfiguration settings) => known with
    {
        Skills = settings.Skills, Queues = settings.Queues, WagePerHour = settings.WagePerHour, SettingsNumber = settings.Number,
    };

    private static AgentView View(AgentNews news) => new(
        news.Agent, news.Version, news.CanBeOffered, news.IdleSince, news.Skills, news.Queues)
    {
        Activation = news.Activation, IsAtWork = news.IsAtWork, IsLoggedIn = news.IsLoggedIn, SettingsNumber = news.SettingsNumber, Turns = news.Turns,
        IsEngaged = news.IsEngaged, Contacts = news.Contacts, TalkMs = news.TalkMs, WagePerHour = news.WagePerHour,
    };
}
