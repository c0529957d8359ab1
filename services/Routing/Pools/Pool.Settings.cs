using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Pools;

/// <summary>What is set for queues and agents, and which agents serve a queue by it: their profiles, and the overflow groups that are switched in.</summary>
internal sealed partial class Pool
{
    /// <summary>The agent as it is known; null when it is not.</summary>
    public AgentView? Agent(Guid agent) => agents.GetValueOrDefault(agent)?.View;

    /// <summary>Whose queue it is; null when the pool does not know it.</summary>
    public Guid? TenantOf(Guid queue) => queues.GetValueOrDefault(queue)?.Settings.Tenant;

    /// <inheritdoc cref="Configure(IReadOnlyList{QueueRecord}, IReadOnlyList{AgentView}, DateTimeOffset)"/>
    public List<Match> Configure(QueueRecord settings, DateTimeOffset now) => Configure([settings], [], now);

    /// <summary>Gives settings to queues and agents in one step; they hold for those who wait at once. The matches are what becomes possible.</summary>
    /// <param name="changed">Known agents, with their new skills and profiles.</param>
    public List<Match> Configure(IReadOnlyList<QueueRecord> settings, IReadOnlyList<AgentView> changed, DateTimeOffset now)
    {
        var states = settings.ToDictionary(one => StateOf(one.Tenant, one.Id));
        var members = states.Keys.SelectMany(overflows.AgentsOf).Concat(changed.Select(agent => agents[agent.Agent])).Distinct()
            .OrderBy(slot => slot.View.IdleSince).ThenBy(slot => slot.View.Agent).ToList();
        members.ForEach(Leave);
        foreach (var (state, next) in states)
        {
            overflows.Forget(state);
            state.Configure(next);
            overflows.Learn(state);
        }

        foreach (var agent in changed)
        {
            Learn(agents[agent.Agent], agent);
        }

        members.ForEach(Serve);
        foreach (var place in places.Values.Where(place => states.ContainsKey(queues[place.Queue])))
        {
            departures.Leave(place.Contact);
            departures.Enter(place, queues[place.Queue]);
        }

        return [.. members.Where(slot => slot.IsFree).Select(slot => Choose(slot, now)).OfType<Match>()];
    }

    /// <summary>A queue's overflow groups, and whether they help now.</summary>
    public IReadOnlyList<(OverflowGroup Group, bool IsIn)> GroupsOf(Guid queue) =>
        queues.TryGetValue(queue, out var state) ? [.. state.Settings.Overflow.Select(group => (group, state.SwitchedIn.Contains(group)))] : [];

    /// <summary>A queue's load, as overflow groups look at it.</summary>
    public QueueLoad LoadOf(Guid queue, ServiceTime? service, double? serviceLevel, DateTimeOffset now)
    {
        var state = queues[queue];
        var next = new Place(Guid.Empty, state.Settings.Tenant, queue, now, now, Guid.Empty);
        return new QueueLoad(
            state.Present.Count, state.Present.Oldest is { } oldest ? TimeSpan.FromTicks(now.UtcTicks - oldest).TotalSeconds : 0,
            WaitForecast.Of(Standings.Of(next, state, service, overflows)) / 1000.0, serviceLevel);
    }

    /// <summary>Agents of another queue begin to help, or stop. The matches are what becomes possible.</summary>
    public List<Match> Switch(Guid queue, OverflowGroup group, bool isIn, DateTimeOffset now)
    {
        var state = queues[queue];
        var helpers = overflows.Lender(state, group).Members.OrderBy(slot => slot.View.IdleSince).ThenBy(slot => slot.View.Agent).ToList();
        helpers.ForEach(Leave);
        overflows.Set(state, group, isIn);
        helpers.ForEach(Serve);
        return [.. helpers.Where(slot => slot.IsFree).Select(slot => Choose(slot, now)).OfType<Match>()];
    }

    private void Enrol(AgentSlot slot)
    {
        foreach (var entry in slot.View.Queues)
        {
            // A queue that is not known yet has no tenant until it is configured or a contact comes.
            StateOf(Guid.Empty, entry.Queue).Members.Add(slot);
        }

        Serve(slot);
    }

    /// <summary>The queues of the agent's profile that its skills ever allow it to serve; its turns there are kept.</summary>
    private void Serve(AgentSlot slot)
    {
        var before = slot.Services;
        Count(slot, slot.View.IsLoggedIn ? -1 : 0);
        slot.Services = [.. from served in Overflows.ServedBy(slot.View, id => queues[id])
            let state = served.Queue
            let entry = served.Entry
            let open = state.Requirement.OpenFrom(slot.View.Skills)
            where open is not null
            select new Service(state, entry, Math.Max(open.Value.Ticks, TimeSpan.FromSeconds(entry.DelaySeconds).Ticks), state.Requirement.LevelOf(slot.View.Skills))
            {
                LastTurn = Array.Find(before, service => service.Queue == state)?.LastTurn ?? slot.View.Turns.GetValueOrDefault(state.Settings.Id),
            }];
        Count(slot, slot.View.IsLoggedIn ? 1 : 0);
    }

    /// <summary>Those who are logged in can serve their queues, today or after their break.</summary>
    private void Count(AgentSlot slot, int change)
    {
        foreach (var service in slot.Services)
        {
            service.Queue.Servers += change;
            departures.Look(service.Queue);
        }

        foreach (var helped in slot.View.Queues.SelectMany(entry => queues[entry.Queue].MayHelp))
        {
            departures.Look(helped);
        }
    }
}
